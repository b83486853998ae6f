#ifndef CERTMEND_BASE_SHELL_WORD_H
#define CERTMEND_BASE_SHELL_WORD_H
/*
 * shell_word - a text as one word of a command line that a person may paste
 *
 * What needs no quoting stays as it is. A word may still be taken for an
 * option; shell_word_path() is one that cannot.
 */
#include "base/buf.h"

void shell_word(struct buf *b, const char *text);

/* "-key" is "./-key". */
const char *shell_word_path(struct arena *a, const char *path);

#endif
