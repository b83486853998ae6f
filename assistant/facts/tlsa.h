#ifndef CERTMEND_FACTS_TLSA_H
#define CERTMEND_FACTS_TLSA_H
/*
 * tlsa - what is published about a server's certificate (RFC 6698, RFC 7671)
 *
 * Pure: reads the TLSA answers that a survey holds. A record that cannot be
 * read, or says what nobody understands, is unusable and counts for nothing
 * (RFC 6698 4.1).
 */
#include "model/survey.h"

enum tlsa_usage { /* RFC 7218 2.1 */
                  TLSA_PKIX_TA = 0,
                  TLSA_PKIX_EE = 1,
                  TLSA_DANE_TA = 2,
                  TLSA_DANE_EE = 3,
};

struct tlsa {
    bool usable;
    enum tlsa_usage usage;
    int selector;     /* 0: the certificate, 1: its public key */
    int matching;     /* 0: as it is, 1: SHA-256, 2: SHA-512 */
    const char *data; /* lower-case hex */
};

/* "3 1 1 0123..." as net/resolve writes it. */
struct tlsa tlsa_read(struct arena *a, const char *text);

/* Does the record speak of this certificate? Usage plays no part. */
bool tlsa_is_of(const struct tlsa *record, const struct cert *c);

/* "_25._tcp.mail.example.com" */
const char *tlsa_owner(struct arena *a, const char *host, uint16_t port);

/* The records for the cell's host and port; NULL: none, or nobody asked. */
const struct dns_answer *tlsa_answer(const struct survey *s,
                                     const struct cell *c);

struct tlsa_state {
    bool published;       /* some record is usable */
    bool matched;         /* one fits what the server sends */
    bool by_end_entity;   /* ... of usage 3: names and dates do not count
                             (RFC 7671 5.1) */
    bool key_fits;        /* ... and goes on to fit while the key is kept */
    bool proven;          /* DNSSEC holds: senders act on it */
    bool disproven;       /* the zone is unsigned: nobody acts on it */
    bool has_pkix;        /* usage 0 or 1 is there */
    bool has_certificate; /* usage 3 of the whole certificate: 3 0 x */
    size_t usable;        /* how many */
};

struct tlsa_state tlsa_judge(const struct survey *s, struct arena *a,
                             const struct cell *c);

/* "3 1 1 <digest>" of the certificate's key: what to publish. */
const char *tlsa_of_key(struct arena *a, const struct cert *c);

#endif
