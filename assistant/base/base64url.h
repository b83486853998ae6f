#ifndef CERTMEND_BASE_BASE64URL_H
#define CERTMEND_BASE_BASE64URL_H
/*
 * base64url - bytes as text fit for URLs, file names and JWS: RFC 4648 section
 * 5 without padding (RFC 7515 section 2)
 *
 * Reading is strict: one text for the same bytes.
 */
#include "base/arena.h"

#include <stdint.h>

const char *base64url_text(struct arena *a, const void *bytes, size_t len);

/* False: it is not base64url; nothing is written. */
MUST_CHECK bool base64url_read(struct arena *a, const char *text,
                               const uint8_t **bytes, size_t *len);

/* Nothing but letters of the alphabet, and at least one. */
bool base64url_letters(const char *text);

#endif
