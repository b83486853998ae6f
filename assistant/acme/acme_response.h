#ifndef CERTMEND_ACME_ACME_RESPONSE_H
#define CERTMEND_ACME_ACME_RESPONSE_H
/*
 * acme_response - what a reply of the CA means, and whether to ask once more
 *
 * For acme_request.c.
 */
#include "acme/acme_request.h"

/* `ca` is the host, for sentences. */
void acme_response_read(struct arena *a, const struct acme_request *ask,
                        const char *ca, const struct http_reply *reply,
                        struct acme_response *out);

/* An answer of our own: nothing came, for this reason. */
void acme_response_none(struct arena *a, const struct acme_request *ask,
                        enum acme_outcome outcome, const char *why,
                        struct acme_response *out);

struct acme_tries {
    unsigned nonces; /* refused so far */
    unsigned others; /* lost or put off so far */
    unsigned keys;   /* refused as signed by an unknown key so far */
};

/* The account has got another key, and not all of the CA knows it yet; or the
 * key is a wrong one. */
bool acme_response_is_key_unknown(const struct acme_response *answer);

/* Says whose fault an untimely certificate is: `ahead_s` is how far our clock
 * is ahead of the CA's. */
void acme_response_untimely(struct acme_response *out,
                            const struct acme_request *ask, const char *ca,
                            int64_t ahead_s);

/* How long to wait before asking again, in milliseconds; -1: not again. Counts
 * in `tries`. */
int64_t acme_response_retry_ms(const struct acme_response *answer,
                               struct acme_tries *tries);

#endif
