#ifndef CERTMEND_BASE_TEXT_H
#define CERTMEND_BASE_TEXT_H
/*
 * text - a text among others, a number in words
 */
#include "base/arena.h"

#include <stdint.h>

/* To the letter; the list may be NULL where it is empty. */
bool text_is_among(const char *text, const char *const *list, size_t len);

/* "five", "fifty"; in digits where words would be long: "48". */
const char *text_number(struct arena *a, int64_t number);

#endif
