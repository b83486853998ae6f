#include "report/fleet_since.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "facts/hostname_match.h"
#include "report/report_lines.h"

enum { TEXT_MAX = 16 * 1024, PORTS_MAX = 200, PORTS_TOLD = 4 };

/* ---- the earlier run ---- */

struct fleet_past {
    struct fleet_row *rows; /* by target */
    size_t len;
};

static int by_target(const void *one, const void *other)
{
    const struct fleet_row *a = one, *b = other;
    int targets = strcmp(a->target, b->target);

    return targets ? targets : (a->at > b->at) - (a->at < b->at);
}

struct past_reading {
    struct arena *arena;
    struct fleet_past *past;
};

static bool take_line(void *arg, const struct json *line, struct err *err)
{
    const struct past_reading *r = arg;
    struct fleet_past *past = r->past;
    struct fleet_row row;

    if (!fleet_row_read(r->arena, line, &row, err))
        return false;
    row.at = past->len;
    past->rows =
        arena_grow(r->arena, past->rows, past->len, sizeof *past->rows);
    past->rows[past->len++] = row;
    return true;
}

bool fleet_since_read(struct arena *a, const char *text, size_t len,
                      const char *name, struct fleet_past **out,
                      struct err *err)
{
    struct past_reading r = { a, arena_alloc(a, 1, sizeof *r.past) };

    if (!report_lines_read(text, len, name, take_line, &r, err))
        return false;
    if (r.past->len)
        qsort(r.past->rows, r.past->len, sizeof *r.past->rows, by_target);
    *out = r.past;
    return true;
}

