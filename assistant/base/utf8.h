#ifndef CERTMEND_BASE_UTF8_H
#define CERTMEND_BASE_UTF8_H
/*
 * utf8 - UTF-8 as RFC 3629 section 4 allows it
 */
#include <stddef.h>
#include <stdint.h>

/* Length of the character at `bytes`, and its code point; 0 when `left` bytes
 * do not begin with a whole, shortest-form character. */
size_t utf8_read(const void *bytes, size_t left, uint32_t *point);

/* Length of the valid part: `len` when all of it is. */
size_t utf8_valid(const char *text, size_t len);

#endif
