#include "check/check.h"

#include <string.h>

#include "base/clock.h"
#include "check/cell_rules.h"
#include "check/chain_links.h"
#include "check/finding_text.h"
#include "check/role.h"
#include "facts/validity.h"

enum {
    EXPIRED,
    NOT_YET_VALID,
    OVERDUE,
    INTERMEDIATE_EXPIRED,
    INTERMEDIATE_EARLY,
    LIFETIME
};

static const struct finding_def finds[] = {
    [EXPIRED] = {
        "cert.expired",
        "The certificate has expired",
        "Mail programs and browsers refuse a certificate after its last day.",
        "RFC 5280 4.1.2.5",
    },
    [NOT_YET_VALID] = {
        "cert.not_yet_valid",
        "The certificate is not valid yet",
        "A certificate is refused before its first day; often a clock is "
        "wrong.",
        "RFC 5280 4.1.2.5",
    },
    [OVERDUE] = {
        "cert.renewal_overdue",
        "The certificate should have been renewed by now",
        "So little of its lifetime is left that automatic renewal has stopped "
        "working, or nobody has ordered the next one yet.",
        "RFC 9773",
    },
    [INTERMEDIATE_EXPIRED] = {
        "intermediate.expired",
        "A certificate of the authority in the chain has expired",
        "A chain is only as good as each certificate in it.",
        "RFC 5280 6.1.3",
    },
    [INTERMEDIATE_EARLY] = {
        "intermediate.not_yet_valid",
        "A certificate of the authority in the chain is not valid yet",
        "A chain is only as good as each certificate in it.",
        "RFC 5280 6.1.3",
    },
    [LIFETIME] = {
        "cert.lifetime_too_long",
        "The certificate is valid for longer than programs allow",
        "Programs refuse a certificate whose first and last day are too far "
        "apart, however many days are left.",
        "CA/Browser Forum BR 6.3.2",
    },
    { NULL, NULL, NULL, NULL },
};

static bool is_expired(const struct survey *s, const struct cell *c)
{
    return role_counts_tls(s, c) && validity_is_over(s, cell_leaf(s, c));
}

static bool is_early(const struct survey *s, const struct cell *c)
{
    return role_counts_tls(s, c) && s->judged_at < cell_leaf(s, c)->not_before;
}

/* The authority nearest the leaf that has not begun, or NULL. */
static const struct cert *early_authority(const struct survey *s,
                                          const struct cell *c)
{
    for (size_t i = 1; i < c->verdict.path_len; i++) {
        const struct cert *ca = &s->certs[c->verdict.path[i]].cert;
        if (s->judged_at < ca->not_before)
            return ca;
    }
    return NULL;
}

/* Where the leaf has not begun either, the clock is what is told of. */
static bool has_early_authority(const struct survey *s, const struct cell *c)
{
    return role_counts_tls(s, c) && !is_early(s, c) && !chain_links_misled(c) &&
           early_authority(s, c);
}

/* Whoever trusts it refuses it for its lifetime alone; what nobody trusts has
 * to be replaced for that. */
static bool has_long_life(const struct survey *s, const struct cell *c)
{
    if (!role_counts_tls(s, c) || validity_is_over(s, cell_leaf(s, c)))
        return false;
    enum link_fault fault = chain_links_fault(s, c);
    bool is_trusted_somewhere =
        fault != LINK_SELF_SIGNED && fault != LINK_TEST_CA &&
        fault != LINK_INTERCEPTED && fault != LINK_LEAF_NOT_FIRST;
    return is_trusted_somewhere && validity_limit_broken(s, cell_leaf(s, c));
}

static bool is_overdue(const struct survey *s, const struct cell *c)
{
    return role_counts_tls(s, c) && validity_is_overdue(s, cell_leaf(s, c));
}

/* The authority nearest the leaf that is over, or NULL. */
static const struct cert *expired_authority(const struct survey *s,
                                            const struct cell *c)
{
    for (size_t i = 1; i < c->verdict.path_len; i++) {
        const struct cert *ca = &s->certs[c->verdict.path[i]].cert;
        if (validity_is_over(s, ca))
            return ca;
    }
    return NULL;
}

static bool has_expired_authority(const struct survey *s, const struct cell *c)
{
    return role_counts_tls(s, c) && !chain_links_misled(c) &&
           expired_authority(s, c);
}

static const struct cert *leaf_of(const struct group *g)
{
    return cell_leaf(g->survey, group_first(g));
}

static const char *finding_text_expired(const struct group *g, struct arena *a)
{
    int64_t end = leaf_of(g)->not_after;

    return arena_printf(a, "The certificate of %s ended on %s, %s ago.",
                        finding_text_where(g, a), finding_text_date(a, end),
                        finding_text_days(a, g->survey->judged_at - end));
}

