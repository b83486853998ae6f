#include "advise/stale.h"

#include "model/state.h"

bool stale_is_older(const struct situation *now, const struct cell *c,
                    const struct cell *fresh)
{
    const struct cert *mine = cell_leaf(now->survey, c);
    const struct cert *its = cell_leaf(now->survey, fresh);
    return mine && its && mine->not_after < its->not_after;
}

const struct cell *stale_successor(const struct situation *now,
                                   const struct finding *f)
{
    const struct survey *s = now->survey;
    const struct cell *best = NULL;
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (!candidate_is_asked(s, c) || !cell_is_clean(s, c))
            continue;
        if (!best || stale_is_older(now, best, c))
            best = c;
    }
    for (size_t i = 0; best && i < f->cells_len; i++) {
        if (stale_is_older(now, &s->cells[f->cells[i]], best))
            return best;
    }
    return NULL;
}
