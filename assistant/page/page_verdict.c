/* The verdict in one line and a sentence, the two name tags, the score. */
#include <string.h>

#include "base/clock.h"
#include "facts/cell_state.h"
#include "facts/client_view.h"
#include "page/page_parts.h"
#include "page/page_text.h"
#include "report/report_words.h"

enum { NAMES_TOLD = 4, FAULTS_TOLD = 3 };

/* ---- the verdict ---- */

static bool is_about_dates(const struct finding *f)
{
    static const char *const ids[] = { "cert.expired", "daemon.stale",
                                       "cert.not_yet_valid" };

    return f && text_is_among(f->def->id, ids, sizeof ids / sizeof *ids);
}

static void add_port(struct arena *a, struct text_list *ports,
                     const struct cell *c)
{
    text_list_add_new(a, ports, arena_printf(a, "%u", (unsigned)c->port));
}

/* "ports": where it was seen; "many", and "all" where no open port is free of
 * it. */
static void put_ports(struct arena *a, const struct report *r,
                      const struct finding *f, struct json *o)
{
    const struct survey *s = r->survey;
    struct text_list hit = { 0 }, open = { 0 };

    for (size_t i = 0; f && i < f->cells_len; i++)
        if (s->cells[f->cells[i]].port)
            add_port(a, &hit, &s->cells[f->cells[i]]);
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (c->port && client_view_counts(s, c) && cell_answered(c))
            add_port(a, &open, c);
    }
    const struct text_list *told = f ? &hit : &open;
    json_put_text(a, o, "ports", page_joined(a, told));
    json_put_number(a, o, "ports_len", (double)told->len);
    json_put_bool(a, o, "many", told->len > 1);
    json_put_bool(a, o, "all", told->len > 1 && told->len == open.len);
}

/* Where one port alone is hit: what people call it; else NULL. */
static const char *lone_service(const struct report *r, const struct finding *f)
{
    const struct cell *first = NULL;

    for (size_t i = 0; f && i < f->cells_len; i++) {
        const struct cell *c = &r->survey->cells[f->cells[i]];
        if (first && c->port != first->port)
            return NULL;
        first = c;
    }
    const struct service *row = first ? service_find(first->service) : NULL;
    return row ? row->family : NULL;
}

/* Ports of the same host that show a certificate of later date in good order.
 */
static void put_successor(struct arena *a, const struct survey *s,
                          const struct cell *old, struct json *o)
{
    const struct cert *before = cell_leaf(s, old);
    struct text_list ports = { 0 };

    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        const struct cert *leaf = cell_leaf(s, c);
        if (client_view_counts(s, c) && leaf && leaf != before &&
            strcmp(c->host, old->host) == 0 &&
            leaf->not_after > before->not_after &&
            cell_state(s, c) == STATE_VERIFIED)
            add_port(a, &ports, c);
    }
    json_put_text(a, o, "successor", page_joined(a, &ports));
    json_put_bool(a, o, "on_many", ports.len > 1);
}

static const char *days_told(struct arena *a, int64_t seconds)
{
    long long days = (seconds < 0 ? -seconds : seconds) / DAY_S;

    return days == 1 ? "1 day" : arena_printf(a, "%lld days", days);
}

/* {"ago": it ran out, "ahead": or begins then, "successor": ports}; of a fault
 * of dates, else null. */
static void put_dates(const struct page_part *p, const struct finding *f,
                      struct json *o)
{
    const struct survey *s = p->report->survey;
    const struct cell *c = report_compared(p->report);
    const struct cert *leaf = c ? cell_leaf(s, c) : NULL;
    struct arena *a = p->arena;

    if (!leaf || !is_about_dates(f) || !c->verdict.name_ok ||
        (s->judged_at <= leaf->not_after && s->judged_at >= leaf->not_before)) {
        json_put_text(a, o, "dates", NULL);
        return;
    }
    bool ended = s->judged_at > leaf->not_after;
    int64_t when = ended ? leaf->not_after : leaf->not_before;
    struct json *dates = json_put_object(a, o, "dates");
    const char *days = days_told(a, s->judged_at - when);
    json_put_text(a, dates, "ago", ended ? days : NULL);
    json_put_text(a, dates, "ahead", ended ? NULL : days);
    json_put_text(a, dates, "today", clock_day(a, s->judged_at));
    json_put_text(a, dates, "day", clock_day(a, when));
    put_successor(a, s, c, dates);
}

static enum page_mark mark_of(const struct report *r)
{
    switch (report_verdict(r)) {
    case VERDICT_OK:
        return MARK_FINE;
    case VERDICT_UNTESTED:
        return MARK_UNKNOWN;
    default:
        return report_count(r, SEV_ERROR) ? MARK_FAULT : MARK_WARNING;
    }
}

