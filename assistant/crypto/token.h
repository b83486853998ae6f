#ifndef CERTMEND_CRYPTO_TOKEN_H
#define CERTMEND_CRYPTO_TOKEN_H
/*
 * token - texts that nobody can guess, and texts that only we could have made
 *
 * 128 bits in 32 small hexadecimal digits.
 */
#include "base/arena.h"

#include <stdint.h>

enum { TOKEN_TEXT = 33, TOKEN_KEY = 32 };

/* Random bytes are there, or the machine is unfit for all we do: ERR_SYSTEM. */
MUST_CHECK bool token_make(char out[TOKEN_TEXT], struct err *err);
MUST_CHECK bool token_key(uint8_t out[TOKEN_KEY], struct err *err);

/* The first half of HMAC-SHA-256 (RFC 2104) of a text. */
void token_of(const uint8_t key[TOKEN_KEY], const char *text,
              char out[TOKEN_TEXT]);

/* In a time that tells nothing of where they differ. */
bool token_equal(const char *a, const char *b);

#endif
