#include "report/report_domain.h"

#include <string.h>

#include "base/term.h"
#include "facts/client_view.h"
#include "model/host_port.h"
#include "report/report_words.h"

enum { PLACE_COLUMNS = 30 };

static bool same_place(const struct cell *a, const struct cell *b)
{
    return a->port == b->port && strcmp(a->host, b->host) == 0 &&
           strcmp(a->service, b->service) == 0;
}

static const char *words_of(struct arena *a, const struct survey *s,
                            const struct cell *c)
{
    return arena_printf(a, "%s: %s%s", report_cell_source(s, c),
                        report_cell_words(a, s, c), report_cell_days(a, s, c));
}

/* Another address of the place, before `end`, of which the same (`alike`) or
 * something else is said. */
static bool is_said(struct arena *a, const struct survey *s,
                    const struct cell *c, size_t end, bool alike)
{
    for (size_t i = 0; i < end; i++) {
        const struct cell *o = &s->cells[i];
        if (client_view_counts(s, o) && same_place(o, c) &&
            (strcmp(words_of(a, s, o), words_of(a, s, c)) == 0) == alike)
            return true;
    }
    return false;
}

static void put_line(struct arena *a, const struct survey *s,
                     const struct cell *c, struct buf *out)
{
    bool differs = is_said(a, s, c, s->cells_len, false);
    const struct term_row row = {
        .lead = "  ",
        .label = host_port_text(a, c->host, c->port),
        .columns = PLACE_COLUMNS,
        .text = arena_printf(a, "%s%s%s", words_of(a, s, c),
                             differs ? ", at " : "", differs ? c->address : ""),
    };

    term_row(out, &row, term_width());
}

void report_domain(struct arena *a, const struct report *r, struct buf *out)
{
    const struct survey *s = r->survey;

    buf_printf(out, "\n%s\n", term_styled(a, TERM_BOLD, "Looked at"));
    for (size_t i = 0; i < s->cells_len; i++)
        if (client_view_counts(s, &s->cells[i]) &&
            !is_said(a, s, &s->cells[i], i, true))
            put_line(a, s, &s->cells[i], out);
}
