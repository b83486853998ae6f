#ifndef CERTMEND_ACT_ACME_ANSWER_H
#define CERTMEND_ACT_ACME_ANSWER_H
/*
 * acme_answer - what a reply of the CA means, and whether to ask once more
 *
 * For acme_call.c.
 */
#include "act/acme_call.h"

/* `ca` is the host, for sentences. */
void acme_answer_read(struct arena *a, const struct acme_ask *ask,
                      const char *ca, const struct http_reply *reply,
                      struct acme_answer *out);

/* An answer of our own: nothing came, for this reason. */
void acme_answer_none(struct arena *a, const struct acme_ask *ask,
                      enum acme_outcome outcome, const char *why,
                      struct acme_answer *out);

struct acme_tries {
    unsigned nonces; /* refused so far */
    unsigned others; /* lost or put off so far */
};

/* How long to wait before asking again, in milliseconds; -1: not again. Counts
 * in `tries`. */
int64_t acme_answer_again_ms(const struct acme_answer *answer,
                             struct acme_tries *tries);

#endif
