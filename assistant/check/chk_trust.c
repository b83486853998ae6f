#include "check/check.h"

#include "check/cell_rules.h"
#include "check/chain_links.h"
#include "check/finding_text.h"
#include "check/role.h"
#include "facts/client_view.h"
#include "facts/distrusted.h"
#include "facts/refusals.h"

enum {
    SELF_SIGNED,
    PRIVATE_CA,
    INTERCEPTED,
    TEST_CA,
    DISTRUSTED,
    CONSTRAINED,
    MALFORMED,
    PATH
};

static const struct finding_def finds[] = {
    [SELF_SIGNED] = {
        "trust.self_signed",
        "The certificate is self-signed: nobody vouches for it",
        "Mail programs warn about it, and Gmail refuses it, because anyone "
        "could have made it.",
        "RFC 5280 6.1",
    },
    [PRIVATE_CA] = {
        "trust.private_ca",
        "The certificate comes from a private authority",
        "Only devices on which this authority was installed by hand trust "
        "it.",
        "RFC 5280 6.1",
    },
    [INTERCEPTED] = {
        "trust.interception",
        "Something between here and the server shows its own certificate",
        "A virus scanner or a proxy opens the connection; the server itself "
        "may be in order.",
        "RFC 5280 6.1",
    },
    [TEST_CA] = {
        "trust.test_ca",
        "The certificate comes from a test authority",
        "Test certificates show that everything works; no program trusts "
        "them.",
        "RFC 5280 6.1",
    },
    [DISTRUSTED] = {
        "trust.distrusted_root",
        "Some programs have stopped trusting the authority of the certificate",
        "They have struck its root from their lists, or take no new "
        "certificates of it; others follow.",
        "Chrome and Mozilla root store policies",
    },
    [CONSTRAINED] = {
        "name.constraint_violation",
        "The authority may not issue certificates for this name",
        "The authority's own certificate limits the names it may vouch for.",
        "RFC 5280 4.2.1.10",
    },
    [MALFORMED] = {
        "cert.v1_or_malformed",
        "A certificate in the chain breaks the rules of its format",
        "Strict programs refuse what they cannot read for certain.",
        "RFC 5280 4.1",
    },
    [PATH] = {
        "path.too_long",
        "The chain goes over a certificate that may not issue others",
        "A chain counts only if every authority in it was allowed to issue "
        "the next one.",
        "RFC 5280 4.2.1.9",
    },
    { NULL, NULL, NULL, NULL },
};

static bool is_self_signed(const struct survey *s, const struct cell *c)
{
    return role_counts_tls(s, c) && chain_links_fault(s, c) == LINK_SELF_SIGNED;
}

static bool is_private(const struct survey *s, const struct cell *c)
{
    return role_counts_tls(s, c) && chain_links_fault(s, c) == LINK_PRIVATE_CA;
}

static bool is_intercepted(const struct survey *s, const struct cell *c)
{
    return role_counts_tls(s, c) && chain_links_fault(s, c) == LINK_INTERCEPTED;
}

static bool is_test(const struct survey *s, const struct cell *c)
{
    return role_counts_tls(s, c) && chain_links_fault(s, c) == LINK_TEST_CA;
}

/* Where it is trusted here, the programs that refuse it are others. */
static bool is_distrusted(const struct survey *s, const struct cell *c)
{
    if (!role_counts_tls(s, c))
        return false;
    return chain_links_fault(s, c) == LINK_DISTRUSTED ||
           (c->verdict.trusted && distrusted_holds(s, c));
}

static enum severity distrust_severity(const struct survey *s,
                                       const struct cell *c)
{
    return c->verdict.trusted ? role_warning(s, c) : role_fault(s, c);
}

static bool is_constrained(const struct survey *s, const struct cell *c)
{
    return role_counts_tls(s, c) && chain_links_have(c, TRUST_NAME_CONSTRAINT);
}

/* Also when the leaf cannot be read at all. */
static bool is_malformed(const struct survey *s, const struct cell *c)
{
    if (!client_view_counts(s, c) || !c->verdict.done)
        return false;
    return chain_links_have(c, TRUST_MALFORMED) ||
           (c->chain_len && !cell_leaf(s, c));
}

/* What remains: no chain that fails may go without a word. */
static bool is_path(const struct survey *s, const struct cell *c)
{
    if (!role_counts_tls(s, c) || c->verdict.trusted || chain_links_misled(c))
        return false;
    bool forbidden = chain_links_have(c, TRUST_NOT_A_CA) ||
                     chain_links_have(c, TRUST_PATH_LENGTH);
    bool told = chain_links_fault(s, c) != LINK_OK ||
                chain_links_have(c, TRUST_PURPOSE) ||
                chain_links_have(c, TRUST_NAME_CONSTRAINT) ||
                chain_links_have(c, TRUST_MALFORMED) || refusals_unknown(s, c);
    return forbidden || !told;
}

static const struct cert *leaf_of(const struct group *g)
{
    return cell_leaf(g->survey, group_first(g));
}

static const char *finding_text_self_signed(const struct group *g,
                                            struct arena *a)
{
    return arena_printf(a, "%s shows a certificate for %s that signed itself.",
                        finding_text_where(g, a),
                        finding_text_names(a, leaf_of(g)));
}