/* The first where it was asked for twice. */
static const struct fleet_row *find(const struct fleet_past *past,
                                    const char *target)
{
    size_t from = 0, to = past->len;

    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (strcmp(past->rows[middle].target, target) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from < past->len && strcmp(past->rows[from].target, target) == 0
               ? &past->rows[from]
               : NULL;
}

/* ---- telling ---- */

static void tell(struct arena *a, struct fleet_row *row, const char *kind,
                 const char *text)
{
    struct fleet_news *news = NULL;

    for (size_t i = 0; i < row->news_len; i++)
        if (strcmp(row->news[i].text, text) == 0)
            return;
    news = arena_grow(a, row->news, row->news_len, sizeof *news);
    news[row->news_len++] = (struct fleet_news){ .kind = kind, .text = text };
    row->news = news;
}

static bool has_told(const struct fleet_row *row, const char *kind)
{
    for (size_t i = 0; i < row->news_len; i++)
        if (strcmp(row->news[i].kind, kind) == 0)
            return true;
    return false;
}

static const char *at_ports(struct arena *a, const struct text_list *ports)
{
    struct buf out;

    if (!ports->len)
        return "";
    buf_init(&out, a, PORTS_MAX);
    text_list_tell_most(&out, ports->text, ports->len, PORTS_TOLD);
    return arena_printf(a, " (port%s %s)", ports->len == 1 ? "" : "s",
                        out.text);
}

/* ---- faults ---- */

static const struct fleet_fault *same_fault(const struct fleet_row *row,
                                            const struct fleet_fault *f,
                                            const char *port)
{
    for (size_t i = 0; i < row->faults_len; i++) {
        const struct fleet_fault *g = &row->faults[i];
        if (strcmp(f->id, g->id) == 0 &&
            (!port || !g->ports.len || text_list_has(&g->ports, port)))
            return g;
    }
    return NULL;
}

/* At these ports `other` does not know of it. `all`: nowhere. */
static struct text_list unknown_ports(struct arena *a,
                                      const struct fleet_row *other,
                                      const struct fleet_fault *f, bool *any)
{
    struct text_list ports = { 0 };

    for (size_t i = 0; i < f->ports.len; i++)
        if (!same_fault(other, f, f->ports.text[i]))
            text_list_add(a, &ports, f->ports.text[i]);
    *any = f->ports.len ? ports.len > 0 : !same_fault(other, f, NULL);
    return ports;
}

static void tell_new_faults(struct arena *a, const struct fleet_row *old,
                            struct fleet_row *row, bool parts)
{
    for (size_t i = 0; i < row->faults_len; i++) {
        const struct fleet_fault *f = &row->faults[i];
        const struct fleet_fault *was = same_fault(old, f, NULL);
        bool any = false;
        if (f->is_part != parts)
            continue;
        struct text_list ports = unknown_ports(a, old, f, &any);
        if (any)
            tell(a, row, "fault",
                 arena_printf(a, "new: %s%s", f->title, at_ports(a, &ports)));
        else if (was && was->severity < f->severity)
            tell(a, row, "worse",
                 arena_printf(a, "now an error: %s%s", f->title,
                              at_ports(a, &f->ports)));
    }
}

static bool answers_somewhere(const struct fleet_row *row, const char *port)
{
    long number = strtol(port, NULL, 10);

    for (size_t i = 0; i < row->places_len; i++)
        if (row->places[i].port == number && row->places[i].answers)
            return true;
    return false;
}

/* What answers nowhere any more is not mended. */
static void tell_mended(struct arena *a, const struct fleet_row *old,
                        struct fleet_row *row)
{
    for (size_t i = 0; i < old->faults_len; i++) {
        const struct fleet_fault *f = &old->faults[i];
        struct text_list mended = { 0 };
        bool any = false;
        struct text_list gone = unknown_ports(a, row, f, &any);
        for (size_t k = 0; k < gone.len; k++)
            if (answers_somewhere(row, gone.text[k]))
                text_list_add(a, &mended, gone.text[k]);
        if (any && !f->is_part && (mended.len || !gone.len))
            tell(a, row, "mended",
                 arena_printf(a, "mended: %s%s", f->title,
                              at_ports(a, &mended)));
    }
}

/* ---- certificates ---- */

static bool shows(const struct fleet_row *row, const struct fleet_place *p,
                  const char *sha256)
{
    for (size_t i = 0; i < p->certs_len; i++)
        if (strcmp(row->certs[p->certs[i]].sha256, sha256) == 0)
            return true;
    return false;
}

static bool covers(const struct fleet_cert *c, const char *name)
{
    return text_list_has(&c->names, name) ||
           (!strchr(name, '*') &&
            hostname_match_patterns(c->names.text, c->names.len, name).kind ==
                MATCH_COVERED);
}

static size_t names_kept(const struct fleet_cert *before,
                         const struct fleet_cert *now)
{
    size_t kept = 0;

    for (size_t i = 0; i < before->names.len; i++)
        kept += covers(now, before->names.text[i]);
    return kept;
}

/* Which of those that are gone from here it stands in for: the one whose names
 * it has. */
static const struct fleet_cert *stands_in_for(const struct fleet_row *old,
                                              const struct fleet_place *was,
                                              const struct fleet_row *row,
                                              const struct fleet_place *is,
                                              const struct fleet_cert *now)
{
    const struct fleet_cert *best = NULL;

    for (size_t i = 0; i < was->certs_len; i++) {
        const struct fleet_cert *c = &old->certs[was->certs[i]];
        if (!shows(row, is, c->sha256) &&
            (!best || names_kept(c, now) > names_kept(best, now)))
            best = c;
    }
    return best;
}

/* What served another's name and is mended has lost nothing. */
static void tell_certificate(struct arena *a, const struct fleet_cert *before,
                             const struct fleet_cert *now,
                             struct fleet_row *row)
{
    bool mended = has_told(row, "mended") && !row->faults_len;

    for (size_t i = 0; i < before->names.len; i++)
        if (!mended && !covers(now, before->names.text[i]))
            tell(a, row, "lost-name",
                 arena_printf(a, "the certificate has lost the name %s",
                              before->names.text[i]));
    if (strcmp(before->maker, now->maker) != 0)
        tell(a, row, "issuer",
             arena_printf(a, "another issuer: %s, before it was %s", now->maker,
                          before->maker));
    else if (now->ends_s > before->ends_s)
        tell(a, row, "renewed",
             arena_printf(a, "renewed, to %s", clock_day(a, now->ends_s)));
    else
        tell(a, row, "certificate",
             arena_printf(a, "another certificate, which ends on %s",
                          clock_day(a, now->ends_s)));
}

static void tell_certificates(struct arena *a, const struct fleet_row *old,
                              const struct fleet_place *was,
                              const struct fleet_place *is,
                              struct fleet_row *row)
{
    for (size_t i = 0; i < is->certs_len; i++) {
        const struct fleet_cert *now = &row->certs[is->certs[i]];
        const struct fleet_cert *before =
            shows(old, was, now->sha256)
                ? NULL
                : stands_in_for(old, was, row, is, now);
        if (before)
            tell_certificate(a, before, now, row);
    }
}

/* ---- places ---- */

static const struct fleet_place *same_place(const struct fleet_row *row,
                                            const struct fleet_place *p)
{
    for (size_t i = 0; i < row->places_len; i++)
        if (row->places[i].port == p->port &&
            strcmp(row->places[i].host, p->host) == 0)
            return &row->places[i];
    return NULL;
}

static bool has_host(const struct fleet_row *row, const char *host)
{
    for (size_t i = 0; i < row->places_len; i++)
        if (strcmp(row->places[i].host, host) == 0)
            return true;
    return false;
}

static const char *place_text(struct arena *a, const struct fleet_place *p)
{
    return p->port
               ? arena_printf(a, "port %u of %s", (unsigned)p->port, p->host)
               : "the file";
}

static void tell_places(struct arena *a, const struct fleet_row *old,
                        struct fleet_row *row)
{
    for (size_t i = 0; i < old->places_len; i++) {
        const struct fleet_place *was = &old->places[i];
        const struct fleet_place *is = same_place(row, was);
        if (!is && was->answers && !has_host(row, was->host))
            tell(a, row, "lost-host",
                 arena_printf(a, "%s is no longer among its servers",
                              was->host));
        if (!is || !is->tried || !was->tried)
            continue;
        if (was->answers && !is->answers)
            tell(a, row, "lost-port",
                 arena_printf(a, "%s no longer answers", place_text(a, is)));
        if (!was->answers && is->answers)
            tell(a, row, "port",
                 arena_printf(a, "%s answers now", place_text(a, is)));
        tell_certificates(a, old, was, is, row);
    }
    for (size_t i = 0; i < row->places_len; i++)
        if (row->places[i].answers && !has_host(old, row->places[i].host))
            tell(a, row, "host",
                 arena_printf(a, "%s is new among its servers",
                              row->places[i].host));
}

/* ---- a target ---- */

static bool was_seen(const struct fleet_row *row)
{
    return row->grade != FLEET_UNSEEN && row->grade != FLEET_NO_TARGET;
}

static void compare(struct arena *a, const struct fleet_row *old,
                    struct fleet_row *row)
{
    if (!was_seen(row)) {
        if (was_seen(old))
            tell(a, row, "unseen", "it could not be looked at this time");
        return;
    }
    tell_new_faults(a, old, row, false);
    if (!row->news_len)
        tell_new_faults(a, old, row, true);
    if (!was_seen(old)) {
        tell(a, row, "seen", "it could be looked at again");
        return;
    }
    tell_mended(a, old, row);
    tell_places(a, old, row);
}

static enum fleet_change change_of(const struct fleet_row *row)
{
    if (has_told(row, "target") || has_told(row, "fault") ||
        has_told(row, "worse"))
        return FLEET_NEW;
    if (has_told(row, "mended") && !row->faults_len)
        return FLEET_MENDED;
    return row->news_len ? FLEET_CHANGED : FLEET_UNCHANGED;
}

void fleet_since_compare(struct arena *a, const struct fleet_past *past,
                         struct fleet_row *row)
{
    const struct fleet_row *old = find(past, row->target);

    row->news = NULL;
    row->news_len = 0;
    if (old)
        compare(a, old, row);
    else
        tell(a, row, "target", "new: it was not in the earlier run");
    row->compared = true;
    row->change = change_of(row);
}

struct json *fleet_since_json(struct arena *a, const struct fleet_row *row)
{
    struct json *since = json_object(a);

    json_put_text(a, since, "change",
                  table_text(fleet_change_words, (int)row->change));
    struct json *list = json_put_array(a, since, "news");
    for (size_t i = 0; i < row->news_len; i++) {
        struct json *j = json_add_object(a, list);
        json_put_text(a, j, "kind", row->news[i].kind);
        json_put_text(a, j, "text", row->news[i].text);
    }
    return since;
}

const char *fleet_since_text(struct arena *a, const struct fleet_row *row)
{
    struct buf out;

    buf_init(&out, a, TEXT_MAX);
    for (size_t i = 0; i < row->news_len; i++)
        buf_printf(&out, "%s%s", i ? "; " : "", row->news[i].text);
    return out.text;
}

const char *fleet_since_words(struct arena *a, const struct fleet_row *row)
{
    const char *word = table_text(fleet_change_words, (int)row->change);
    const char *news = fleet_since_text(a, row);
    size_t len = strlen(word);

    if (!row->compared)
        return "";
    if (strncmp(news, word, len) == 0 && news[len] == ':')
        return news;
    return *news ? arena_printf(a, "%s: %s", word, news) : word;
}
