#include "page/page_news.h"

#include <assert.h>
#include <string.h>

#include "advise/template.h"
#include "advise/text_source.h"
#include "base/clock.h"
#include "facts/cell_state.h"
#include "facts/client_view.h"
#include "guide/view.h"
#include "model/host_port.h"
#include "page/page_blocks.h"
#include "page/page_silent.h"
#include "report/report_words.h"

enum { TEXT_MAX = 16 * 1024, NAMES_TOLD = 3 };

enum news_kind {
    NEWS_MENDED,
    NEWS_BETTER,
    NEWS_SAME,
    NEWS_WORSE,
    NEWS_UNTESTED,
    NEWS_KINDS,
};

static const struct word news_words[] = {
    { "mended", NEWS_MENDED },     { "better", NEWS_BETTER },
    { "same", NEWS_SAME },         { "worse", NEWS_WORSE },
    { "untested", NEWS_UNTESTED }, { NULL, NEWS_KINDS },
};
static_assert(sizeof news_words / sizeof *news_words == NEWS_KINDS + 1,
              "a word per kind");

struct news {
    struct arena *arena;
    const struct page_news_request *request;
    const struct survey *before, *now;
    bool moved;   /* another host is looked at, for the same purpose */
    bool several; /* hosts: a mail domain */
    struct text_list silent; /* ports that answered before */
    size_t better, worse;    /* what has changed for those who connect */
};

/* ---- faults ---- */

struct fault { /* everything that a report says under one id */
    enum severity severity;
    size_t places;
};

static struct fault fault_of(const struct report *r, const char *id)
{
    struct fault all = { SEV_INFO, 0 };

    for (size_t i = 0; i < r->findings->len; i++) {
        const struct finding *f = &r->findings->items[i];
        if (f->severity == SEV_INFO || strcmp(f->def->id, id) != 0)
            continue;
        all.severity = f->severity > all.severity ? f->severity : all.severity;
        all.places += f->cells_len ? f->cells_len : 1;
    }
    return all;
}

/* It stands for itself, and is met for the first time. */
static bool is_told(const struct report *r, size_t at)
{
    const struct finding *f = &r->findings->items[at];

    if (f->severity == SEV_INFO || plan_part_of(r->plan, at))
        return false;
    for (size_t i = 0; i < at; i++)
        if (r->findings->items[i].def == f->def &&
            r->findings->items[i].severity != SEV_INFO)
            return false;
    return true;
}

static void put_faults(struct news *n, const struct text_list *titles,
                       const char *key, struct json *out)
{
    struct arena *a = n->arena;

    if (!titles->len) {
        json_put(a, out, key, NULL);
        return;
    }
    struct json *faults = json_put_object(a, out, key);
    struct json *list = json_put_array(a, faults, "titles");
    json_put_number(a, faults, "count", (double)titles->len);
    json_put_bool(a, faults, "one", titles->len == 1);
    for (size_t i = 0; i < titles->len; i++)
        json_put_text(a, json_add_object(a, list), "title", titles->text[i]);
}

/* Fewer places, or none; or no more than a warning. */
static void weigh(struct news *n, const struct fault *before,
                  const struct fault *now)
{
    if (now->severity != before->severity)
        *(now->severity < before->severity ? &n->better : &n->worse) += 1;
    else if (now->places != before->places && !n->moved)
        *(now->places < before->places ? &n->better : &n->worse) += 1;
}

/* ---- ports ---- */

/* One port of one host, before and now. */
struct pair {
    const struct cell *before, *now; /* before: NULL, nobody looked */
};

static const struct cell *find(const struct survey *s, const char *host,
                               const char *address, uint16_t port)
{
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (client_view_counts(s, c) && c->port == port &&
            (!host || strcmp(c->host, host) == 0) &&
            (!address || strcmp(c->address, address) == 0))
            return c;
    }
    return NULL;
}

static bool is_right(const struct survey *s, const struct cell *c)
{
    return c && cell_state(s, c) == STATE_VERIFIED;
}

/* What was wrong at the port that was asked for, or first. */
static const struct cell *find_wrong(const struct survey *s)
{
    for (size_t i = 0; i < s->cells_len; i++)
        if (client_view_counts(s, &s->cells[i]) &&
            cell_answered(&s->cells[i]) && !is_right(s, &s->cells[i]))
            return &s->cells[i];
    return NULL;
}

