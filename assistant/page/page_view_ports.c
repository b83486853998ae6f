/* What every port shows, and, of a mail domain, what every server is worth. */
#include <string.h>

#include "base/clock.h"
#include "facts/cell_state.h"
#include "facts/client_view.h"
#include "page/page_parts.h"
#include "page/page_text.h"
#include "report/report_words.h"

/* "Mail from users (TLS)" without its bracket. */
static const char *about_of(struct arena *a, const struct cell *c)
{
    const struct service *row = service_find(c->service);
    const char *about = row ? row->about : c->service;
    const char *bracket = strstr(about, " (");

    return bracket ? arena_text_n(a, about, (size_t)(bracket - about)) : about;
}

static void put_certificate(struct arena *a, const struct survey *s,
                            const struct cell *c, struct json *o)
{
    const struct cert *leaf = cell_leaf(s, c);
    const char *days = report_cell_days(a, s, c);

    page_put_pieces(a, o, "certificate", report_leaf_name(s, c));
    json_put_text(a, o, "until", leaf ? clock_day(a, leaf->not_after) : NULL);
    json_put_text(a, o, "days", *days ? days + 2 : NULL); /* behind ", " */
}

/* What is wrong beside the certificate, where that is right. */
static const char *note_for(const struct report *r, size_t cell)
{
    if (cell_state(r->survey, &r->survey->cells[cell]) != STATE_VERIFIED)
        return NULL;
    for (size_t i = 0; i < r->findings->len; i++) {
        const struct finding *f = &r->findings->items[i];
        for (size_t k = 0; k < f->cells_len && f->severity != SEV_INFO; k++)
            if (f->cells[k] == cell)
                return f->def->title;
    }
    return NULL;
}

struct row { /* of one cell, or of several of which the same is said */
    size_t cell;
    struct text_list ports, about;
    int most_ms;
};

static void add_to_row(struct arena *a, struct row *row, const struct cell *c)
{
    if (c->port)
        text_list_add_new(a, &row->ports,
                          arena_printf(a, "%u", (unsigned)c->port));
    text_list_add_new(a, &row->about, about_of(a, c));
    if (page_cell_ms(c) > row->most_ms)
        row->most_ms = page_cell_ms(c);
}

/* NULL: there is nothing in it. */
static const char *with_commas(struct arena *a, const struct text_list *list)
{
    const char *all = list->len ? list->text[0] : NULL;

    for (size_t i = 1; i < list->len; i++)
        all = arena_printf(a, "%s, %s", all, list->text[i]);
    return all;
}

static void put_row(const struct page_part *p, const struct row *row,
                    struct json *rows)
{
    const struct survey *s = p->report->survey;
    const struct cell *c = &s->cells[row->cell];
    struct arena *a = p->arena;
    struct json *o = json_add_object(a, rows);

    json_put_text(a, o, "port", with_commas(a, &row->ports));
    json_put_text(a, o, "about", with_commas(a, &row->about));
    json_put_text(a, o, "security",
                  s->target.kind == TARGET_FILE || row->ports.len > 1 ? NULL
                  : c->security == SECURITY_IMPLICIT                  ? "TLS"
                                                     : "STARTTLS");
    json_put_text(a, o, "source", s->ways ? report_cell_source(s, c) : NULL);
    page_put_mark(p, o, page_cell_mark(p->report, row->cell));
    json_put_text(a, o, "words", page_capital(a, report_cell_words(a, s, c)));
    json_put_text(a, o, "note", note_for(p->report, row->cell));
    put_certificate(a, s, c, o);
    json_put_text(a, o, "tls", c->tls_version);
    json_put_text(a, o, "ms",
                  row->most_ms ? arena_printf(a, "%d", row->most_ms) : NULL);
}

/* Nothing was learned there but that: such ports share a row. */
static bool is_dull(const struct report *r, size_t cell)
{
    const struct cell *c = &r->survey->cells[cell];

    return r->survey->target.port == 0 && c->port && !cell_answered(c) &&
           page_cell_mark(r, cell) == MARK_UNKNOWN;
}

