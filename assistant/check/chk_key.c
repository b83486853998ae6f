#include "check/check.h"

#include "check/cell_rules.h"
#include "check/chain_links.h"
#include "check/finding_text.h"
#include "check/role.h"
#include "facts/cell_state.h"

enum { KEY_SMALL, SIG_WEAK, NO_SERVER };

static const struct finding_def finds[] = {
    [KEY_SMALL] = {
        "key.small",
        "The certificate's key is too small",
        "Keys of this size can be broken, so modern programs refuse them.",
        "CA/Browser Forum BR 6.1.5",
    },
    [SIG_WEAK] = {
        "sig.weak",
        "The certificate is signed with an outdated method",
        "Signatures with MD5 or SHA-1 can be forged, so modern programs "
        "refuse them.",
        "CA/Browser Forum BR 7.1.3.2",
    },
    [NO_SERVER] = {
        "eku.no_server",
        "The certificate was not made for servers",
        "Its stated purpose does not include servers, and programs insist on "
        "that.",
        "RFC 5280 4.2.1.12",
    },
    { NULL, NULL, NULL, NULL },
};

static bool is_small(const struct survey *s, const struct cell *c)
{
    return role_counts_tls(s, c) && cell_key_is_small(s, cell_leaf(s, c));
}

static bool is_weak(const struct survey *s, const struct cell *c)
{
    return role_counts_tls(s, c) && cell_weakly_signed(s, c);
}

static bool is_for_others(const struct survey *s, const struct cell *c)
{
    return role_counts_tls(s, c) &&
           (!cell_leaf(s, c)->server_auth || chain_links_misused(s, c));
}

static const struct cert *leaf_of(const struct group *g)
{
    return cell_leaf(g->survey, group_first(g));
}

static const char *finding_text_small(const struct group *g, struct arena *a)
{
    return arena_printf(a, "The key of %s has %d bits.",
                        finding_text_where(g, a), leaf_of(g)->key_bits);
}

static const char *finding_text_weak(const struct group *g, struct arena *a)
{
    const struct cert *weak = cell_weakly_signed(g->survey, group_first(g));

    if (weak == leaf_of(g))
        return arena_printf(a, "The certificate of %s is signed with %s.",
                            finding_text_where(g, a), weak->signature);
    return arena_printf(a, "In the chain of %s, \"%s\" is signed with %s.",
                        finding_text_where(g, a), finding_text_subject(weak),
                        weak->signature);
}

static const char *finding_text_for_others(const struct group *g,
                                           struct arena *a)
{
    const struct cert *ca = chain_links_misused(g->survey, group_first(g));

    if (ca && ca != leaf_of(g))
        return arena_printf(a,
                            "In the chain of %s, \"%s\" may be used for other "
                            "things, but not for servers.",
                            finding_text_where(g, a), finding_text_subject(ca));
    return arena_printf(a,
                        "The certificate of %s may be used for other things, "
                        "but not by a server.",
                        finding_text_where(g, a));
}

static void give_bits(const struct group *g, struct findings *out,
                      struct finding *f)
{
    finding_number(out, f, "bits", leaf_of(g)->key_bits);
}

static void give_signature(const struct group *g, struct findings *out,
                           struct finding *f)
{
    const struct cert *weak = cell_weakly_signed(g->survey, group_first(g));

    finding_text(out, f, "signature", weak->signature);
    finding_text(out, f, "signed", weak->subject);
}

static const struct cell_rule questions[] = {
    { &finds[KEY_SMALL], is_small, group_same_leaf, role_fault,
      finding_text_small, give_bits },
    { &finds[SIG_WEAK], is_weak, group_same_leaf, role_fault, finding_text_weak,
      give_signature },
    { &finds[NO_SERVER], is_for_others, group_same_leaf, role_fault,
      finding_text_for_others, NULL },
};

static void run(const struct survey *s, struct findings *out)
{
    cell_rules_apply(s, questions, sizeof questions / sizeof *questions, out);
}

const struct check chk_key = {
    .name = "key",
    .about = "Are key, signature and purpose what modern programs accept?",
    .finds = finds,
    .mended = CHECK_BIT(KEY_SMALL) | CHECK_BIT(SIG_WEAK) | CHECK_BIT(NO_SERVER),
    .run = run,
};
