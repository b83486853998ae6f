#ifndef CERTMEND_CRYPTO_DIGEST_H
#define CERTMEND_CRYPTO_DIGEST_H
/*
 * digest - whether bytes are those that were meant
 */
#include "base/arena.h"

/* SHA-256, in 64 small hexadecimal digits. */
const char *digest_sha256(struct arena *a, const void *bytes, size_t len);

/* The same in base64, as browsers want it. */
const char *digest_sha256_base64(struct arena *a, const void *bytes,
                                 size_t len);

#endif
