#include "check/group.h"

#include <string.h>

const bool *group_test(const struct survey *s, struct arena *a, cell_test *test)
{
    bool *holds = arena_alloc(a, s->cells_len + 1, sizeof *holds);

    for (size_t i = 0; i < s->cells_len; i++)
        holds[i] = test(s, &s->cells[i]);
    return holds;
}

struct group group_from(const struct survey *s, struct arena *a, size_t first,
                        const bool *holds, cell_pair *same)
{
    const struct cell *lead = &s->cells[first];
    struct group none = { .survey = s };

    if (!holds[first])
        return none;
    for (size_t i = 0; i < first; i++)
        if (holds[i] && same(s, &s->cells[i], lead))
            return none;
    size_t *cells = arena_alloc(a, s->cells_len - first, sizeof *cells);
    size_t len = 0;
    for (size_t i = first; i < s->cells_len; i++)
        if (holds[i] && same(s, lead, &s->cells[i]))
            cells[len++] = i;
    return (struct group){ s, cells, len };
}

const struct cell *group_first(const struct group *g)
{
    return &g->survey->cells[g->cells[0]];
}

enum severity group_worst(const struct group *g, cell_severity *severity)
{
    enum severity worst = SEV_INFO;

    for (size_t i = 0; i < g->len; i++) {
        enum severity one = severity(g->survey, &g->survey->cells[g->cells[i]]);
        if (one > worst)
            worst = one;
    }
    return worst;
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

bool group_same_leaf(const struct survey *s, const struct cell *a,
                     const struct cell *b)
{
    (void)s;
    return a->chain_len && b->chain_len && a->chain[0] == b->chain[0] &&
           same_text(a->reference, b->reference);
}

bool group_same_port(const struct survey *s, const struct cell *a,
                     const struct cell *b)
{
    return a->port == b->port && group_same_host(s, a, b);
}

bool group_same_host(const struct survey *s, const struct cell *a,
                     const struct cell *b)
{
    (void)s;
    return same_text(a->host, b->host);
}
