#include "report/report_domain.h"

#include <string.h>

#include "base/term.h"
#include "facts/cell_state.h"
#include "facts/client_view.h"
#include "facts/mail_places.h"
#include "facts/mail_ways.h"
#include "model/host_port.h"
#include "model/service.h"
#include "report/report_words.h"

enum { DAY_S = 24 * 3600, LIST_MAX = 4000, PLACE_COLUMNS = 30 };

static const char *const source_phrases[WAY_SOURCE_COUNT] = {
    [WAY_AUTOCONFIG] = "settings file", [WAY_AUTODISCOVER] = "Autodiscover",
    [WAY_SRV] = "SRV record",           [WAY_MX] = "mail server of the domain",
    [WAY_GUESS] = "usual name",
};

static const char *source_of(const struct survey *s, const struct cell *c)
{
    const struct mail_way *way = mail_way_of(s, c);

    if (!way)
        return "MX record";
    return way->by_star ? "usual name, by a wildcard record"
                        : source_phrases[way->source];
}

static bool was_told(const struct survey *s, size_t cell)
{
    const struct cell *c = &s->cells[cell];

    for (size_t i = 0; i < cell; i++) {
        const struct cell *o = &s->cells[i];
        if (client_view_counts(s, o) && o->port == c->port &&
            strcmp(o->host, c->host) == 0 &&
            strcmp(o->service, c->service) == 0)
            return true;
    }
    return false;
}

static void put_line(struct arena *a, const struct survey *s,
                     const struct cell *c, struct buf *out)
{
    const struct cert *leaf = cell_leaf(s, c);
    const char *place = host_port_text(a, c->host, c->port);
    const char *words = report_cell_words(a, s, c);
    long days = leaf ? (long)((leaf->not_after - s->judged_at) / DAY_S) : -1;
    const char *left =
        days >= 0 ? arena_printf(a, ", %ld days left", days) : "";

    const struct term_row row = {
        .lead = "  ",
        .label = place,
        .columns = PLACE_COLUMNS,
        .text = arena_printf(a, "%s: %s%s", source_of(s, c), words, left),
    };

    term_row(out, &row, term_width());
}

/* The ports of one host where a program would knock in vain. */
static void put_closed(struct arena *a, const struct survey *s,
                       const char *host, struct buf *out)
{
    struct text_list ports = { 0 };
    struct buf told;

    for (size_t i = 0; i < s->ways->len; i++) {
        const struct mail_way *way = &s->ways->items[i];
        if (strcmp(way->host, host) == 0 &&
            mail_way_state(s, way) == WAY_CLOSED)
            text_list_add_new(a, &ports,
                              arena_printf(a, "%u", (unsigned)way->port));
    }
    if (!ports.len)
        return;
    buf_init(&told, a, LIST_MAX);
    text_list_tell(&told, ports.text, ports.len);
    term_wrap(out,
              arena_printf(a, "%s: nobody answers on port%s %s.", host,
                           ports.len > 1 ? "s" : "", told.text),
              2, term_width());
}

static void put_all_closed(struct arena *a, const struct survey *s,
                           struct buf *out)
{
    struct text_list hosts = { 0 };

    for (size_t i = 0; i < s->ways->len; i++)
        text_list_add_new(a, &hosts, s->ways->items[i].host);
    for (size_t i = 0; i < hosts.len; i++)
        put_closed(a, s, hosts.text[i], out);
}

/* Names that programs would try and that do not exist. */
static const char *absent_names(struct arena *a, const struct survey *s)
{
    struct text_list names = mail_places_guesses(a, s->target.domain);
    struct text_list gone = { 0 };
    struct buf out;

    for (size_t i = 0; i < s->ways->len; i++) {
        const struct mail_way *way = &s->ways->items[i];
        if (way->source == WAY_GUESS && text_list_has(&names, way->host) &&
            mail_way_state(s, way) == WAY_GONE)
            text_list_add_new(a, &gone, way->host);
    }
    buf_init(&out, a, LIST_MAX);
    text_list_tell(&out, gone.text, gone.len);
    return out.text;
}

static void put_not_looked_at(struct arena *a, const struct survey *s,
                              struct buf *out)
{
    const char *gone = absent_names(a, s);

    buf_printf(out, "\n%s\n", term_styled(a, TERM_BOLD, "Not looked at"));
    if (*gone)
        term_wrap(out,
                  arena_printf(a, "%s, which mail programs try: %s.", gone,
                               strchr(gone, ' ') ? "they do not exist"
                                                 : "it does not exist"),
                  2, term_width());
    term_wrap(out,
              "Thunderbird's list of providers (ISPDB): asking it would tell "
              "others which domain is looked at.",
              2, term_width());
}

void report_domain(struct arena *a, const struct report *r, struct buf *out)
{
    const struct survey *s = r->survey;

    if (!s->ways)
        return;
    buf_printf(out, "\n%s\n", term_styled(a, TERM_BOLD, "Looked at"));
    for (size_t i = 0; i < s->cells_len; i++)
        if (client_view_counts(s, &s->cells[i]) && !was_told(s, i))
            put_line(a, s, &s->cells[i], out);
    put_all_closed(a, s, out);
    put_not_looked_at(a, s, out);
}
