#include "facts/validity.h"

#include "facts/cell_state.h"
#include "facts/distrusted.h"
#include "facts/knowledge.h"
#include "facts/refusals.h"

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

/* What the calendar says of renewal; 0: it does not. */
static double renewal_s(const struct survey *s, const char *of)
{
    return (double)calendar_value(&knowledge_of(s)->calendar, CALENDAR_RENEWAL,
                                  of, s->judged_at);
}

bool validity_is_due(const struct survey *s, const struct cert *c)
{
    double share = life_s(c) < renewal_s(s, "short_life") ? 2 : 3;

    return has_less_left(s, c, life_s(c) / share);
}

static double notice_s(const struct survey *s, const struct cert *c)
{
    double long_s = renewal_s(s, "long_life");
    double long_notice_s = renewal_s(s, "long_notice");
    bool is_long = long_s > 0 && long_notice_s > 0 && life_s(c) > long_s + 1;

    return is_long ? long_notice_s : life_s(c) / 4;
}

bool validity_is_overdue(const struct survey *s, const struct cert *c)
{
    return has_less_left(s, c, notice_s(s, c));
}

bool validity_is_ending(const struct survey *s, const struct cert *c)
{
    return has_less_left(s, c, notice_s(s, c) / 4);
}

/* Programs count from the first second to the last, where the rules count the
 * last one too: `openssl -days 825` makes what they still take. */
const struct calendar_row *validity_limit_broken(const struct survey *s,
                                                 const struct cert *c)
{
    static const char *const makers[] = { "public", "apple" };

    for (size_t i = c->baseline ? 0 : 1; i < sizeof makers / sizeof *makers;
         i++) {
        const struct calendar_row *limit =
            calendar_at(&knowledge_of(s)->calendar, CALENDAR_LIFETIME_MAX,
                        makers[i], c->not_before);
        double span_s = (double)c->not_after - (double)c->not_before;
        if (limit && span_s > (double)limit->value)
            return limit;
    }
    return NULL;
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
    return cell_is_clean(s, c) && !validity_is_due(s, cell_leaf(s, c)) &&
           !validity_limit_broken(s, cell_leaf(s, c)) && !refusals_any(s, c) &&
           !refusals_cannot_sign(s, c) && !refusals_unstapled(c) &&
           !distrusted_holds(s, c);
}