static const char *finding_text_private(const struct group *g, struct arena *a)
{
    return arena_printf(
        a,
        "The chain of %s ends in \"%s\", which is not among the trusted "
        "roots.",
        finding_text_where(g, a),
        finding_text_subject(chain_links_end(g->survey, group_first(g))));
}

static const char *finding_text_issued(const struct group *g, struct arena *a)
{
    return arena_printf(a, "The certificate of %s was issued by \"%s\".",
                        finding_text_where(g, a),
                        finding_text_issuer(leaf_of(g)));
}

static const char *finding_text_distrusted(const struct group *g,
                                           struct arena *a)
{
    const struct cell *c = group_first(g);
    struct distrust d = distrusted_root(g->survey, a, c);

    return arena_printf(
        a, "The chain of %s leads to \"%s\" (%s): %s no longer take%s it.",
        finding_text_where(g, a), d.root, d.owner,
        finding_text_list(a, d.programs.text, d.programs.len),
        d.programs.len == 1 ? "s" : "");
}

/* The authority nearest the leaf that is limited to some names. */
static const char *limited_authority(const struct group *g)
{
    const struct cell *c = group_first(g);

    for (size_t i = 1; i < c->verdict.path_len; i++) {
        const struct cert *ca = &g->survey->certs[c->verdict.path[i]].cert;
        if (ca->limits_names)
            return finding_text_subject(ca);
    }
    return finding_text_issuer(leaf_of(g));
}

static const char *finding_text_constrained(const struct group *g,
                                            struct arena *a)
{
    return arena_printf(a,
                        "\"%s\" vouches for the certificate of %s for %s, "
                        "which is outside the names it was given.",
                        limited_authority(g), finding_text_where(g, a),
                        finding_text_names(a, leaf_of(g)));
}

static const char *finding_text_malformed(const struct group *g,
                                          struct arena *a)
{
    const struct cell *c = group_first(g);
    const struct cert *bad = chain_links_faulty(g->survey, c, TRUST_MALFORMED);

    if (bad && bad->subject)
        return arena_printf(a, "In the chain of %s, \"%s\" is not well formed.",
                            finding_text_where(g, a),
                            finding_text_subject(bad));
    return arena_printf(a, "%s shows a certificate that is not well formed.",
                        finding_text_where(g, a));
}

static const char *finding_text_path(const struct group *g, struct arena *a)
{
    const struct cell *c = group_first(g);
    const struct cert *none = chain_links_faulty(g->survey, c, TRUST_NOT_A_CA);
    const struct cert *brief =
        chain_links_faulty(g->survey, c, TRUST_PATH_LENGTH);

    if (none)
        return arena_printf(a,
                            "In the chain of %s, \"%s\" signs a certificate, "
                            "and may sign none.",
                            finding_text_where(g, a),
                            finding_text_subject(none));
    if (brief)
        return arena_printf(a,
                            "In the chain of %s, \"%s\" has more authorities "
                            "below it than it allows.",
                            finding_text_where(g, a),
                            finding_text_subject(brief));
    return arena_printf(a, "The chain of %s does not lead to a trusted root.",
                        finding_text_where(g, a));
}

static void give_root(const struct group *g, struct findings *out,
                      struct finding *f)
{
    const struct cert *root = chain_links_end(g->survey, group_first(g));

    finding_text(out, f, "root", root->subject);
    finding_text(out, f, "root_sha256", root->sha256_hex);
}

static void give_distrust(const struct group *g, struct findings *out,
                          struct finding *f)
{
    struct distrust d = distrusted_root(g->survey, out->arena, group_first(g));

    finding_text(out, f, "root", d.root);
    finding_text(out, f, "owner", d.owner);
    finding_list(out, f, "programs", d.programs.text, d.programs.len);
}

static const struct cell_rule questions[] = {
    { &finds[SELF_SIGNED], is_self_signed, group_same_leaf, role_fault,
      finding_text_self_signed, NULL },
    { &finds[PRIVATE_CA], is_private, group_same_leaf, role_fault,
      finding_text_private, give_root },
    { &finds[INTERCEPTED], is_intercepted, group_same_leaf, role_fault,
      finding_text_issued, NULL },
    { &finds[TEST_CA], is_test, group_same_leaf, role_fault,
      finding_text_issued, NULL },
    { &finds[DISTRUSTED], is_distrusted, group_same_leaf, distrust_severity,
      finding_text_distrusted, give_distrust },
    { &finds[CONSTRAINED], is_constrained, group_same_leaf, role_fault,
      finding_text_constrained, NULL },
    { &finds[MALFORMED], is_malformed, group_same_leaf, role_fault,
      finding_text_malformed, NULL },
    { &finds[PATH], is_path, group_same_leaf, role_fault, finding_text_path,
      NULL },
};

static void run(const struct survey *s, struct findings *out)
{
    cell_rules_apply(s, questions, sizeof questions / sizeof *questions, out);
}

const struct check chk_trust = {
    .name = "trust",
    .about = "Does somebody whom mail programs trust vouch for it?",
    .finds = finds,
    .mended = CHECK_BIT(SELF_SIGNED) | CHECK_BIT(PRIVATE_CA) |
              CHECK_BIT(TEST_CA) | CHECK_BIT(DISTRUSTED) |
              CHECK_BIT(CONSTRAINED) | CHECK_BIT(MALFORMED) | CHECK_BIT(PATH),
    .run = run,
};