static struct pair pair_of(const struct news *n, const struct cell *now)
{
    const struct survey *s = n->before;
    const struct cell *before =
        n->moved ? find(s, NULL, NULL, now->port)
                 : find(s, now->host, now->address, now->port);
    const struct cell *wrong = n->moved ? find_wrong(s) : NULL;

    if (!before && !n->moved) /* the DNS has another address today */
        before = find(s, now->host, NULL, now->port);
    if (wrong && (!before || is_right(s, before)))
        before = wrong;
    return (struct pair){ before, now };
}

static const char *digest(const struct survey *s, const struct cell *c)
{
    const struct cert *leaf = c ? cell_leaf(s, c) : NULL;

    return leaf ? leaf->sha256_hex : "";
}

static const char *words(const struct news *n, const struct survey *s,
                         const struct cell *c)
{
    return c ? report_cell_words(n->arena, s, c) : "";
}

static bool is_news(const struct news *n, const struct pair *p)
{
    bool told = cell_answered(p->now) ||
                (p->before && cell_answered(p->before)) ||
                n->now->target.port == p->now->port;

    return told &&
           (n->moved ||
            strcmp(words(n, n->before, p->before), words(n, n->now, p->now)) !=
                0 ||
            strcmp(digest(n->before, p->before), digest(n->now, p->now)) != 0);
}

static bool is_alike(const struct news *n, const struct pair *one,
                     const struct pair *two)
{
    return !one->before == !two->before &&
           strcmp(one->now->host, two->now->host) == 0 &&
           strcmp(words(n, n->before, one->before),
                  words(n, n->before, two->before)) == 0 &&
           strcmp(words(n, n->now, one->now), words(n, n->now, two->now)) ==
               0 &&
           strcmp(digest(n->before, one->before),
                  digest(n->before, two->before)) == 0 &&
           strcmp(digest(n->now, one->now), digest(n->now, two->now)) == 0;
}

static void put_side(const struct news *n, const struct survey *s,
                     const struct cell *c, struct json *side)
{
    const struct cert *leaf = cell_leaf(s, c);
    struct arena *a = n->arena;
    struct buf names;

    buf_init(&names, a, TEXT_MAX);
    if (leaf)
        text_list_tell_most(&names, leaf->dns_names.text, leaf->dns_names.len,
                            NAMES_TOLD);
    json_put_text(a, side, "place",
                  n->moved ? host_port_text(a, c->host, c->port) : NULL);
    json_put_text(a, side, "words", report_cell_words(a, s, c));
    json_put_text(a, side, "names",
                  names.len ? names.text : report_leaf_name(s, c));
    json_put_text(a, side, "until",
                  leaf ? clock_day(a, leaf->not_after) : NULL);
    json_put_bool(a, json_put_object(a, side, "is"),
                  !cell_answered(c) ? "unseen"
                  : is_right(s, c)  ? "right"
                                    : "wrong",
                  true);
}

/* The ports that changed as the one of cell `at` did; none: they were told with
 * an earlier one. */
static struct text_list ports_alike(const struct news *n, size_t at)
{
    struct pair wanted = pair_of(n, &n->now->cells[at]);
    struct text_list ports = { 0 };

    for (size_t i = 0; i < n->now->cells_len; i++) {
        const struct cell *c = &n->now->cells[i];
        struct pair p = pair_of(n, c);
        if (!client_view_counts(n->now, c) || !is_news(n, &p) ||
            !is_alike(n, &wanted, &p))
            continue;
        if (i < at)
            return (struct text_list){ 0 };
        text_list_add_new(n->arena, &ports,
                          arena_printf(n->arena, "%u", (unsigned)c->port));
    }
    return ports;
}

static void put_row(const struct news *n, size_t at, struct json *rows)
{
    struct arena *a = n->arena;
    struct pair p = pair_of(n, &n->now->cells[at]);
    struct text_list ports = ports_alike(n, at);
    struct buf told;

    if (!ports.len)
        return;
    struct json *row = json_add_object(a, rows);
    buf_init(&told, a, TEXT_MAX);
    text_list_tell(&told, ports.text, ports.len);
    json_put_text(a, row, "ports", told.text);
    json_put_bool(a, row, "many", ports.len > 1);
    json_put_text(a, row, "host", n->several ? p.now->host : NULL);
    if (p.before)
        put_side(n, n->before, p.before, json_put_object(a, row, "before"));
    else
        json_put(a, row, "before", NULL);
    put_side(n, n->now, p.now, json_put_object(a, row, "now"));
}

