#ifndef CERTMEND_CRYPTO_KEY_MATCH_H
#define CERTMEND_CRYPTO_KEY_MATCH_H
/*
 * key_match - a private key and the certificate that goes with it
 *
 * Pure. Trust and dates are not judged here.
 */
#include "crypto/key.h"
#include "model/cert.h"

/* Does the certificate hold the public half of this key? */
bool key_match(const struct key *k, const uint8_t *der, size_t len);

/* SHA-256 of the public key (SPKI), lower-case hexadecimal: what a TLSA record
 * "3 1 1" holds (RFC 7671 5.1). */
const char *key_match_hex(struct arena *a, const struct key *k);

/* The fields of a certificate that say something about its key, and no others:
 * for facts/tlsa_fit.h. */
struct cert pair_key_cert(struct arena *a, const struct key *k);

/* A certificate as a PEM block (RFC 7468 5). */
const char *key_match_cert_pem(struct arena *a, const uint8_t *der, size_t len);

#endif