static bool same_place(const struct cell *a, const struct cell *b)
{
    return a->port && b->port && strcmp(a->host, b->host) == 0 &&
           strcmp(a->address, b->address) == 0;
}

/* The dull ports of a place of which the same is said as of this one; false:
 * they have been told with an earlier one. */
static bool gather_dull(const struct page_part *p, struct row *row)
{
    const struct survey *s = p->report->survey;
    const struct cell *one = &s->cells[row->cell];
    const char *words = report_cell_words(p->arena, s, one);

    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (!client_view_counts(s, c) || !same_place(c, one) ||
            !is_dull(p->report, i) ||
            strcmp(report_cell_words(p->arena, s, c), words) != 0)
            continue;
        if (i < row->cell)
            return false;
        add_to_row(p->arena, row, c);
    }
    return true;
}

/* What answered first, then what did not. */
static void put_rows(const struct page_part *p, const struct cell *first,
                     struct json *block)
{
    const struct survey *s = p->report->survey;
    struct json *rows = json_put_array(p->arena, block, "rows");

    for (int dull = 0; dull < 2; dull++)
        for (size_t i = 0; i < s->cells_len; i++) {
            const struct cell *c = &s->cells[i];
            struct row row = { .cell = i };
            if ((c != first && !same_place(c, first)) ||
                !client_view_counts(s, c) || is_dull(p->report, i) != dull)
                continue;
            if (!dull)
                add_to_row(p->arena, &row, c);
            if (!dull || gather_dull(p, &row))
                put_row(p, &row, rows);
        }
}

static bool is_first_of_place(const struct survey *s, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (client_view_counts(s, &s->cells[i]) &&
            same_place(&s->cells[i], &s->cells[at]))
            return false;
    return true;
}

/* "blocks": [{"host", "address", "rows"}], one for each address of a host */
void page_put_ports(const struct page_part *p, struct json *view)
{
    const struct survey *s = p->report->survey;
    struct arena *a = p->arena;
    struct json *blocks = json_put_array(a, view, "blocks");

    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (!client_view_counts(s, c) || !is_first_of_place(s, i))
            continue;
        struct json *o = json_add_object(a, blocks);
        page_put_pieces(a, o, "host", c->port ? c->host : s->target.input);
        json_put_text(a, o, "address",
                      c->port && !name_is_ip(c->host) ? c->address : NULL);
        put_rows(p, c, o);
    }
    json_put_bool(a, view, "has_blocks", blocks->len > 0);
    json_put_bool(a, view, "blocks_are_few", blocks->len < 3);
    json_put_bool(a, view, "has_sources", s->ways != NULL);
}

/* ---- a mail domain: server by server ---- */

static void worsen(enum page_mark *mark, enum page_mark by)
{
    if (by > *mark)
        *mark = by;
}

static bool is_at(const struct survey *s, const struct cell *c,
                  const char *host)
{
    return c->port && client_view_counts(s, c) && strcmp(c->host, host) == 0;
}

/* The worst of its ports, and what is said of the name itself. */
static enum page_mark host_mark(const struct report *r, const char *host)
{
    const struct survey *s = r->survey;
    enum page_mark mark = MARK_UNKNOWN;

    for (size_t i = 0; i < s->cells_len; i++)
        if (is_at(s, &s->cells[i], host))
            worsen(&mark, page_cell_mark(r, i));
    for (size_t i = 0; i < r->findings->len; i++) {
        const struct finding *f = &r->findings->items[i];
        if (!f->cells_len && f->subject && strcmp(f->subject, host) == 0)
            worsen(&mark, f->severity == SEV_ERROR     ? MARK_FAULT
                          : f->severity == SEV_WARNING ? MARK_WARNING
                                                       : MARK_INFO);
    }
    return mark;
}

/* What is said of the host: "wrong name (465, 993)", the worst of it. */
static const char *host_words(const struct page_part *p, const char *host,
                              enum page_mark mark)
{
    const struct survey *s = p->report->survey;
    struct arena *a = p->arena;
    struct text_list words = { 0 }, ports = { 0 };

