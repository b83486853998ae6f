#ifndef CERTMEND_ACT_ACME_PROOF_H
#define CERTMEND_ACT_ACME_PROOF_H
/*
 * acme_proof - one authorization on its way; for acme_proofs.c
 *
 * Each stage ends with leave(), whatever came of it.
 */
#include "act/acme_inside.h"
#include "act/acme_order.h"

struct acme_proof {
    struct acme *session;
    const struct acme_wish *wish;
    const char *url;
    void (*leave)(struct acme_proof *p);
    void *owner;

    struct acme_authz authz;     /* as last seen */
    const char *name;            /* as ordered; NULL: not known yet */
    const struct challenger *by; /* NULL: nothing to prove */
    const char *challenge_url;
    struct challenge_task task;
    bool presented;            /* or tried to be */
    struct acme_result result; /* what went wrong; WORKED: nothing so far */
    struct acme_result answer; /* of the challenge's POST */
    unsigned polls;
    struct timer timer;
};

void acme_proof_fetch(struct acme_proof *p);

/* Picks challenger and challenge. */
void acme_proof_choose(struct acme_proof *p);
void acme_proof_present(struct acme_proof *p);

/* Tells the CA to look, and polls until it has. */
void acme_proof_answer(struct acme_proof *p);
void acme_proof_clean(struct acme_proof *p);
void acme_proof_give_back(struct acme_proof *p);

/* First cause of failure counts. `why` is half a sentence about the name. */
void acme_proof_fail(struct acme_proof *p, enum acme_outcome outcome,
                     const char *why);

#endif
