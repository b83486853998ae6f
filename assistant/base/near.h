#ifndef CERTMEND_BASE_NEAR_H
#define CERTMEND_BASE_NEAR_H
/*
 * near - what was meant by a word that was mistyped
 *
 * A letter too many, too few or another one counts one, and so do two that
 * changed places. Words of more than NEAR_MAX bytes are like nothing, so the
 * work is bounded. Bytes, not characters; capitals differ. Nothing fails.
 */
#include <stddef.h>

enum { NEAR_MAX = 64 };

/* How many mistakes lie between them; more than NEAR_MAX where one of them is
 * too long. */
size_t near_mistakes(const char *a, const char *b);

#endif