/* One that shows what is right, where nothing is wrong. */
static const struct cell *good_cell(const struct survey *s)
{
    for (size_t i = 0; i < s->cells_len; i++)
        if (client_view_counts(s, &s->cells[i]) && cell_leaf(s, &s->cells[i]) &&
            cell_state(s, &s->cells[i]) == STATE_VERIFIED)
            return &s->cells[i];
    return NULL;
}

/* Which sentence the template says. Where nobody minds a certificate that does
 * not fit, as at exchangers, nothing is wrong, and none fits. */
static const char *kind_of(const struct page_part *p, const struct json *o)
{
    const struct report *r = p->report;
    size_t errors = report_count(r, SEV_ERROR);
    size_t warnings = report_count(r, SEV_WARNING);
    const struct finding *f = report_gravest(r);

    if (report_verdict(r) == VERDICT_UNTESTED)
        return "untested";
    if (report_verdict(r) == VERDICT_OK)
        return good_cell(r->survey) && r->survey->target.host ? "fine"
                                                              : "clear";
    if (errors == 1 && json_find(o, "dates")->type == JSON_OBJECT)
        return lone_service(r, f) ? "date" : "dates";
    if (errors)
        return errors == 1 ? "fault" : "faults";
    return warnings == 1 ? "warning" : "warnings";
}

static int slowest_ms(const struct survey *s)
{
    int most = 0;

    for (size_t i = 0; i < s->cells_len; i++) {
        int ms = page_cell_ms(&s->cells[i]);
        if (client_view_counts(s, &s->cells[i]) && ms > most)
            most = ms;
    }
    return most;
}

/* The day on which the first of what is right ends. */
static const char *good_until(struct arena *a, const struct survey *s)
{
    int64_t until = CLOCK_LAST_S;

    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        const struct cert *leaf = cell_leaf(s, c);
        if (client_view_counts(s, c) && cell_state(s, c) == STATE_VERIFIED &&
            leaf && leaf->not_after < until)
            until = leaf->not_after;
    }
    return until == CLOCK_LAST_S ? NULL : clock_day(a, until);
}

/* {"good_len", "good_many", "good_ports": where a right certificate is shown,
 * "good_all": on every open port} */
static void put_good(struct arena *a, const struct survey *s, struct json *o)
{
    struct text_list good = { 0 }, open = { 0 };

    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (!client_view_counts(s, c) || !cell_answered(c))
            continue;
        add_port(a, &open, c);
        if (cell_state(s, c) == STATE_VERIFIED)
            add_port(a, &good, c);
    }
    json_put_number(a, o, "good_len", (double)good.len);
    json_put_bool(a, o, "good_many", good.len > 1);
    json_put_bool(a, o, "good_all", good.len == open.len);
    json_put_text(a, o, "good_ports", page_joined(a, &good));
}

/* {"what": the gravest faults, "more": how many others} */
static void put_what(struct arena *a, const struct report *r, struct json *o)
{
    const struct finding *first = report_gravest(r);
    struct json *list = json_put_array(a, o, "what");
    size_t all = 0;

    for (size_t i = 0; first && i < r->findings->len; i++) {
        const struct finding *f = &r->findings->items[i];
        if (f->severity != first->severity || plan_part_of(r->plan, i))
            continue;
        all++;
        if (list->len < FAULTS_TOLD && !json_has_text(list, f->def->title))
            json_add_text(a, list, f->def->title);
    }
    json_put_text(a, o, "more",
                  all > FAULTS_TOLD && all > list->len
                      ? arena_printf(a, "%zu", all - list->len)
                      : NULL);
}

void page_put_verdict(const struct page_part *p, struct json *view)
{
    const struct report *r = p->report;
    const struct survey *s = r->survey;
    const struct finding *f = report_gravest(r);
    struct arena *a = p->arena;
    struct json *o = json_put_object(a, view, "verdict");
    const char *service = lone_service(r, f);

    page_put_mark(p, o, mark_of(r));
    put_ports(a, r, f, o);
    put_dates(p, f, o);
    page_put_is(a, o, "kind_is", kind_of(p, o));
    page_put_is(a, o, "service_is", service);
    page_put_pieces(a, o, "asked", report_asked(r));
    page_put_pieces(a, o, "sentence", report_sentence(a, r));
    json_put_number(a, o, "errors", (double)report_count(r, SEV_ERROR));
    json_put_number(a, o, "warnings", (double)report_count(r, SEV_WARNING));
    put_what(a, r, o);
    page_put_pieces(a, o, "detail", f ? f->detail : NULL);
    json_put_text(a, o, "until", good_until(a, s));
    put_good(a, s, o);
    json_put_text(a, o, "looked_at", clock_moment(a, s->taken_at));
    json_put_text(a, o, "judged_as_of",
                  s->judged_at == s->taken_at ? NULL
                                              : clock_moment(a, s->judged_at));
    json_put_bool(a, o, "is_file", s->target.kind == TARGET_FILE);
    int ms = slowest_ms(s);
    json_put_text(a, o, "slowest_ms", ms ? arena_printf(a, "%d", ms) : NULL);
}

