#ifndef CERTMEND_TESTS_VECTORS_H
#define CERTMEND_TESTS_VECTORS_H
/*
 * vectors - other projects' test vectors, read where they lie
 *
 * The folder is named by CERTMEND_VECTORS, ../shared/vectors without it. A
 * test whose file is not there is skipped, and counted as skipped.
 */
#include <stdio.h>

#include "base/arena.h"

enum { VECTORS_FIELDS_MAX = 20 };

struct vectors_row {
    const char *field[VECTORS_FIELDS_MAX]; /* "" beyond the last one */
};

/* Skips the running cmocka test when there is no such file: open it first. */
FILE *vectors_open(const char *name);

/* The next line split at its tabs, escapes untouched; false at the end. */
bool vectors_next(struct arena *a, FILE *f, struct vectors_row *row);

/* \t \n \r \\ \xNN \u{HEX} \e; the length goes to *len, a NUL behind. */
char *vectors_unescape(struct arena *a, const char *text, size_t *len);

#endif
