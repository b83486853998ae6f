#ifndef CERTMEND_BASE_TEXT_H
#define CERTMEND_BASE_TEXT_H
/*
 * text - a text among others
 */
#include <stdbool.h>
#include <stddef.h>

/* To the letter; the list may be NULL where it is empty. */
bool text_is_among(const char *text, const char *const *list, size_t len);

#endif
