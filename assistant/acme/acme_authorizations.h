#ifndef CERTMEND_ACME_ACME_AUTHORIZATIONS_H
#define CERTMEND_ACME_ACME_AUTHORIZATIONS_H
/*
 * acme_authorizations - proving all names of an order (RFC 8555 7.5)
 *
 * In stages, each for all names side by side: fetch the authorizations, choose
 * a challenge for each, present all, answer all and poll until each is
 * settled, clean up, and after a failure give back what is still pending
 * (7.5.2).
 */
#include "acme/acme.h"

struct acme_authorizations_job {
    const struct acme_order_request *request;
    const char *const *authz; /* addresses */
    size_t authz_len;
};

/* Calls done exactly once, from inside or from the loop. What `job` points to
 * must live until then. */
void acme_authorizations(struct acme *s,
                         const struct acme_authorizations_job *job,
                         acme_done *done, void *arg);

#endif
