#ifndef CERTMEND_BASE_BUF_H
#define CERTMEND_BASE_BUF_H
/*
 * buf - growing text with a ceiling
 *
 * Born with the most it may ever hold; what would go over is dropped and
 * `full` says so, so a hostile peer costs at most `max` bytes. The text is
 * always NUL-terminated. Memory comes from the arena given at birth and dies
 * with it.
 */
#include "base/arena.h"

struct buf {
    struct arena *arena;
    char *text;  /* never NULL; NUL-terminated */
    size_t len;  /* bytes, without the NUL */
    size_t max;  /* bytes, without the NUL */
    size_t room; /* bytes allocated */
    bool full;   /* something did not fit */
};

void buf_init(struct buf *b, struct arena *a, size_t max);
void buf_bytes(struct buf *b, const void *bytes, size_t len);
void buf_text(struct buf *b, const char *text);
void buf_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Drops the first `len` bytes: they have been dealt with. */
void buf_eat(struct buf *b, size_t len);

#endif
