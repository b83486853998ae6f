#ifndef CERTMEND_BASE_BASE64_H
#define CERTMEND_BASE_BASE64_H
/*
 * base64 - bytes as text, RFC 4648 section 4
 *
 * Reading is strict: padding is wanted, nothing else than the alphabet is
 * taken, and the bits that pad have to be zero, so that there is one text for
 * the same bytes.
 */
#include "base/arena.h"

#include <stdint.h>

const char *base64_text(struct arena *a, const uint8_t *bytes, size_t len);

/* False: it is not base64; nothing is written. */
MUST_CHECK bool base64_read(struct arena *a, const char *text,
                            const uint8_t **bytes, size_t *len);

#endif
