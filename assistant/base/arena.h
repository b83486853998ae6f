#ifndef CERTMEND_BASE_ARENA_H
#define CERTMEND_BASE_ARENA_H
/*
 * arena - memory with one lifetime
 *
 * Everything learned during one run lives in one arena and dies with it, so
 * the structs in model/ never own anything and nobody writes a free function
 * for them. Running out of memory ends the program here and nowhere else.
 */
#include "base/err.h"

#include <stdarg.h>
#include <stddef.h>

struct arena;

struct arena *arena_new(void);          /* never NULL */
void arena_free(struct arena *a);       /* NULL is fine */
void arena_free_wiped(struct arena *a); /* the same; a secret was in it */

/* `count` objects of `size` bytes, zeroed, aligned for any type. */
void *arena_alloc(struct arena *a, size_t count, size_t size);

/*
 * Room for at least one more item in an array of `len`: gives back the array,
 * moved when it had to grow (at powers of two); the new tail is zeroed. It
 * takes a pointer to const, as strchr() does, because a finished list is
 * const; `items` has to come from here (or be NULL) all the same.
 *
 *     list->items = arena_grow(a, list->items, list->len, sizeof *list->items);
 *     list->items[list->len++] = item;
 */
void *arena_grow(struct arena *a, const void *items, size_t len, size_t size);

const char *arena_text(struct arena *a,
                       const char *text); /* copy; NULL: NULL */
const char *arena_text_n(struct arena *a, const char *text, size_t len);
void *arena_copy(struct arena *a, const void *bytes, size_t len);
const char *arena_printf(struct arena *a, const char *fmt, ...)
    PRINTF_LIKE(2, 3);
const char *arena_vprintf(struct arena *a, const char *fmt, va_list args)
    PRINTF_LIKE(2, 0);

/* A peer's text is shown up to here; the rest is cut and marked with "...". */
enum { ARENA_PRINTABLE_MAX = 1000 };

/*
 * Bytes from outside, made safe for a terminal, a log or JSON: valid UTF-8
 * letters stay; control characters, escapes, broken sequences and characters
 * that turn the direction of writing become '?'. The only place where a
 * peer's bytes become text.
 */
const char *arena_printable(struct arena *a, const void *bytes, size_t len);

#endif
