#include "act/store_put.h"

#include <string.h>

#include "crypto/acme_cert_fit.h"
#include "crypto/pair.h"
#include "crypto/x509_read.h"

static bool is_listed(const char *const *list, size_t len, const char *name)
{
    for (size_t i = 0; i < len; i++)
        if (strcmp(list[i], name) == 0)
            return true;
    return false;
}

static bool names_fit(const struct cert *leaf, const struct store_new *n,
                      struct err *err)
{
    const struct names_list *kinds[] = { &leaf->dns_names, &leaf->ip_names };

    for (size_t i = 0; i < n->names_len; i++)
        if (!is_listed((const char *const *)leaf->dns_names.text,
                       leaf->dns_names.len, n->names[i]) &&
            !is_listed((const char *const *)leaf->ip_names.text,
                       leaf->ip_names.len, n->names[i]))
            return err_set(err, ERR_INPUT, "the certificate lacks the name %s",
                           n->names[i]);
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < kinds[k]->len; i++)
            if (!is_listed(n->names, n->names_len, kinds[k]->text[i]))
                return err_set(err, ERR_INPUT,
                               "the certificate has a name that nobody asked "
                               "for: %s",
                               kinds[k]->text[i]);
    return true;
}

static bool chain_fits(const struct held_cert *chain, size_t len,
                       struct err *err)
{
    for (size_t i = 0; i < len; i++)
        if (chain[i].malformed)
            return err_set(err, ERR_INPUT,
                           "certificate %zu of the chain is damaged", i + 1);
    for (size_t i = 0; i + 1 < len; i++)
        if (!acme_cert_signed_by(chain[i].cert.der, chain[i].cert.der_len,
                                 chain[i + 1].cert.der,
                                 chain[i + 1].cert.der_len))
            return err_set(err, ERR_INPUT,
                           "the chain is broken: certificate %zu was not "
                           "signed by the one behind it",
                           i + 1);
    return true;
}

static bool key_fits(const struct store_new *n, const struct cert *leaf,
                     struct err *err)
{
    struct key *key = NULL;

    if (!key_read(n->key_pem, strlen(n->key_pem), "privkey.pem", NULL, &key,
                  err))
        return false;
    bool fits = pair_fits(key, leaf->der, leaf->der_len);
    key_free(key);
    return fits || err_set(err, ERR_INPUT,
                           "the private key is not that of the certificate");
}

bool store_fits(struct arena *a, const struct store_new *n, struct err *err)
{
    struct cert_list chain = { 0 };

    return x509_read_file(a, n->chain_pem, strlen(n->chain_pem),
                          "fullchain.pem", &chain, err) &&
           chain_fits(chain.items, chain.len, err) &&
           key_fits(n, &chain.items[0].cert, err) &&
           names_fit(&chain.items[0].cert, n, err);
}
