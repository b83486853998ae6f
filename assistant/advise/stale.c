#include "advise/stale.h"

#include "facts/cell_state.h"
#include "facts/client_view.h"
#include "facts/expected_cert.h"

static bool ends_later(const struct context *now, const struct cell *a,
                       const struct cell *b)
{
    const struct cert *mine = cell_leaf(now->survey, a);
    const struct cert *its = cell_leaf(now->survey, b);
    return mine && its && mine->not_after > its->not_after;
}

bool stale_is_older(const struct context *now, const struct cell *c,
                    const struct cell *fresh)
{
    if (now->survey->target.expected)
        return expected_cert_is_missing(now->survey, c);
    return fresh && ends_later(now, fresh, c);
}

static bool is_fresh(const struct survey *s, const struct cell *c)
{
    return client_view_asked(s, c) && cell_is_clean(s, c) &&
           (!s->target.expected || expected_cert_is_shown(s, c));
}

const struct cell *stale_successor(const struct context *now,
                                   const struct finding *f)
{
    const struct survey *s = now->survey;
    const struct cell *best = NULL;
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (is_fresh(s, c) && (!best || ends_later(now, c, best)))
            best = c;
    }
    for (size_t i = 0; best && i < f->cells_len; i++) {
        if (stale_is_older(now, &s->cells[f->cells[i]], best))
            return best;
    }
    return NULL;
}