static void put_rows(const struct news *n, struct json *out)
{
    struct json *rows = json_put_array(n->arena, out, "rows");

    for (size_t i = 0; i < n->now->cells_len; i++) {
        struct pair p = pair_of(n, &n->now->cells[i]);
        if (client_view_counts(n->now, p.now) && is_news(n, &p))
            put_row(n, i, rows);
    }
    json_put_bool(n->arena, out, "has_rows", rows->len > 0);
}

/* ---- faults, before and now ---- */

/* It shows where nothing is worse than before: another word for a fault that
 * was there. */
static bool is_old(const struct news *n, const struct finding *f)
{
    for (size_t i = 0; i < f->cells_len; i++) {
        const struct cell *c = &n->now->cells[f->cells[i]];
        struct pair p = pair_of(n, c);
        if (!p.before || (is_news(n, &p) && !is_right(n->now, c)))
            return false;
    }
    return f->cells_len > 0;
}

static void compare_faults(struct news *n, struct json *out)
{
    const struct report *before = n->request->before, *now = n->request->now;
    struct text_list gone = { 0 }, came = { 0 }, left = { 0 };

    bool is_seen = report_verdict(now) != VERDICT_UNTESTED;

    for (size_t i = 0; is_seen && i < before->findings->len; i++) {
        const struct finding_def *def = before->findings->items[i].def;
        struct fault is = fault_of(now, def->id), was = { SEV_INFO, 0 };
        if (!is_told(before, i) ||
            (!is.places && page_silent_hides(n->request->before, n->now, def)))
            continue;
        was = fault_of(before, def->id);
        text_list_add(n->arena, is.places ? &left : &gone, def->title);
        weigh(n, &was, &is);
    }
    for (size_t i = 0; i < now->findings->len; i++) {
        const struct finding_def *def = now->findings->items[i].def;
        if (!is_told(now, i) || fault_of(before, def->id).places ||
            is_old(n, &now->findings->items[i]))
            continue;
        text_list_add(n->arena, &came, def->title);
        n->worse++;
    }
    put_faults(n, &gone, "gone", out);
    put_faults(n, &came, "came", out);
    put_faults(n, &left, "left", out);
}

static enum news_kind kind_of(const struct news *n)
{
    const struct report *before = n->request->before, *now = n->request->now;
    enum verdict_word was = report_verdict(before), is = report_verdict(now);

    if (is == VERDICT_UNTESTED)
        return NEWS_UNTESTED;
    if (is == VERDICT_OK && n->silent.len)
        return NEWS_UNTESTED;
    if (is == VERDICT_OK)
        return was == VERDICT_OK ? NEWS_SAME : NEWS_MENDED;
    if (n->moved && findings_worst(now->findings) != SEV_ERROR)
        return NEWS_MENDED;
    if (was == VERDICT_UNTESTED)
        return NEWS_BETTER;
    if (!n->better && !n->worse)
        return NEWS_SAME;
    if (!n->better || !n->worse)
        return n->better ? NEWS_BETTER : NEWS_WORSE;
    return now->plan->confidence.lost < before->plan->confidence.lost
               ? NEWS_BETTER
               : NEWS_WORSE;
}

/* ---- words from elsewhere ---- */

static void put_missed(const struct news *n, enum news_kind kind,
                       const struct json *data, struct json *out)
{
    const struct page_news_request *q = n->request;
    struct text_source from = { .arena = n->arena,
                                .dir = q->templates,
                                .fix = "session" };
    bool wanted = q->tried && report_verdict(q->now) != VERDICT_OK &&
                  (kind == NEWS_SAME || kind == NEWS_UNTESTED);
    const char *name =
        wanted ? view_hint(n->arena, q->templates, q->tried) : NULL;
    struct template_options o = { .name = name,
                                  .partial = text_source_partial,
                                  .arg = &from };
    struct buf filled;
    struct err ignored;

    struct json *missed = json_put_array(n->arena, out, "missed");
    buf_init(&filled, n->arena, TEXT_MAX);
    if (name && template_render(text_source_find(&from, name), data, &o,
                                &filled, &ignored))
        page_blocks(n->arena, filled.text, missed);
    json_put_bool(n->arena, out, "has_missed", missed->len > 0);
}

