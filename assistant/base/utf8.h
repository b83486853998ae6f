#ifndef CERTMEND_BASE_UTF8_H
#define CERTMEND_BASE_UTF8_H
/*
 * utf8 - UTF-8 as RFC 3629 section 4 allows it
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Length of the character at `bytes`, and its code point; 0 when `left` bytes
 * do not begin with a whole, shortest-form character. */
size_t utf8_read(const void *bytes, size_t left, uint32_t *point);

/* Length of the valid part: `len` when all of it is. */
size_t utf8_valid(const char *text, size_t len);

/* No control character, nothing invisible, nothing that turns the direction of
 * writing. */
bool utf8_is_harmless(uint32_t point);

/* Columns that a terminal gives the text: two for a wide character, none for a
 * mark that joins the one before it; a byte that is no UTF-8 counts as one. */
int utf8_columns(const char *text, size_t len);

/* Bytes of the beginning that take no more than so many columns, up to the
 * NUL. */
size_t utf8_fit(const char *text, int columns);

/* In place, up to the NUL: bytes that are no UTF-8 become '?', and with `all`
 * every character that is not harmless. */
void utf8_mend(char *text, bool all);

#endif