static const char *finding_text_early(const struct group *g, struct arena *a)
{
    int64_t start = leaf_of(g)->not_before;

    return arena_printf(a, "The certificate of %s begins on %s, in %s.",
                        finding_text_where(g, a), finding_text_date(a, start),
                        finding_text_days(a, start - g->survey->judged_at));
}

static const char *finding_text_overdue(const struct group *g, struct arena *a)
{
    const struct cert *leaf = leaf_of(g);

    return arena_printf(
        a, "The certificate of %s ends on %s: %s of its %s are left.",
        finding_text_where(g, a), finding_text_date(a, leaf->not_after),
        finding_text_days(a, leaf->not_after - g->survey->judged_at),
        finding_text_days(a, leaf->not_after - leaf->not_before + 1));
}

static const char *finding_text_authority(const struct group *g,
                                          struct arena *a)
{
    const struct cert *ca = expired_authority(g->survey, group_first(g));

    return arena_printf(a, "In the chain of %s, \"%s\" ended on %s.",
                        finding_text_where(g, a), finding_text_subject(ca),
                        finding_text_date(a, ca->not_after));
}

static const char *finding_text_early_authority(const struct group *g,
                                                struct arena *a)
{
    const struct cert *ca = early_authority(g->survey, group_first(g));

    return arena_printf(a, "In the chain of %s, \"%s\" begins on %s.",
                        finding_text_where(g, a), finding_text_subject(ca),
                        finding_text_date(a, ca->not_before));
}

static const char *finding_text_lifetime(const struct group *g, struct arena *a)
{
    const struct cert *leaf = leaf_of(g);
    const struct calendar_row *limit = validity_limit_broken(g->survey, leaf);
    bool by_apple = strcmp(limit->of, "apple") == 0;

    return arena_printf(
        a, "The certificate of %s is valid for %s; %s allow %s.",
        finding_text_where(g, a),
        finding_text_days(a, leaf->not_after - leaf->not_before + 1),
        by_apple ? "iPhones, iPads and Macs"
                 : arena_printf(a, "the rules for one made on %s",
                                finding_text_date(a, leaf->not_before)),
        finding_text_days(a, limit->value));
}

static void give_days(const struct group *g, struct findings *out,
                      struct finding *f)
{
    int64_t left_s = leaf_of(g)->not_after - g->survey->judged_at;
    int64_t days = left_s / DAY_S;

    finding_number(out, f, "days", (double)days);
}

static void give_authority(const struct group *g, struct findings *out,
                           struct finding *f)
{
    const struct cert *ca = expired_authority(g->survey, group_first(g));

    finding_text(out, f, "authority", ca->subject);
    finding_text(out, f, "ended", finding_text_date(out->arena, ca->not_after));
}

static void give_early_authority(const struct group *g, struct findings *out,
                                 struct finding *f)
{
    const struct cert *ca = early_authority(g->survey, group_first(g));

    finding_text(out, f, "authority", ca->subject);
    finding_text(out, f, "begins",
                 finding_text_date(out->arena, ca->not_before));
}

static void give_lifetime(const struct group *g, struct findings *out,
                          struct finding *f)
{
    const struct cert *leaf = leaf_of(g);
    const struct calendar_row *limit = validity_limit_broken(g->survey, leaf);
    int64_t days = (leaf->not_after - leaf->not_before + 1) / DAY_S;
    int64_t limit_days = limit->value / DAY_S;

    finding_number(out, f, "days", (double)days);
    finding_number(out, f, "limit_days", (double)limit_days);
    finding_text(out, f, "by", limit->of);
}

static const struct cell_rule questions[] = {
    { &finds[EXPIRED], is_expired, group_same_leaf, role_fault,
      finding_text_expired, give_days },
    { &finds[NOT_YET_VALID], is_early, group_same_leaf, role_fault,
      finding_text_early, NULL },
    { &finds[OVERDUE], is_overdue, group_same_leaf, role_warning,
      finding_text_overdue, give_days },
    { &finds[INTERMEDIATE_EXPIRED], has_expired_authority, group_same_leaf,
      role_fault, finding_text_authority, give_authority },
    { &finds[INTERMEDIATE_EARLY], has_early_authority, group_same_leaf,
      role_fault, finding_text_early_authority, give_early_authority },
    { &finds[LIFETIME], has_long_life, group_same_leaf, role_warning,
      finding_text_lifetime, give_lifetime },
};

static void run(const struct survey *s, struct findings *out)
{
    cell_rules_apply(s, questions, sizeof questions / sizeof *questions, out);
}

const struct check chk_time = {
    .name = "time",
    .about = "Is every certificate within its dates, and for long enough?",
    .finds = finds,
    .mended = CHECK_BIT(EXPIRED) | CHECK_BIT(OVERDUE) | CHECK_BIT(LIFETIME),
    .run = run,
};
