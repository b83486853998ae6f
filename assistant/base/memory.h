#ifndef CERTMEND_BASE_MEMORY_H
#define CERTMEND_BASE_MEMORY_H
/*
 * memory - what is asked for is there, or the program ends
 *
 * With status 2 and a sentence, at once. For arenas, and for the libraries
 * that let their memory come from elsewhere: what they make of a refusal (a
 * member that is missing, a signature that is "wrong") would be told as a fact
 * about a server. The sizes they ask for are bounded by what they were given.
 */
#include <stddef.h>

/* As the functions of <stdlib.h> and <string.h>, but never NULL where memory
 * was wanted; no bytes are no memory. */
void *memory_get(size_t size);
void *memory_get_zeroed(size_t count, size_t size);
void *memory_resize(void *p, size_t size);
char *memory_text(const char *text);
void memory_release(void *p);

/* Who has found out by other means. */
_Noreturn void memory_is_out(void);

#endif
