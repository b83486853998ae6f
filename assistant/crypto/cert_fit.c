#include "crypto/cert_fit.h"

#include <strings.h>

#include "crypto/handles.h"
#include "crypto/pkey.h"
#include "crypto/x509_cache.h"

bool cert_fit_key(const struct key *k, const uint8_t *der, size_t len)
{
    OWN(X509) *x = x509_cache_get(der, len);
    EVP_PKEY *half = x ? X509_get0_pubkey(x) : NULL;
    bool fits = half && EVP_PKEY_eq(half, key_pkey(k)) == 1;

    ERR_clear_error();
    return fits;
}

bool cert_fit_request(const uint8_t *cert, size_t cert_len, const uint8_t *csr,
                      size_t csr_len)
{
    const unsigned char *at = csr;
    OWN(X509) *x = x509_cache_get(cert, cert_len);
    OWN(X509_REQ) *req = d2i_X509_REQ(NULL, &at, (long)csr_len);
    EVP_PKEY *given = x ? X509_get0_pubkey(x) : NULL;
    EVP_PKEY *asked = req ? X509_REQ_get0_pubkey(req) : NULL;
    bool fits = given && asked && EVP_PKEY_eq(given, asked) == 1;

    ERR_clear_error();
    return fits;
}

static bool is_listed(const char *const *list, size_t len, const char *name)
{
    for (size_t i = 0; i < len; i++)
        if (strcasecmp(list[i], name) == 0)
            return true;
    return false;
}

static bool has(const struct text_list *list, const char *name)
{
    return is_listed(list->text, list->len, name);
}

static const char *fault_of_names(struct arena *a, const struct cert *leaf,
                                  const char *const *names, size_t len)
{
    const struct text_list *kinds[] = { &leaf->dns_names, &leaf->ip_names };

    for (size_t i = 0; i < len; i++)
        if (!has(kinds[0], names[i]) && !has(kinds[1], names[i]))
            return arena_printf(a, "the certificate lacks the name %s",
                                names[i]);
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < kinds[k]->len; i++)
            if (!is_listed(names, len, kinds[k]->text[i]))
                return arena_printf(a,
                                    "the certificate has a name that nobody "
                                    "ordered, %s",
                                    kinds[k]->text[i]);
    return NULL;
}

/* By its key, and by its name. */
static bool is_signed_by(const uint8_t *cert, size_t cert_len,
                         const uint8_t *issuer, size_t issuer_len)
{
    OWN(X509) *x = x509_cache_get(cert, cert_len);
    OWN(X509) *above = x509_cache_get(issuer, issuer_len);
    EVP_PKEY *key = above ? X509_get0_pubkey(above) : NULL;
    bool is = x && key &&
              X509_NAME_cmp(X509_get_issuer_name(x),
                            X509_get_subject_name(above)) == 0 &&
              X509_verify(x, key) == 1;

    ERR_clear_error();
    return is;
}

static const char *fault_of_order(struct arena *a,
                                  const struct cert_list *chain)
{
    for (size_t i = 0; i + 1 < chain->len; i++) {
        const struct cert *c = &chain->items[i].cert;
        const struct cert *above = &chain->items[i + 1].cert;
        if (!is_signed_by(c->der, c->der_len, above->der, above->der_len))
            return arena_printf(a,
                                "certificate %zu of the chain was not signed "
                                "by the one behind it",
                                i + 1);
    }
    return NULL;
}

const char *cert_fit_chain(struct arena *a, const struct cert_list *chain,
                           const char *const *names, size_t names_len)
{
    for (size_t i = 0; i < chain->len; i++)
        if (chain->items[i].malformed)
            return arena_printf(
                a, "certificate %zu of the chain cannot be read", i + 1);
    const char *why =
        fault_of_names(a, &chain->items[0].cert, names, names_len);
    return why ? why : fault_of_order(a, chain);
}
