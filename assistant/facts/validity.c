#include "facts/validity.h"

#include "base/clock.h"
#include "facts/cell_state.h"

enum {
    SHORT_LIFE_S = 10 * DAY_S,
    LONG_LIFE_S = 100 * DAY_S,
    MONTH_S = 30 * DAY_S,
};

bool validity_is_over(const struct survey *s, const struct cert *c)
{
    return c->not_after < s->judged_at;
}

/* Dates come from outside: doubles cannot overflow. */
static double life_s(const struct cert *c)
{
    return (double)c->not_after - (double)c->not_before + 1;
}

static bool has_less_left(const struct survey *s, const struct cert *c,
                          double span_s)
{
    double left_s = (double)c->not_after - (double)s->judged_at;

    return left_s >= 0 && left_s < span_s;
}

bool validity_is_due(const struct survey *s, const struct cert *c)
{
    double share = life_s(c) < SHORT_LIFE_S ? 2 : 3;

    return has_less_left(s, c, life_s(c) / share);
}

bool validity_is_overdue(const struct survey *s, const struct cert *c)
{
    bool is_long = life_s(c) > (double)LONG_LIFE_S + 1;
    double grace_s = is_long ? MONTH_S : life_s(c) / 4;

    return has_less_left(s, c, grace_s);
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
    return cell_is_clean(s, c) && !validity_is_due(s, cell_leaf(s, c));
}