/* The last step of a fix of a mail program says where else it is to be done. */
static void put_elsewhere(const struct news *n, enum news_kind kind,
                          struct json *out)
{
    const struct fix *tried = n->request->tried;
    bool wanted = kind == NEWS_MENDED && tried && tried->steps_len &&
                  tried->def->kind == FIX_HOSTNAME;

    if (wanted)
        page_blocks(n->arena, tried->steps[tried->steps_len - 1],
                    json_put_array(n->arena, out, "elsewhere"));
    else
        json_put(n->arena, out, "elsewhere", NULL);
}

/* One port is right: the others of the host may not be. */
static void put_next(const struct news *n, enum news_kind kind,
                     struct json *out)
{
    const struct target *t = &n->now->target;
    bool wanted =
        kind == NEWS_MENDED && t->kind == TARGET_HOST && t->port && t->host;

    json_put_text(n->arena, out, "next", wanted ? t->host : NULL);
}

/* Why what is fine, as far as it was seen, is not called mended. */
static void put_silent(const struct news *n, struct json *out)
{
    bool wanted =
        n->silent.len && report_verdict(n->request->now) == VERDICT_OK;
    struct buf told;

    buf_init(&told, n->arena, TEXT_MAX);
    text_list_tell(&told, n->silent.text, n->silent.len);
    json_put_text(n->arena, out, "silent", wanted ? told.text : NULL);
    json_put_bool(n->arena, out, "silent_many", n->silent.len > 1);
}

static const char *since(struct arena *a, const struct survey *before,
                         const struct survey *now)
{
    const char *day = report_day(a, before->judged_at);
    const char *clock = clock_text(a, before->judged_at) + strlen(day) + 1;

    if (strcmp(day, report_day(a, now->judged_at)) != 0)
        return clock_moment(a, before->judged_at);
    return arena_printf(a, "%.5s UTC", clock);
}

static bool has_several(const struct survey *s)
{
    const char *host = NULL;

    for (size_t i = 0; i < s->cells_len; i++) {
        if (!client_view_counts(s, &s->cells[i]))
            continue;
        if (host && strcmp(host, s->cells[i].host) != 0)
            return true;
        host = s->cells[i].host;
    }
    return false;
}

/* A fix for a mail program is tried where it leads to. */
static bool is_moved(const struct report *before, const struct report *now)
{
    uint16_t port = now->survey->target.port;

    return strcmp(report_asked(before), report_asked(now)) != 0 ||
           (port && port != before->survey->target.port);
}

struct json *page_news(struct arena *a, const struct page_news_request *q)
{
    const struct report *before = q->before, *now = q->now;
    struct json *out = json_object(a), *seen = view_now(a, before, now);
    struct news n = {
        .arena = a,
        .request = q,
        .before = before->survey,
        .now = now->survey,
        .moved = is_moved(before, now),
        .several = has_several(now->survey),
    };

    n.silent = page_silent_ports(a, n.before, n.now);
    compare_faults(&n, out);
    enum news_kind kind = kind_of(&n);
    const char *word = table_text(news_words, (int)kind);
    json_put_bool(a, json_put_object(a, out, "is"), word, true);
    json_put_text(a, out, "kind", word);
    json_put_text(a, out, "since", since(a, n.before, n.now));
    json_put_text(a, out, "asked", report_asked(now));
    json_put_text(a, out, "asked_before", report_asked(before));
    json_put_text(a, out, "port",
                  n.now->target.port
                      ? arena_printf(a, "%u", (unsigned)n.now->target.port)
                      : NULL);
    put_silent(&n, out);
    json_put_bool(a, out, "moved", n.moved);
    json_put_bool(a, out, "was_untested",
                  report_verdict(before) == VERDICT_UNTESTED);
    json_put_bool(a, out, "was_fine", report_verdict(before) == VERDICT_OK);
    put_rows(&n, out);
    json_put(a, out, "now", seen);
    put_missed(&n, kind, out, out);
    put_elsewhere(&n, kind, out);
    put_next(&n, kind, out);
    return out;
}
