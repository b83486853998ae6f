#ifndef CERTMEND_ACME_ACME_NONCE_H
#define CERTMEND_ACME_ACME_NONCE_H
/*
 * acme_nonce - nonces that came with answers (RFC 8555 6.5), newest first
 */
#include "base/arena.h"

enum { ACME_NONCES_MAX = 64, ACME_NONCE_LEN_MAX = 500 };

struct acme_nonces {
    const char *text[ACME_NONCES_MAX];
    size_t len;
};

/* What is no nonce (6.5.1), or NULL, is passed over. */
void acme_nonce_keep(struct acme_nonces *n, struct arena *a, const char *text);

const char *acme_nonce_take(struct acme_nonces *n); /* NULL: none is left */

#endif
