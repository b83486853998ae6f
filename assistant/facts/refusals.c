#include "facts/refusals.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "facts/cell_state.h"
#include "facts/knowledge.h"

/* Go counts each certificate that is sent; the path is what all programs see.
 */
enum { KEY_BITS_MAX = 8192, EXPONENT_BITS_MAX = 33 };

typedef const struct cert *finder(const struct survey *s, const struct cell *c,
                                  const struct cert *leaf);

typedef bool cert_test(const struct survey *s, const struct cert *cert);

enum where { LEAF_ON, AUTHORITIES_ON };

/* Nearest the leaf. */
static const struct cert *first_on_path(const struct survey *s,
                                        const struct cell *c, enum where from,
                                        cert_test *test)
{
    for (size_t i = from; i < c->verdict.path_len; i++) {
        const struct cert *cert = &s->certs[c->verdict.path[i]].cert;
        if (test(s, cert))
            return cert;
    }
    return NULL;
}

/* A root's own signature is nobody's business. */
static const struct cert *first_signed(const struct survey *s,
                                       const struct cell *c, cert_test *test)
{
    const struct cert *cert = first_on_path(s, c, LEAF_ON, test);

    return cert && !cert->self_signed ? cert : NULL;
}

#define ANYWHERE(finder, from, test)                                           \
    static const struct cert *finder(                                          \
        const struct survey *s, const struct cell *c, const struct cert *leaf) \
    {                                                                          \
        (void)leaf;                                                            \
        return first_on_path(s, c, from, test);                                \
    }

#define SIGNED(finder, test)                                                   \
    static const struct cert *finder(                                          \
        const struct survey *s, const struct cell *c, const struct cert *leaf) \
    {                                                                          \
        (void)leaf;                                                            \
        return first_signed(s, c, test);                                       \
    }

#define OF_LEAF(finder, holds)                                                 \
    static const struct cert *finder(                                          \
        const struct survey *s, const struct cell *c, const struct cert *leaf) \
    {                                                                          \
        (void)s, (void)c;                                                      \
        return holds ? leaf : NULL;                                            \
    }

static bool is_ed(const struct survey *s, const struct cert *cert)
{
    (void)s;
    return cert->key_type == KEY_ED25519 || cert->key_type == KEY_ED448;
}

static bool has_odd_curve(const struct survey *s, const struct cert *cert)
{
    static const char *const usual[] = { "P-256", "P-384", "P-521" };

    (void)s;
    for (size_t i = 0; cert->curve && i < sizeof usual / sizeof *usual; i++)
        if (strcmp(cert->curve, usual[i]) == 0)
            return false;
    return cert->curve;
}

static bool has_pss_key(const struct survey *s, const struct cert *cert)
{
    (void)s;
    return cert->pss_key;
}

static bool is_pss_signed(const struct survey *s, const struct cert *cert)
{
    (void)s;
    return cert->signature && strcasecmp(cert->signature, "rsassaPss") == 0;
}

/* MD5 and SHA-1 have a finding of their own, Ed25519 and PSS a row. */
static bool is_oddly_signed(const struct survey *s, const struct cert *cert)
{
    static const char *const odd[] = { "224",      "sha512-256", "sha3-",
                                       "dsa_with", "ripe",       "gost",
                                       "SM2-" };

    (void)s;
    for (size_t i = 0; cert->signature && i < sizeof odd / sizeof *odd; i++)
        for (const char *at = cert->signature; *at; at++)
            if (strncasecmp(at, odd[i], strlen(odd[i])) == 0)
                return true;
    return false;
}

static bool has_odd_exponent(const struct survey *s, const struct cert *cert)
{
    (void)s;
    return cert->exponent_bits > EXPONENT_BITS_MAX;
}

static bool is_huge(const struct survey *s, const struct cert *cert)
{
    (void)s;
    return cert->key_type == KEY_RSA && cert->key_bits > KEY_BITS_MAX;
}

static bool is_old(const struct survey *s, const struct cert *cert)
{
    (void)s;
    return cert->old_version > 0;
}

static bool has_no_issuer(const struct survey *s, const struct cert *cert)
{
    (void)s;
    return cert->issuer && !*cert->issuer;
}

static bool is_negative(const struct survey *s, const struct cert *cert)
{
    (void)s;
    return cert->serial_hex && *cert->serial_hex == '-';
}

static bool has_old_purpose(const struct survey *s, const struct cert *cert)
{
    (void)s;
    return cert->has_eku && !cert->server_auth && !cert->self_signed;
}

/* Who trusts one that signed itself has chosen just that. */
OF_LEAF(find_ca, leaf->is_ca && !leaf->self_signed)
OF_LEAF(find_empty, !*leaf->subject && leaf->san_is_loose)
OF_LEAF(find_p521, leaf->curve &&strcmp(leaf->curve, "P-521") == 0)
OF_LEAF(find_ocsp, leaf->ocsp_signing)
ANYWHERE(find_weak, AUTHORITIES_ON, cell_key_is_small)
ANYWHERE(find_ed, LEAF_ON, is_ed)
ANYWHERE(find_curve, LEAF_ON, has_odd_curve)
ANYWHERE(find_pss_key, LEAF_ON, has_pss_key)
ANYWHERE(find_exponent, LEAF_ON, has_odd_exponent)
ANYWHERE(find_huge, LEAF_ON, is_huge)
ANYWHERE(find_old, LEAF_ON, is_old)
ANYWHERE(find_no_issuer, LEAF_ON, has_no_issuer)
ANYWHERE(find_negative, LEAF_ON, is_negative)
ANYWHERE(find_purpose, AUTHORITIES_ON, has_old_purpose)
SIGNED(find_pss_signature, is_pss_signed)
SIGNED(find_signature, is_oddly_signed)

