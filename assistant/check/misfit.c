#include "check/misfit.h"

#include <assert.h>
#include <string.h>

#include "check/placeholder.h"
#include "model/fit.h"

/* MISFIT_KIND_COUNT: the names alone do not decide. */
static const enum misfit_kind kinds_of[] = {
    [FIT_COVERED] = MISFIT_KIND_COUNT,
    [FIT_IP_AS_DNSNAME] = MISFIT_IP_AS_DNSNAME,
    [FIT_IP_REFERENCE] = MISFIT_IP_REFERENCE,
    [FIT_CN_ONLY] = MISFIT_CN_ONLY,
    [FIT_CN_MATCHES] = MISFIT_CN_MATCHES,
    [FIT_PARTIAL_WILDCARD] = MISFIT_PARTIAL_WILDCARD,
    [FIT_APEX] = MISFIT_APEX,
    [FIT_DEPTH] = MISFIT_DEPTH,
    [FIT_SIBLING] = MISFIT_SIBLING,
    [FIT_FOREIGN] = MISFIT_PROVIDER,
    [FIT_NO_NAMES] = MISFIT_KIND_COUNT,
};
static_assert(sizeof kinds_of / sizeof *kinds_of == FIT_KIND_COUNT,
              "a misfit per fit");

/* The alias target that the leaf covers, or NULL. */
static const char *covered_alias(const struct survey *s,
                                 const struct cert *leaf, const char *host)
{
    static const enum dns_type types[] = { DNS_A, DNS_AAAA };

    for (size_t t = 0; t < sizeof types / sizeof *types; t++) {
        const struct dns_answer *answer = survey_answer(s, host, types[t]);
        for (size_t i = 0; answer && i < answer->alias_len; i++)
            if (fit_cert(leaf, answer->alias[i]).kind == FIT_COVERED)
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

static enum misfit_kind by_names(struct arena *a, const struct cert *leaf,
                                 struct fit fit, const char *name)
{
    bool in_cn = fit.kind == FIT_CN_ONLY || fit.kind == FIT_CN_MATCHES;

    /* An address in the CN is one more that is written down as a name. */
    if (in_cn && name_is_ip(name))
        return MISFIT_IP_AS_DNSNAME;
    enum misfit_kind kind = kinds_of[fit.kind];
    bool is_open = kind == MISFIT_KIND_COUNT || kind == MISFIT_PROVIDER;
    if (!is_open)
        return kind;
    return has_sibling(a, leaf, name) ? MISFIT_SIBLING : MISFIT_PROVIDER;
}

struct misfit misfit_of(const struct survey *s, struct arena *a,
                        const struct cell *c)
{
    const struct cert *leaf = cell_leaf(s, c);
    struct fit fit = fit_cert(leaf, c->reference);
    struct misfit m = { by_names(a, leaf, fit, c->reference), fit.pattern, NULL,
                        NULL };

    if (m.kind > MISFIT_PLACEHOLDER)
        m.maker = placeholder_maker(leaf);
    if (m.maker)
        m.kind = MISFIT_PLACEHOLDER;
    if (m.kind > MISFIT_CNAME)
        m.alias = covered_alias(s, leaf, c->reference);
    if (m.alias) {
        m.kind = MISFIT_CNAME;
        m.nearest = m.alias;
    }
    const char *spelling =
        m.kind > MISFIT_IDN_FORM ? other_spelling(a, leaf, c->reference) : NULL;
    if (spelling) {
        m.kind = MISFIT_IDN_FORM;
        m.nearest = spelling;
    }
    return m;
}
