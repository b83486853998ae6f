#include "check/check.h"

#include <assert.h>

#include "check/chain_links.h"
#include "check/finding_text.h"
#include "check/foreign_service.h"
#include "check/hostname_mismatch.h"
#include "check/role.h"
#include "facts/hostname_match.h"

enum { MX_MISMATCH = MISMATCH_KIND_COUNT };

static const struct finding_def finds[] = {
    [MISMATCH_IP_AS_DNSNAME] = {
        "name.ip_as_dnsname",
        "The certificate holds the address in the place for names",
        "Programs compare an address with the addresses on a certificate, "
        "never with its names.",
        "RFC 5280 4.2.1.6",
    },
    [MISMATCH_IP_REFERENCE] = {
        "name.ip_reference",
        "An address was used, and the certificate is for names",
        "A certificate fits an address only where it lists that very address; "
        "those of mail servers list names.",
        "RFC 9525 6.4",
    },
    [MISMATCH_PLACEHOLDER] = {
        "name.placeholder_cert",
        "The server still shows the certificate it was installed with",
        "Nobody told this program which certificate to use, so it made one up.",
        "RFC 9525 6.3",
    },
    [MISMATCH_CN_ONLY] = {
        "name.cn_only",
        "The name is only in the certificate's outdated CN field",
        "Modern programs look at the list of alternative names and at "
        "nothing else.",
        "RFC 9525 appendix A",
    },
    [MISMATCH_CN_MATCHES] = {
        "name.cn_matches_san_not",
        "The name is in the CN field, but not in the list that counts",
        "Modern programs look at the list of alternative names and at "
        "nothing else.",
        "RFC 9525 appendix A",
    },
    [MISMATCH_PARTIAL_WILDCARD] = {
        "name.partial_wildcard",
        "The certificate's wildcard stands for a part of a label only",
        "Only a star that is the whole first label counts.",
        "RFC 9525 6.3",
    },
    [MISMATCH_APEX] = {
        "name.apex_not_in_wildcard",
        "The wildcard covers the names below the domain, not the domain",
        "*.example.com covers mail.example.com, but not example.com.",
        "RFC 9525 6.3",
    },
    [MISMATCH_DEPTH] = {
        "name.wildcard_depth",
        "The wildcard covers one level of names, and this one is deeper",
        "*.example.com covers mail.example.com, but not mail.a.example.com.",
        "RFC 9525 6.3",
    },
    [MISMATCH_FOREIGN_SERVICE] = {
        "name.foreign_service",
        "The name leads to a service that is not for mail",
        "What answers there belongs to a site builder, a content network or a "
        "service that parks domains, and it has no certificate for this "
        "name.",
        "RFC 9525 6.3",
    },
    [MISMATCH_CNAME] = {
        "name.cname_expectation",
        "The name is an alias, and the certificate covers only its target",
        "Programs compare the name that was typed, not the one the DNS made "
        "of it.",
        "RFC 7817 3",
    },
    [MISMATCH_IDN_FORM] = {
        "name.idn_form",
        "The certificate spells the name in letters that do not count in "
        "certificates",
        "Certificates hold international names in their xn-- form only.",
        "RFC 5280 7.2",
    },
    [MISMATCH_SIBLING] = {
        "name.mismatch.sibling",
        "The certificate is for another name of the same domain",
        "Every name that programs use must be listed on the certificate.",
        "RFC 9525 6.3",
    },
    [MISMATCH_PROVIDER] = {
        "name.mismatch.provider",
        "The certificate is for somebody else's name",
        "On shared machines this is usually the provider's certificate: you "
        "reached the right server; the certificate just carries the "
        "provider's name instead of yours.",
        "RFC 9525 6.3",
    },
    [MX_MISMATCH] = {
        "name.mx_mismatch",
        "The mail exchanger's name is not on its certificate",
        "Servers that deliver mail ask for it where a policy tells them to "
        "(MTA-STS, DANE); else they deliver all the same.",
        "RFC 3207 4.1",
    },
    { NULL, NULL, NULL, NULL },
};
static_assert(sizeof finds / sizeof *finds == MISMATCH_KIND_COUNT + 2,
              "a finding per mismatch, one for port 25, and the end");

