#include "facts/validity.h"

#include "facts/cell_state.h"

bool validity_is_over(const struct survey *s, const struct cert *c)
{
    return c->not_after < s->judged_at;
}

bool validity_is_overdue(const struct survey *s, const struct cert *c)
{
    /* Dates come from outside: doubles cannot overflow. */
    double left_s = (double)c->not_after - (double)s->judged_at;
    double life_s = (double)c->not_after - (double)c->not_before + 1;

    return left_s >= 0 && left_s < life_s / 3;
}

bool validity_clock_is_wrong(const struct survey *s, const struct cell *c)
{
    for (size_t i = 1; i < c->verdict.path_len; i++)
        if (s->judged_at < s->certs[c->verdict.path[i]].cert.not_before)
            return true;
    return false;
}

bool validity_is_fresh(const struct survey *s, const struct cell *c)
{
    return cell_is_clean(s, c) && !validity_is_overdue(s, cell_leaf(s, c));
}
