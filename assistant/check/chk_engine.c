#include "check/check.h"

#include "check/cell_rules.h"
#include "check/chain_links.h"
#include "check/finding_text.h"
#include "check/role.h"
#include "facts/knowledge.h"
#include "facts/refusals.h"

enum { KU_MISMATCH, CRITICAL_UNKNOWN, STRICT, MUST_STAPLE };

static const struct finding_def finds[] = {
    [KU_MISMATCH] = {
        "ku.mismatch",
        "The certificate's key may not be used for what TLS needs",
        "Its key usage leaves out digital signatures, which every modern "
        "connection begins with; many programs give up there.",
        "RFC 8446 4.4.2.2",
    },
    [CRITICAL_UNKNOWN] = {
        "cert.critical_unknown",
        "A certificate demands something that no program knows",
        "What is marked critical has to be understood, or the certificate "
        "has to be refused.",
        "RFC 5280 4.2",
    },
    [STRICT] = {
        "trust.strict_profile",
        "Some programs refuse this certificate",
        "What one program overlooks another one refuses, so it works for some "
        "people and not for others.",
        "RFC 5280 4.2.1",
    },
    [MUST_STAPLE] = {
        "staple.must_missing",
        "The certificate demands a stapled answer, and none that holds comes",
        "Thunderbird, Firefox, and programs such as Exim and msmtp on Debian "
        "refuse it then; others pay no attention.",
        "RFC 7633 4.2.2",
    },
    { NULL, NULL, NULL, NULL },
};

static bool is_unsigning(const struct survey *s, const struct cell *c)
{
    return role_counts_tls(s, c) && refusals_cannot_sign(s, c);
}

static bool is_unknown(const struct survey *s, const struct cell *c)
{
    return role_counts_tls(s, c) && !chain_links_misled(c) &&
           refusals_unknown(s, c);
}

/* An authority that comes first has a finding of its own. */
static bool is_refused(const struct survey *s, const struct cell *c)
{
    return role_counts_tls(s, c) && refusals_any(s, c) &&
           chain_links_fault(s, c) == LINK_OK;
}

static bool is_unstapled(const struct survey *s, const struct cell *c)
{
    return role_counts_tls(s, c) && refusals_unstapled(c);
}

static bool same_staple(const struct survey *s, const struct cell *a,
                        const struct cell *b)
{
    return group_same_leaf(s, a, b) && a->verdict.staple == b->verdict.staple;
}

static const char *finding_text_ku(const struct group *g, struct arena *a)
{
    return arena_printf(a,
                        "The key usage in the certificate of %s lacks "
                        "\"digitalSignature\".",
                        finding_text_where(g, a));
}

static const char *finding_text_unknown(const struct group *g, struct arena *a)
{
    const struct cert *cert = refusals_unknown(g->survey, group_first(g));

    return arena_printf(a,
                        "In the chain of %s, \"%s\" has the critical "
                        "extension %s.",
                        finding_text_where(g, a), finding_text_subject(cert),
                        cert->critical_unknown);
}

static const char *const staple_texts[STAPLE_STATE_COUNT] = {
    [STAPLE_NONE] = "the server sends none",
    [STAPLE_UNREADABLE] = "what the server sends is no answer",
    [STAPLE_OF_ANOTHER] = "the one it sends is about another certificate",
    [STAPLE_EXPIRED] = "the one it sends is out of date",
    [STAPLE_EARLY] = "the one it sends is not valid yet",
    [STAPLE_REVOKED] = "the one it sends says that it was revoked",
    [STAPLE_UNKNOWN] =
        "the one it sends says that the authority does not know it",
    [STAPLE_FORGED] = "the one it sends is not signed by its authority",
};

static const char *finding_text_staple(const struct group *g, struct arena *a)
{
    return arena_printf(a,
                        "The certificate of %s says that an answer of its "
                        "authority (OCSP) comes with it (\"must-staple\"): %s.",
                        finding_text_where(g, a),
                        staple_texts[group_first(g)->verdict.staple]);
}

static const char *const plain_texts[REFUSAL_COUNT] = {
    [REFUSAL_LEAF_IS_CA] = "is marked as an authority's",
    [REFUSAL_EMPTY_SUBJECT] =
        "has no subject, and its names are not marked critical",
    [REFUSAL_ED_KEY] = "has an Ed25519 or Ed448 key",
    [REFUSAL_P521_KEY] = "has a key on the curve P-521",
    [REFUSAL_PSS_KEY] = "has a key for RSA-PSS alone",
    [REFUSAL_PSS_SIGNATURE] = "is signed by RSA-PSS",
    [REFUSAL_ODD_EXPONENT] = "has an RSA key with too large an exponent",
    [REFUSAL_NO_ISSUER] = "does not say who issued it",
    [REFUSAL_NEGATIVE_SERIAL] = "has a negative serial number",
    [REFUSAL_OCSP_SIGNING] = "may also sign who has been revoked (OCSP)",
    [REFUSAL_OLD_PURPOSE] =
        "is for an outdated purpose (SGC), and not for servers",
};

