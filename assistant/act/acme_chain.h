#ifndef CERTMEND_ACT_ACME_CHAIN_H
#define CERTMEND_ACT_ACME_CHAIN_H
/*
 * acme_chain - is what the CA gave us what we asked for
 *
 * The leaf has the key of the request and exactly its names; each certificate
 * is signed by the next (RFC 8555 7.4.2). Trust and dates are no question
 * here.
 */
#include "model/survey.h"

enum { ACME_CHAIN_MAX = 10 };

struct acme_chain_wish {
    const char *const *names; /* as ordered */
    size_t names_len;
    const uint8_t *csr;
    size_t csr_len;
};

struct acme_chain {
    const struct held_cert *certs;
    size_t len;
};

/* False: *why is half a sentence. */
MUST_CHECK bool acme_chain_read(struct arena *a, const uint8_t *body,
                                size_t len, const struct acme_chain_wish *wish,
                                struct acme_chain *out, const char **why);

/* Is `name` the CN of an issuer in it, or of one above the leaf? */
bool acme_chain_names(const struct acme_chain *chain, const char *name);

/* PEM written anew: nothing that the CA put around it comes along. */
const char *acme_chain_pem(struct arena *a, const struct acme_chain *chain);

#endif
