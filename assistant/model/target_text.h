#ifndef CERTMEND_MODEL_TARGET_TEXT_H
#define CERTMEND_MODEL_TARGET_TEXT_H
/*
 * target_text - what people paste around a target, for target.c alone
 */
#include "base/arena.h"

#include <stddef.h>

/* What was taken off. Bits. */
enum target_text_off {
    TARGET_TEXT_BLANKS = 1,
    TARGET_TEXT_MARKS = 2, /* quotes, brackets, commas */
};

/* `text` without blanks, quotes, <> and punctuation around it. */
const char *target_text_unwrap(struct arena *a, const char *text,
                               unsigned *off);

/* Printable; a password typed before "@" is masked. */
const char *target_text_printable(struct arena *a, const char *text);

/* The beginning of printable text, as much as a message has room for. */
const char *target_text_short(struct arena *a, const char *text);

/* Bytes of the "user@host:port" that `text` begins with (RFC 3986 3.2). */
size_t target_text_authority(const char *text);

/* The last "@" in `len` bytes, or NULL. */
const char *target_text_at(const char *text, size_t len);

#endif