static const char *what_is_wrong(const struct group *g, struct arena *a,
                                 enum refusal fault)
{
    const struct cell *c = group_first(g);
    const struct cert *leaf = cell_leaf(g->survey, c);
    const struct cert *cert = refusals_of(g->survey, c, fault);

    switch (fault) {
    case REFUSAL_WEAK_AUTHORITY:
    case REFUSAL_HUGE_KEY:
        return arena_printf(a, "has a key of %d bits", cert->key_bits);
    case REFUSAL_ODD_CURVE:
        return arena_printf(a, "has a key on the curve %s", cert->curve);
    case REFUSAL_ODD_SIGNATURE:
        return arena_printf(a, "is signed with %s", cert->signature);
    case REFUSAL_OLD_VERSION:
        return arena_printf(a,
                            "is of version %d, and holds what only version 3 "
                            "may",
                            cert->old_version);
    case REFUSAL_WILD_EXCLUDED:
        return arena_printf(a,
                            "leaves out %s, and a wildcard of the server's "
                            "certificate is above that",
                            refusals_excluded(leaf, cert));
    case REFUSAL_STRICT:
        return c->verdict.strict.detail;
    default:
        return plain_texts[fault];
    }
}

static const char *whose(const struct group *g, struct arena *a,
                         const struct cert *cert)
{
    if (cert == cell_leaf(g->survey, group_first(g)))
        return "The server's certificate";
    return arena_printf(a, "The authority's certificate \"%s\"",
                        finding_text_subject(cert));
}

static const char *finding_text_strict(const struct group *g, struct arena *a)
{
    const struct cell *c = group_first(g);
    const char *text = arena_printf(a, "Seen at %s.", finding_text_where(g, a));

    for (int i = 0; i < REFUSAL_COUNT; i++) {
        enum refusal fault = (enum refusal)i;
        const struct cert *cert = refusals_of(g->survey, c, fault);
        const struct text_list *by =
            &knowledge_of(g->survey)->known.refused_by[fault];
        if (cert)
            text = arena_printf(a, "%s %s: refused by %s. %s",
                                whose(g, a, cert), what_is_wrong(g, a, fault),
                                finding_text_list(a, by->text, by->len), text);
    }
    return text;
}

static void give_unknown(const struct group *g, struct findings *out,
                         struct finding *f)
{
    const struct cert *cert = refusals_unknown(g->survey, group_first(g));

    finding_text(out, f, "certificate", cert->subject);
    finding_text(out, f, "extension", cert->critical_unknown);
}

static void give_programs(const struct group *g, struct findings *out,
                          struct finding *f)
{
    const struct known *known = &knowledge_of(g->survey)->known;
    struct text_list all = { 0 };

    for (int i = 0; i < REFUSAL_COUNT; i++) {
        const struct text_list *by = &known->refused_by[i];
        if (!refusals_of(g->survey, group_first(g), (enum refusal)i))
            continue;
        for (size_t k = 0; k < by->len; k++)
            text_list_add_new(out->arena, &all, by->text[k]);
    }
    finding_list(out, f, "refused_by", all.text, all.len);
}

static const struct cell_rule questions[] = {
    { &finds[KU_MISMATCH], is_unsigning, group_same_leaf, role_fault,
      finding_text_ku, NULL },
    { &finds[CRITICAL_UNKNOWN], is_unknown, group_same_leaf, role_fault,
      finding_text_unknown, give_unknown },
    { &finds[STRICT], is_refused, group_same_leaf, role_warning,
      finding_text_strict, give_programs },
    { &finds[MUST_STAPLE], is_unstapled, same_staple, role_warning,
      finding_text_staple, NULL },
};

static void run(const struct survey *s, struct findings *out)
{
    cell_rules_apply(s, questions, sizeof questions / sizeof *questions, out);
}

const struct check chk_engine = {
    .name = "engine",
    .about = "Is there a program in wide use that refuses it?",
    .finds = finds,
    .mended = CHECK_BIT(KU_MISMATCH) | CHECK_BIT(CRITICAL_UNKNOWN) |
              CHECK_BIT(STRICT) | CHECK_BIT(MUST_STAPLE),
    .run = run,
};
