#ifndef CERTMEND_CRYPTO_JWS_H
#define CERTMEND_CRYPTO_JWS_H
/*
 * jws - signed JSON as ACME wants it (RFC 7515, RFC 7518, RFC 8555 6.2)
 *
 * ES256, ES384 and RS256 by private key; HS256, HS384 and HS512 by a shared
 * key (external account binding). Flattened serialization. Keys stay inside.
 */
#include "base/json.h"
#include "crypto/key.h"

/* "ES256", "ES384", "RS256"; NULL: no account key can be of this kind. */
const char *jws_algorithm(const struct key *k);

/* The public key (RFC 7517), members in the order of RFC 7638; NULL where
 * jws_algorithm() is. */
const struct json *jws_jwk(struct arena *a, const struct key *k);

/* RFC 7638, by SHA-256, base64url; NULL where jws_algorithm() is. */
const char *jws_thumbprint(struct arena *a, const struct key *k);

/* `header` becomes the protected header after "alg". The result is the
 * flattened JSON object; NULL payload: the empty one of POST-as-GET. */
MUST_CHECK bool jws_sign(struct arena *a, const struct key *k,
                         const struct json *header, const struct json *payload,
                         struct json **out, struct err *err);

struct jws_secret {
    const char *algorithm; /* "HS256", "HS384", "HS512" */
    const uint8_t *bytes;
    size_t len;
};

MUST_CHECK bool jws_mac(struct arena *a, const struct jws_secret *secret,
                        const struct json *header, const struct json *payload,
                        struct json **out, struct err *err);

/* base64url of the SHA-256 of a text. */
const char *jws_digest(struct arena *a, const char *text);

#endif
