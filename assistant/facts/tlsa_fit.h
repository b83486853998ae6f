#ifndef CERTMEND_FACTS_TLSA_FIT_H
#define CERTMEND_FACTS_TLSA_FIT_H
/*
 * tlsa_fit - would a certificate that is still to come fit what is published?
 *
 * Pure. A sender needs one record that fits (RFC 7671 5); of records that
 * differ in their digest alone only the strongest counts (RFC 7671 9), and on
 * port 25 those of usage 0 and 1 do not where others are there (RFC 7672
 * 3.1.3). What nobody can read binds nobody.
 */
#include "facts/tlsa.h"

struct tlsa_offer {
    const struct cert *leaf;  /* of a key without certificate: its key's fields
                                 alone; NULL: a key that nobody knows yet */
    const struct cert *above; /* the issuers, nearest first */
    size_t above_len;
    bool above_known; /* false: nobody knows yet who will sign */
};

enum tlsa_fit {
    TLSA_FREE,     /* no record binds anybody */
    TLSA_FITS,     /* one fits */
    TLSA_OPEN,     /* one may, if the right issuer signs, or a root that is not
                      sent along is the right one */
    TLSA_MISMATCH, /* none does */
};

enum tlsa_fit tlsa_fit(struct arena *a, const struct dns_answer *answer,
                       uint16_t port, const struct tlsa_offer *offer);

/* The record to publish beside these for a key: "3 1 1 9f86...", with SHA-512
 * where that is what counts there. NULL: the key is not known. */
const char *tlsa_to_publish(struct arena *a, const struct dns_answer *answer,
                            const struct cert *key);

/* The same record of another key: usage and digest stay. NULL: it is of a whole
 * certificate. */
const char *tlsa_of_next(struct arena *a, const struct tlsa *record,
                         const struct cert *key);

/* All records that bind somebody are of a whole certificate: none can fit one
 * that is not issued yet. */
bool tlsa_wants_certificate(struct arena *a, const struct dns_answer *answer,
                            uint16_t port);

#endif
