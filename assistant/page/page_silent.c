#include "page/page_silent.h"

#include <string.h>

#include "facts/cell_state.h"
#include "facts/client_view.h"

static bool is_silent(const struct survey *before, const struct cell *then,
                      const struct survey *now)
{
    bool met = false;

    if (!client_view_counts(before, then) || !cell_answered(then))
        return false;
    for (size_t i = 0; i < now->cells_len; i++) {
        const struct cell *c = &now->cells[i];
        if (!client_view_counts(now, c) || c->port != then->port ||
            strcmp(c->host, then->host) != 0)
            continue;
        if (cell_answered(c))
            return false;
        met = true;
    }
    return met;
}

struct text_list page_silent_ports(struct arena *a, const struct survey *before,
                                   const struct survey *now)
{
    struct text_list ports = { 0 };

    for (size_t i = 0; i < before->cells_len; i++)
        if (is_silent(before, &before->cells[i], now))
            text_list_add_new(
                a, &ports,
                arena_printf(a, "%u", (unsigned)before->cells[i].port));
    return ports;
}

bool page_silent_hides(const struct report *before, const struct survey *now,
                       const struct finding_def *def)
{
    const struct survey *s = before->survey;

    for (size_t i = 0; i < before->findings->len; i++) {
        const struct finding *f = &before->findings->items[i];
        for (size_t j = 0; f->def == def && j < f->cells_len; j++)
            if (is_silent(s, &s->cells[f->cells[j]], now))
                return true;
    }
    return false;
}
