#ifndef CERTMEND_MODEL_REVOCATION_H
#define CERTMEND_MODEL_REVOCATION_H
/*
 * revocation - what an authority's list says of a certificate
 *
 * Asked for by --revocation; crypto/crl.c fills it in from the lists that were
 * fetched, so it is never saved.
 */
#include <stdint.h>

enum revocation_state {
    REVOCATION_NOT_ASKED,
    REVOCATION_GOOD,    /* not on a list that is valid and speaks of it */
    REVOCATION_REVOKED, /* on it */
    REVOCATION_UNKNOWN, /* no such list: see why */
};

struct revocation {
    enum revocation_state state;
    int64_t revoked_at; /* Unix seconds; REVOCATION_REVOKED */
    const char *reason; /* "keyCompromise" (RFC 5280 5.3.1), or NULL */
    const char *why;    /* REVOCATION_UNKNOWN: half a sentence */
};

#endif
