#include "act/store_put.h"

#include <string.h>

#include "acme/chain_check.h"
#include "crypto/key_match.h"

static bool key_fits(const struct store_new *n, const struct cert *leaf,
                     struct err *err)
{
    struct key *key = NULL;

    if (!key_read(n->key_pem, strlen(n->key_pem), "privkey.pem", NULL, &key,
                  err))
        return false;
    bool fits = key_match(key, leaf->der, leaf->der_len);
    key_free(key);
    return fits || err_set(err, ERR_INPUT,
                           "the private key is not that of the certificate");
}

bool store_fits(struct arena *a, const struct store_new *n, struct err *err)
{
    struct cert_list chain = { 0 };

    if (!x509_read_file(a, n->chain_pem, strlen(n->chain_pem), "fullchain.pem",
                        &chain, err))
        return false;
    const char *why = chain_misfit(a, &chain, n->names, n->names_len);
    if (why)
        return err_set(err, ERR_INPUT, "%s", why);
    return key_fits(n, &chain.items[0].cert, err);
}