/* "*.example.org" over "mail.example.org", however deep. */
static bool is_below(const char *star, const char *excluded)
{
    const char *domain = star + 1; /* with its dot */
    size_t len = strlen(excluded), domain_len = strlen(domain);

    return star[0] == '*' && star[1] == '.' && len > domain_len &&
           strcasecmp(excluded + len - domain_len, domain) == 0;
}

const char *refusals_excluded(const struct cert *leaf,
                              const struct cert *authority)
{
    for (size_t i = 0; i < leaf->dns_names.len; i++)
        for (size_t k = 0; k < authority->excluded_names.len; k++)
            if (is_below(leaf->dns_names.text[i],
                         authority->excluded_names.text[k]))
                return authority->excluded_names.text[k];
    return NULL;
}

static const struct cert *find_excluded(const struct survey *s,
                                        const struct cell *c,
                                        const struct cert *leaf)
{
    for (size_t i = 1; i < c->verdict.path_len; i++) {
        const struct cert *ca = &s->certs[c->verdict.path[i]].cert;
        if (refusals_excluded(leaf, ca))
            return ca;
    }
    return NULL;
}

static const struct cert *find_strict(const struct survey *s,
                                      const struct cell *c,
                                      const struct cert *leaf)
{
    const struct trust_fault *fault = &c->verdict.strict;
    size_t depth = (size_t)fault->depth;

    if (!fault->detail || depth >= c->verdict.path_len ||
        c->verdict.path_len < 2)
        return NULL;
    /* What others refuse as well is told by its own row. */
    bool told = find_empty(s, c, leaf) || find_old(s, c, leaf) ||
                find_no_issuer(s, c, leaf);
    return told ? NULL : &s->certs[c->verdict.path[depth]].cert;
}

static finder *const finders[] = {
    [REFUSAL_LEAF_IS_CA] = find_ca,
    [REFUSAL_EMPTY_SUBJECT] = find_empty,
    [REFUSAL_WEAK_AUTHORITY] = find_weak,
    [REFUSAL_ED_KEY] = find_ed,
    [REFUSAL_P521_KEY] = find_p521,
    [REFUSAL_ODD_CURVE] = find_curve,
    [REFUSAL_PSS_KEY] = find_pss_key,
    [REFUSAL_PSS_SIGNATURE] = find_pss_signature,
    [REFUSAL_ODD_SIGNATURE] = find_signature,
    [REFUSAL_ODD_EXPONENT] = find_exponent,
    [REFUSAL_HUGE_KEY] = find_huge,
    [REFUSAL_OLD_VERSION] = find_old,
    [REFUSAL_NO_ISSUER] = find_no_issuer,
    [REFUSAL_NEGATIVE_SERIAL] = find_negative,
    [REFUSAL_OCSP_SIGNING] = find_ocsp,
    [REFUSAL_OLD_PURPOSE] = find_purpose,
    [REFUSAL_WILD_EXCLUDED] = find_excluded,
    [REFUSAL_STRICT] = find_strict,
};
static_assert(sizeof finders / sizeof *finders == REFUSAL_COUNT,
              "a finder for every refusal");

const struct cert *refusals_of(const struct survey *s, const struct cell *c,
                               enum refusal fault)
{
    const struct cert *leaf = cell_leaf(s, c);

    if (!leaf || !leaf->subject || !c->verdict.trusted ||
        !knowledge_of(s)->known.refused_by[fault].len)
        return NULL;
    return finders[fault](s, c, leaf);
}

bool refusals_any(const struct survey *s, const struct cell *c)
{
    for (int fault = 0; fault < REFUSAL_COUNT; fault++)
        if (refusals_of(s, c, (enum refusal)fault))
            return true;
    return false;
}

bool refusals_cannot_sign(const struct survey *s, const struct cell *c)
{
    const struct cert *leaf = cell_leaf(s, c);

    if (!leaf || !leaf->cannot_sign)
        return false;
    bool may_do_without = leaf->key_type == KEY_RSA && c->cipher &&
                          strncmp(c->cipher, "TLS_", 4) != 0 &&
                          !strstr(c->cipher, "DHE");
    return !may_do_without;
}

bool refusals_unstapled(const struct cell *c)
{
    return c->verdict.trusted && c->verdict.staple != STAPLE_NOT_JUDGED &&
           c->verdict.staple != STAPLE_GOOD;
}

const struct cert *refusals_unknown(const struct survey *s,
                                    const struct cell *c)
{
    for (size_t i = 0; i < c->verdict.path_len; i++) {
        const struct cert *cert = &s->certs[c->verdict.path[i]].cert;
        if (cert->critical_unknown)
            return cert;
    }
    return NULL;
}
