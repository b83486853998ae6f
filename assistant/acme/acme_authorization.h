#ifndef CERTMEND_ACME_ACME_AUTHORIZATION_H
#define CERTMEND_ACME_ACME_AUTHORIZATION_H
/*
 * acme_authorization - one authorization on its way; for acme_authorizations.c
 *
 * Each stage ends with leave(), whatever came of it.
 */
#include "acme/acme_order.h"
#include "acme/acme_session.h"

struct acme_authorization {
    struct acme *session;
    const struct acme_order_request *request;
    const char *url;
    void (*leave)(struct acme_authorization *p);
    void *owner;

    struct acme_authz authz;           /* as last seen */
    const char *name;                  /* as ordered; NULL: not known yet */
    const struct challenge_solver *by; /* NULL: nothing to prove */
    const char *challenge_url;
    struct challenge_task task;
    bool presented;            /* or tried to be */
    struct acme_result result; /* ACME_WORKED: all is well so far */
    struct acme_result answer; /* of the challenge's POST */
    unsigned polls;
    struct timer timer;
};

void acme_authorization_fetch(struct acme_authorization *p);

/* Picks challenge and solver. */
void acme_authorization_choose(struct acme_authorization *p);
void acme_authorization_present(struct acme_authorization *p);

/* Tells the CA to look, and polls until it has. */
void acme_authorization_answer(struct acme_authorization *p);
void acme_authorization_clean(struct acme_authorization *p);
void acme_authorization_deactivate(struct acme_authorization *p);

#endif
