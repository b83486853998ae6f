#include "check/hostname_mismatch.h"

#include <assert.h>
#include <string.h>

#include "check/default_cert.h"
#include "check/foreign_service.h"
#include "facts/hostname_match.h"

/* MISMATCH_KIND_COUNT: the names alone do not decide. */
static const enum hostname_mismatch_kind kinds_of[] = {
    [MATCH_COVERED] = MISMATCH_KIND_COUNT,
    [MATCH_IP_AS_DNSNAME] = MISMATCH_IP_AS_DNSNAME,
    [MATCH_IP_REFERENCE] = MISMATCH_IP_REFERENCE,
    [MATCH_CN_ONLY] = MISMATCH_CN_ONLY,
    [MATCH_CN_MATCHES] = MISMATCH_CN_MATCHES,
    [MATCH_PARTIAL_WILDCARD] = MISMATCH_PARTIAL_WILDCARD,
    [MATCH_APEX] = MISMATCH_APEX,
    [MATCH_DEPTH] = MISMATCH_DEPTH,
    [MATCH_SIBLING] = MISMATCH_SIBLING,
    [MATCH_FOREIGN] = MISMATCH_PROVIDER,
    [MATCH_NO_NAMES] = MISMATCH_KIND_COUNT,
};
static_assert(sizeof kinds_of / sizeof *kinds_of == MATCH_KIND_COUNT,
              "a text per fit");

/* The alias target that the leaf covers, or NULL. */
static const char *covered_alias(const struct survey *s,
                                 const struct cert *leaf, const char *host)
{
    static const enum dns_type types[] = { DNS_A, DNS_AAAA };

    for (size_t t = 0; t < sizeof types / sizeof *types; t++) {
        const struct dns_answer *answer = survey_answer(s, host, types[t]);
        for (size_t i = 0; answer && i < answer->alias_len; i++)
            if (hostname_match_cert(leaf, answer->alias[i]).kind ==
                MATCH_COVERED)
                return answer->alias[i];
    }
    return NULL;
}

/* The same name in letters that belong on screens, not on certificates. */
static const char *other_spelling(struct arena *a, const struct cert *leaf,
                                  const char *name)
{
    size_t len = leaf->dns_names.len;

    for (size_t i = 0; i < len && i < CERT_NAMES_READ; i++) {
        const char *text = leaf->dns_names.text[i];
        struct name_read read = name_read(a, text, strlen(text));
        if (read.kind == NAME_HOST && (read.repairs & NAME_REPAIR_IDN) &&
            strcmp(read.text, name) == 0)
            return text;
    }
    return NULL;
}

static bool shares_domain(struct arena *a, const char *text, const char *name)
{
    size_t len = text ? strlen(text) : 0;

    if (len && text[len - 1] == '.')
        len--;
    return len && name_same_domain(arena_text_n(a, text, len), name);
}

/* A final dot keeps a name from fitting, not from being of the family. */
static bool has_sibling(struct arena *a, const struct cert *leaf,
                        const char *name)
{
    size_t len = leaf->dns_names.len;

    for (size_t i = 0; i < len && i < CERT_NAMES_READ; i++)
        if (shares_domain(a, leaf->dns_names.text[i], name))
            return true;
    return !len && shares_domain(a, leaf->subject_cn, name);
}

static enum hostname_mismatch_kind by_names(struct arena *a,
                                            const struct cert *leaf,
                                            struct hostname_match match,
                                            const char *name)
{
    bool in_cn = match.kind == MATCH_CN_ONLY || match.kind == MATCH_CN_MATCHES;

    /* An address in the CN is one more that is written down as a name. */
    if (in_cn && name_is_ip(name))
        return MISMATCH_IP_AS_DNSNAME;
    enum hostname_mismatch_kind kind = kinds_of[match.kind];
    bool is_open = kind == MISMATCH_KIND_COUNT || kind == MISMATCH_PROVIDER;
    if (!is_open)
        return kind;
    return has_sibling(a, leaf, name) ? MISMATCH_SIBLING : MISMATCH_PROVIDER;
}

struct hostname_mismatch hostname_mismatch_of(const struct survey *s,
                                              struct arena *a,
                                              const struct cell *c)
{
    const struct cert *leaf = cell_leaf(s, c);
    struct hostname_match match = hostname_match_cert(leaf, c->reference);
    struct hostname_mismatch m = { by_names(a, leaf, match, c->reference),
                                   match.pattern, NULL, NULL };

    if (m.kind > MISMATCH_PLACEHOLDER)
        m.maker = default_cert_maker(s, leaf);
    if (m.maker)
        m.kind = MISMATCH_PLACEHOLDER;
    const char *service =
        m.kind == MISMATCH_PROVIDER ? foreign_service_of(s, leaf) : NULL;
    if (service) {
        m.kind = MISMATCH_FOREIGN_SERVICE;
        m.maker = service;
    }
    if (m.kind > MISMATCH_CNAME)
        m.alias = covered_alias(s, leaf, c->reference);
    if (m.alias) {
        m.kind = MISMATCH_CNAME;
        m.nearest = m.alias;
    }
    const char *spelling = m.kind > MISMATCH_IDN_FORM
                               ? other_spelling(a, leaf, c->reference)
                               : NULL;
    if (spelling) {
        m.kind = MISMATCH_IDN_FORM;
        m.nearest = spelling;
    }
    return m;
}