/* Where an authority's certificate stands in the leaf's place, its names say
 * nothing: chain.leaf_not_first is the fault. */
static bool is_misnamed(const struct survey *s, const struct cell *c)
{
    return role_counts_tls(s, c) && c->reference && !c->verdict.name_ok &&
           chain_links_fault(s, c) != LINK_LEAF_NOT_FIRST;
}

static bool is_all_mx(const struct group *g)
{
    for (size_t i = 0; i < g->len; i++)
        if (role_of(g->survey, &g->survey->cells[g->cells[i]]) != ROLE_MX)
            return false;
    return true;
}

static void give(struct findings *out, struct finding *f,
                 const struct cert *leaf, const struct hostname_mismatch *m)
{
    struct arena *a = out->arena;
    size_t len = 0;
    const char **offered = arena_alloc(
        a, leaf->dns_names.len + leaf->ip_names.len + 1, sizeof *offered);

    for (size_t i = 0; i < leaf->dns_names.len; i++)
        offered[len++] = leaf->dns_names.text[i];
    for (size_t i = 0; i < leaf->ip_names.len; i++)
        offered[len++] = leaf->ip_names.text[i];
    if (!len && leaf->subject_cn)
        offered[len++] = leaf->subject_cn;
    finding_list(out, f, "offered", offered, len);
    finding_text(out, f, "nearest", m->nearest);
    finding_text(out, f, "maker", m->maker);
    finding_text(out, f, "target", m->alias);
}

static const char *detail_of(const struct group *g, struct arena *a,
                             enum hostname_mismatch_kind kind)
{
    const char *where = finding_text_where(g, a);
    const struct cell *c = group_first(g);

    if (kind == MISMATCH_IP_AS_DNSNAME)
        return arena_printf(a,
                            "%s shows a certificate that holds %s as a name, "
                            "not as an address.",
                            where, c->reference);
    if (kind == MISMATCH_FOREIGN_SERVICE)
        return arena_printf(
            a, "%s shows the certificate of %s, for %s.", where,
            foreign_service_of(g->survey, cell_leaf(g->survey, c)),
            finding_text_names(a, cell_leaf(g->survey, c)));
    if (kind == MISMATCH_CN_ONLY)
        return arena_printf(a,
                            "%s shows a certificate that says %s in its "
                            "outdated CN field only.",
                            where, c->reference);
    /* Where the spelling is the fault, it must be seen. */
    const char *asked = kind == MISMATCH_IDN_FORM
                            ? c->reference
                            : name_for_people(a, c->reference);
    return arena_printf(a, "%s shows a certificate for %s, not for %s.", where,
                        finding_text_names(a, cell_leaf(g->survey, c)), asked);
}

static void run(const struct survey *s, struct findings *out)
{
    struct arena *a = out->arena;
    const bool *holds = group_test(s, a, is_misnamed);

    for (size_t i = 0; i < s->cells_len; i++) {
        struct group g = group_from(s, a, i, holds, group_same_leaf);
        if (!g.len)
            continue;
        const struct cell *c = group_first(&g);
        struct hostname_mismatch m = hostname_mismatch_of(s, a, c);
        int kind = is_all_mx(&g) ? MX_MISMATCH : (int)m.kind;
        struct finding *f =
            finding_text_add(out, &finds[kind], group_worst(&g, role_fault), &g,
                             detail_of(&g, a, m.kind));
        give(out, f, cell_leaf(s, c), &m);
    }
}

const struct check chk_name = {
    .name = "name",
    .about = "Is the name that was asked for on the certificate?",
    .finds = finds,
    .mended = CHECK_BIT(MISMATCH_PLACEHOLDER) | CHECK_BIT(MISMATCH_CN_ONLY) |
              CHECK_BIT(MISMATCH_CN_MATCHES) |
              CHECK_BIT(MISMATCH_PARTIAL_WILDCARD) | CHECK_BIT(MISMATCH_APEX) |
              CHECK_BIT(MISMATCH_DEPTH) | CHECK_BIT(MISMATCH_CNAME) |
              CHECK_BIT(MISMATCH_IDN_FORM) | CHECK_BIT(MISMATCH_SIBLING) |
              CHECK_BIT(MISMATCH_PROVIDER) | CHECK_BIT(MX_MISMATCH),
    .run = run,
};
