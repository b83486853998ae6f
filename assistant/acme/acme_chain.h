#ifndef CERTMEND_ACME_ACME_CHAIN_H
#define CERTMEND_ACME_ACME_CHAIN_H
/*
 * acme_chain - is what the CA gave us what we asked for
 *
 * The leaf has the key of the request, and the chain is one for the names of
 * the order (crypto/cert_fit.h).
 */
#include "crypto/x509_read.h"

enum { ACME_CHAIN_MAX = 10 };

struct acme_chain_request {
    const char *const *names; /* as ordered */
    size_t names_len;
    const uint8_t *csr;
    size_t csr_len;
};

/* False: *why is half a sentence. */
MUST_CHECK bool acme_chain_read(struct arena *a, const uint8_t *body,
                                size_t len,
                                const struct acme_chain_request *request,
                                struct cert_list *out, const char **why);

/* Is `name` the CN of an issuer in it, or of one above the leaf? */
bool acme_chain_names(const struct cert_list *chain, const char *name);

#endif
