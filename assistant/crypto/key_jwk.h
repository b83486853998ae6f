#ifndef CERTMEND_CRYPTO_KEY_JWK_H
#define CERTMEND_CRYPTO_KEY_JWK_H
/*
 * key_jwk - a private key as JSON (RFC 7517, RFC 7518 6): how certbot keeps
 * that of an account
 *
 * Nothing of what is read stays but the key itself.
 */
#include "crypto/key.h"

/* It begins as JSON does: no key in PEM or DER. */
bool key_jwk_looks_so(const char *text, size_t len);

/* RSA, or EC on P-256, P-384 or P-521, with both halves, which belong
 * together. ERR_INPUT names `name`. */
MUST_CHECK bool key_jwk_read(const char *text, size_t len, const char *name,
                             struct key **out, struct err *err);

#endif