    for (size_t i = 0; i < s->cells_len; i++)
        if (is_at(s, &s->cells[i], host) &&
            page_cell_mark(p->report, i) == mark)
            text_list_add_new(a, &words, report_cell_words(a, s, &s->cells[i]));
    for (size_t i = 0; i < s->cells_len && words.len; i++)
        if (is_at(s, &s->cells[i], host) &&
            page_cell_mark(p->report, i) == mark)
            text_list_add_new(
                a, &ports, arena_printf(a, "%u", (unsigned)s->cells[i].port));
    return words.len ? arena_printf(a, "%s (%s)", page_joined(a, &words),
                                    page_joined(a, &ports))
                     : NULL;
}

/* The first that tells of it in sentences. */
static const char *host_title(const struct report *r, const char *host)
{
    for (size_t i = 0; i < r->findings->len; i++) {
        const struct finding *f = &r->findings->items[i];
        bool about = f->subject && strcmp(f->subject, host) == 0;
        for (size_t k = 0; k < f->cells_len && !about; k++)
            about = is_at(r->survey, &r->survey->cells[f->cells[k]], host);
        if (about && f->severity != SEV_INFO && !plan_part_of(r->plan, i))
            return f->def->title;
    }
    return NULL;
}

static void put_host(const struct page_part *p, const char *host,
                     enum page_mark mark, struct json *list)
{
    const struct survey *s = p->report->survey;
    struct arena *a = p->arena;
    struct json *o = json_add_object(a, list);
    struct text_list sources = { 0 };
    const struct cell *shown = NULL;

    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (!is_at(s, c, host))
            continue;
        text_list_add_new(a, &sources, report_cell_source(s, c));
        if (cell_leaf(s, c) && (!shown || page_cell_mark(p->report, i) == mark))
            shown = shown && page_cell_mark(p->report, i) != mark ? shown : c;
    }
    page_put_pieces(a, o, "host", host);
    const char *told = page_joined(a, &sources);
    json_put_text(a, o, "source", told ? page_capital(a, told) : NULL);
    page_put_mark(p, o, mark);
    const char *words = host_words(p, host, mark);
    json_put_text(a, o, "words", words ? page_capital(a, words) : NULL);
    json_put_text(a, o, "what", host_title(p->report, host));
    const struct cert *leaf = shown ? cell_leaf(s, shown) : NULL;
    json_put_text(a, o, "until", leaf ? clock_day(a, leaf->not_after) : NULL);
}

/* "hosts": [{"host", "source", "words", "what", "until"}] of a mail domain, the
 * worst first; "hosts_bad" and "hosts_len". */
void page_put_hosts(const struct page_part *p, struct json *view)
{
    const struct survey *s = p->report->survey;
    struct arena *a = p->arena;
    struct json *list = json_put_array(a, view, "hosts");
    struct text_list hosts = { 0 };
    size_t bad = 0;

    for (size_t i = 0; i < s->cells_len; i++)
        if (s->target.kind == TARGET_DOMAIN &&
            is_at(s, &s->cells[i], s->cells[i].host))
            text_list_add_new(a, &hosts, s->cells[i].host);
    for (int mark = MARK_FAULT; mark >= MARK_UNKNOWN; mark--)
        for (size_t i = 0; i < hosts.len; i++)
            if (host_mark(p->report, hosts.text[i]) == (enum page_mark)mark) {
                put_host(p, hosts.text[i], (enum page_mark)mark, list);
                bad += mark == MARK_FAULT;
            }
    json_put_bool(a, view, "has_hosts", hosts.len > 0);
    json_put_number(a, view, "hosts_len", (double)hosts.len);
    json_put_number(a, view, "hosts_bad", (double)bad);
    json_put_bool(a, view, "hosts_bad_one", bad == 1);
    /* "2 of 3 servers have a fault" says more than "2 things are wrong" */
    json_put_bool(a, view, "by_hosts", bad > 0 && hosts.len > 1);
}
