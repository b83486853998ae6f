#include "check/check.h"

#include <string.h>

#include "check/cell_rules.h"
#include "check/finding_text.h"
#include "check/role.h"
#include "facts/cell_state.h"
#include "facts/expected_cert.h"
#include "facts/rotation.h"
#include "facts/stale.h"
#include "facts/validity.h"

static const struct finding_def finds[] = {
    {
        "daemon.stale",
        "A program does not show the new certificate",
        "Most servers read the certificate when they start and never again.",
        "RFC 9773",
    },
    { NULL, NULL, NULL, NULL },
};

static bool is_stale(const struct survey *s, const struct cell *c)
{
    return !s->target.expected && role_counts_tls(s, c) && c->verdict.name_ok &&
           stale_successor(s, c) && !rotation_is_here(s, c);
}

static enum severity severity(const struct survey *s, const struct cell *c)
{
    return validity_is_over(s, cell_leaf(s, c)) ? role_fault(s, c)
                                                : role_warning(s, c);
}

static const char *finding_text_stale(const struct group *g, struct arena *a)
{
    const struct survey *s = g->survey;
    const struct cell *c = group_first(g);
    const struct cell *good = stale_successor(s, c);

    return arena_printf(
        a,
        "%s shows a certificate that ends on %s; port %u already has its "
        "successor, good until %s.",
        finding_text_where(g, a),
        finding_text_date(a, cell_leaf(s, c)->not_after), (unsigned)good->port,
        finding_text_date(a, cell_leaf(s, good)->not_after));
}

static void give_successor(const struct group *g, struct findings *out,
                           struct finding *f)
{
    const struct survey *s = g->survey;
    const struct cell *good = stale_successor(s, group_first(g));

    finding_number(out, f, "good_port", good->port);
    finding_text(out, f, "good_service", good->service);
    finding_text(out, f, "successor", cell_leaf(s, good)->sha256_hex);
}

static bool is_unexpected(const struct survey *s, const struct cell *c)
{
    return role_counts_tls(s, c) && expected_cert_is_missing(s, c);
}

/* A wrong name is told as such beside it. */
static enum severity severity_unexpected(const struct survey *s,
                                         const struct cell *c)
{
    if (role_is_comparison(s, c))
        return SEV_INFO;
    return c->verdict.name_ok ? SEV_ERROR : SEV_WARNING;
}

static const struct cell *expected_somewhere(const struct survey *s)
{
    for (size_t i = 0; i < s->cells_len; i++)
        if (expected_cert_is_shown(s, &s->cells[i]))
            return &s->cells[i];
    return NULL;
}

/* What tells it from the one that is expected, where the last day does not. */
static const char *unlike(const struct survey *s, struct arena *a,
                          const struct cert *leaf)
{
    const struct target_expected *as = &s->target.expected_as;
    const char *ends = finding_text_date(a, leaf->not_after);
    const char *begins = finding_text_date(a, leaf->not_before);
    const char *its = finding_text_date(a, as->begins);

    if (!as->ends || strcmp(ends, finding_text_date(a, as->ends)) != 0)
        return arena_printf(a, "that ends on %s, not the one you expect", ends);
    if (strcmp(begins, its) != 0)
        return arena_printf(a,
                            "that began on %s, not the one you expect, which "
                            "began on %s (both end on %s)",
                            begins, its, ends);
    return arena_printf(a,
                        "with the serial number %s, not the one you expect, "
                        "which has %s (both end on %s)",
                        leaf->serial_hex ? leaf->serial_hex : "-",
                        as->serial ? as->serial : "-", ends);
}

static const char *finding_text_unexpected(const struct group *g,
                                           struct arena *a)
{
    const struct cell *good = expected_somewhere(g->survey);
    const struct cert *leaf = cell_leaf(g->survey, group_first(g));
    const char *rest =
        good ? arena_printf(a, "%s already has it", cell_where(a, good))
             : "nothing that was looked at has it";

    return arena_printf(a, "%s shows a certificate for %s %s; %s.",
                        finding_text_where(g, a), finding_text_names(a, leaf),
                        unlike(g->survey, a, leaf), rest);
}

static void give_expected(const struct group *g, struct findings *out,
                          struct finding *f)
{
    const struct cell *good = expected_somewhere(g->survey);

    finding_text(out, f, "successor", g->survey->target.expected);
    if (!good)
        return;
    finding_number(out, f, "good_port", good->port);
    finding_text(out, f, "good_service", good->service);
}

static const struct cell_rule questions[] = {
    { &finds[0], is_stale, group_same_leaf, severity, finding_text_stale,
      give_successor },
    { &finds[0], is_unexpected, group_same_leaf, severity_unexpected,
      finding_text_unexpected, give_expected },
};

static void run(const struct survey *s, struct findings *out)
{
    cell_rules_apply(s, questions, sizeof questions / sizeof *questions, out);
}

const struct check chk_stale = {
    .name = "stale",
    .about = "Is the renewed certificate there already, but not everywhere?",
    .finds = finds,
    .run = run,
};
