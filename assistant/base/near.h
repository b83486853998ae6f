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

/* The search for the likeliest of many words. */
struct near_search {
    const char *typed;
    const char *best; /* NULL: none is alike */
    size_t mistakes;  /* of `best` */
};

/* "beginning" stands for `meant`; a word of up to five letters may have one
 * mistake, a longer one two. The first among equals stays. */
void near_try(struct near_search *n, const char *beginning, const char *meant);

#endif