/* ---- the name tags ---- */

static void put_names(struct arena *a, const struct cert *leaf, struct json *o)
{
    const struct text_list *names[] = { &leaf->dns_names, &leaf->ip_names };
    size_t all = names[0]->len + names[1]->len;
    struct json *list = json_put_array(a, o, "names");

    for (size_t l = 0; l < 2; l++)
        for (size_t i = 0; i < names[l]->len && list->len < NAMES_TOLD; i++)
            page_add_named(a, list, names[l]->text[i]);
    json_put_bool(a, o, "nameless", all == 0);
    json_put_bool(a, o, "has_names", all > 0);
    json_put_bool(a, o, "has_cn", all == 0 && leaf->subject_cn);
    page_put_pieces(a, o, "only_cn", all ? NULL : leaf->subject_cn);
    json_put_text(a, o, "more",
                  all > list->len ? arena_printf(a, "%zu", all - list->len)
                                  : NULL);
}

void page_put_tags(const struct page_part *p, struct json *view)
{
    const struct survey *s = p->report->survey;
    const struct cell *c = report_compared(p->report);
    struct arena *a = p->arena;
    const struct cert *leaf = NULL;

    if (!c && report_verdict(p->report) == VERDICT_OK)
        c = good_cell(s);
    leaf = c ? cell_leaf(s, c) : NULL;
    if (!leaf || !c->reference) {
        json_put_text(a, view, "tags", NULL);
        return;
    }
    struct json *o = json_put_object(a, view, "tags");
    bool dates =
        s->judged_at >= leaf->not_before && s->judged_at <= leaf->not_after;
    json_put_bool(a, o, "by_dates", c->verdict.name_ok && !dates);
    json_put_bool(a, o, "names_fit", c->verdict.name_ok);
    json_put_bool(a, o, "is_early", s->judged_at < leaf->not_before);
    page_put_mark(p, o, c->verdict.name_ok && dates ? MARK_FINE : MARK_FAULT);
    page_put_pieces(a, o, "asked", c->reference);
    put_names(a, leaf, o);
    json_put_text(a, o, "issuer",
                  leaf->issuer_cn ? leaf->issuer_cn : leaf->issuer);
    json_put_text(a, o, "from", clock_day(a, leaf->not_before));
    json_put_text(a, o, "until", clock_day(a, leaf->not_after));
    json_put_text(a, o, "today", clock_day(a, s->judged_at));
    json_put_text(a, o, "days",
                  days_told(a, s->judged_at < leaf->not_before
                                   ? leaf->not_before - s->judged_at
                                   : s->judged_at - leaf->not_after));
}

/* ---- the score ---- */

/* Somebody gets through, where a fault does not show at all places. */
static bool hits_everybody(const struct report *r)
{
    const struct confidence *sure = &r->plan->confidence;

    for (size_t i = 0; i < sure->len; i++) {
        const struct deduction *d = &sure->items[i];
        if (r->findings->items[d->finding].severity == SEV_ERROR &&
            d->hit == d->of)
            return true;
    }
    return false;
}

static const char *score_word(const struct report *r)
{
    if (report_verdict(r) == VERDICT_UNTESTED)
        return "unknown";
    if (report_verdict(r) == VERDICT_OK)
        return "works";
    if (!report_count(r, SEV_ERROR))
        return "care";
    return hits_everybody(r) ? "fails" : "may_fail";
}

/* {"word_is", "number", "arc": of 300, "deductions": [{"points", "why"}]} */
void page_put_score(const struct page_part *p, struct json *view)
{
    const struct report *r = p->report;
    const struct confidence *sure = &r->plan->confidence;
    struct arena *a = p->arena;
    struct json *o = json_put_object(a, view, "score");
    struct json *list = json_put_array(a, o, "deductions");
    bool unseen = report_verdict(r) == VERDICT_UNTESTED;
    int number = 100 - sure->lost;

    page_put_mark(p, o, mark_of(r));
    page_put_is(a, o, "word_is", score_word(r));
    json_put_text(a, o, "number",
                  unseen ? NULL : arena_printf(a, "%d", number));
    json_put_number(a, o, "arc", unseen ? 0 : number * 3);
    for (size_t i = 0; i < sure->len && !unseen; i++) {
        struct json *d = json_add_object(a, list);
        json_put_number(a, d, "points", sure->items[i].points);
        json_put_text(a, d, "why", report_deduction(a, r, &sure->items[i]));
    }
}
