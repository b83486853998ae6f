#ifndef CERTMEND_ACT_DANE_LOOK_H
#define CERTMEND_ACT_DANE_LOOK_H
/*
 * dane_look - the TLSA records that a certificate for these names has to fit
 *
 * Of every name, on every port that we know a service for; of a wildcard, those
 * of the mail hosts (MX) that it covers. Where a name is an alias the records
 * of what it leads to are looked at too: a sender takes those first, and its
 * own where there are none (RFC 7671 7). Signed or not, they count: who signs
 * tomorrow must not lose mail.
 *
 * Every look asks anew; nothing is remembered from the one before.
 */
#include "net/resolve.h"

struct loop;

struct dane_ask {
    struct loop *loop;
    struct arena *arena; /* outlives the look */
    const struct resolver_options *resolver;
    const char *const *names; /* of the certificate */
    size_t names_len;
};

struct dane_place {
    const char *name;  /* of the certificate */
    const char *owner; /* "_25._tcp.mail.example.org" */
    uint16_t port;
    bool is_unsigned;                /* proven of the name's addresses */
    const struct dns_answer *answer; /* records, or a question that failed */
};

struct dane_seen {
    const struct dane_place *places; /* in the order of the names; where there
                                        is nothing is not among them */
    size_t len;
    bool deaf; /* nobody answered any of it, nor what stands at the root: this
                  is no way to the DNS */
};

/* Nothing was learnt there: silence, a failure, or a signature that does not
 * hold. */
bool dane_is_lost(const struct dane_place *p);

/* Calls done exactly once, from the loop. */
typedef void dane_look_done(void *arg, const struct dane_seen *seen);
void dane_look(const struct dane_ask *ask, dane_look_done *done, void *arg);

#endif
