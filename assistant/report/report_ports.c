#include "report/report_ports.h"

#include <string.h>

#include "base/term.h"
#include "facts/cell_state.h"
#include "facts/client_view.h"
#include "report/report_words.h"

enum {
    BLOCK_MAX = 8000,
    HEAD_MAX = 1000,
    ADDRESSES_TOLD = 6,
    SERVICE_COLUMNS = 34,
};

struct port_block {
    const char *host;
    const char *text;
    struct text_list addresses;
    bool all_well; /* what it says is an all-clear */
};

struct blocks {
    struct arena *arena;
    struct port_block *items;
    size_t len;
};

static bool same_place(const struct cell *a, const struct cell *b)
{
    return strcmp(a->host, b->host) == 0 && strcmp(a->address, b->address) == 0;
}

/* Nothing was learned there but that: such ports share a line. */
static bool is_dull(const struct survey *s, const struct cell *c)
{
    bool mute = c->connect.outcome == OUTCOME_REFUSED ||
                c->connect.outcome == OUTCOME_TIMED_OUT ||
                c->connect.outcome == OUTCOME_UNREACHABLE;

    return mute && s->target.port == 0;
}

static void port_line(struct arena *a, const struct survey *s,
                      const struct cell *c, bool all_well, struct buf *out)
{
    const struct service *service = service_find(c->service);
    const char *words = report_cell_words(a, s, c);
    const char *name = report_leaf_name(s, c);
    const char *more = name ? arena_printf(a, " (%s)", name) : "";

    if (all_well && cell_state(s, c) == STATE_VERIFIED)
        more = report_cell_days(a, s, c);
    const struct term_row row = {
        .lead = arena_printf(a, "  %5u  ", (unsigned)c->port),
        .label = service ? service->about : c->service,
        .columns = SERVICE_COLUMNS,
        .text = arena_printf(a, "%s%s", words, more),
    };

    term_row(out, &row, term_width());
}

static void dull_lines(struct arena *a, const struct survey *s,
                       const struct cell *first, struct buf *out)
{
    static const struct {
        enum outcome outcome;
        const char *words;
    } kinds[] = {
        { OUTCOME_REFUSED, "closed" },
        { OUTCOME_TIMED_OUT, "no answer" },
        { OUTCOME_UNREACHABLE, "not reachable from here" },
    };

    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        struct buf line;
        buf_init(&line, a, BLOCK_MAX);
        for (size_t i = 0; i < s->cells_len; i++) {
            const struct cell *c = &s->cells[i];
            bool wanted = same_place(c, first) && is_dull(s, c) &&
                          c->connect.outcome == kinds[k].outcome &&
                          client_view_counts(s, c);
            if (wanted)
                buf_printf(&line, "%s%u", line.len ? ", " : "",
                           (unsigned)c->port);
        }
        if (line.len)
            term_wrap(out, arena_printf(a, "%s: %s", kinds[k].words, line.text),
                      2, term_width());
    }
}

/* Everything that one address showed. */
static const char *block_text(struct arena *a, const struct survey *s,
                              const struct cell *first, bool all_well)
{
    struct buf out;

    buf_init(&out, a, BLOCK_MAX);
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (same_place(c, first) && !is_dull(s, c) && client_view_counts(s, c))
            port_line(a, s, c, all_well, &out);
    }
    dull_lines(a, s, first, &out);
    return out.text;
}

static bool is_known(const struct blocks *all, const struct cell *c)
{
    for (size_t i = 0; i < all->len; i++)
        for (size_t k = 0; k < all->items[i].addresses.len; k++)
            if (strcmp(all->items[i].host, c->host) == 0 &&
                strcmp(all->items[i].addresses.text[k], c->address) == 0)
                return true;
    return false;
}

static struct port_block *alike(struct blocks *all, const char *host,
                                const char *text)
{
    for (size_t i = 0; i < all->len; i++)
        if (strcmp(all->items[i].host, host) == 0 &&
            strcmp(all->items[i].text, text) == 0)
            return &all->items[i];
    all->items =
        arena_grow(all->arena, all->items, all->len, sizeof *all->items);
    all->items[all->len] = (struct port_block){ .host = host, .text = text };
    return &all->items[all->len++];
}

static void put_block(struct arena *a, const struct port_block *b,
                      struct buf *out)
{
    struct buf head;

    buf_init(&head, a, HEAD_MAX);
    if (b->all_well)
        buf_text(&head, "Looked at ");
    buf_printf(&head, name_is_ip(b->host) ? "%s" : "%s at ", b->host);
    if (!name_is_ip(b->host))
        text_list_tell_most(&head, b->addresses.text, b->addresses.len,
                            ADDRESSES_TOLD);
    buf_char(out, '\n');
    term_wrap(out, head.text, 0, term_width());
    buf_text(out, b->text);
}

void report_ports(struct arena *a, const struct report *r, struct buf *out)
{
    const struct survey *s = r->survey;
    struct blocks all = { .arena = a };
    bool all_well = report_verdict(r) == VERDICT_OK;

    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (!c->port || is_known(&all, c) || !client_view_counts(s, c))
            continue;
        struct port_block *b =
            alike(&all, c->host, block_text(a, s, c, all_well));
        b->all_well = all_well;
        struct text_list *list = &b->addresses;
        text_list_add(a, list, c->address);
    }
    for (size_t i = 0; i < all.len; i++)
        put_block(a, &all.items[i], out);
}
