#ifndef CERTMEND_BASE_EMBED_H
#define CERTMEND_BASE_EMBED_H
/*
 * embed - the files of rules/ and templates/ that were built into the program
 *
 * make writes the table from the folders; the program runs without any
 * installed file.
 */
#include <stddef.h>

struct embedded {
    const char *path; /* "rules/fixes/use-hostname.json" */
    const char *text; /* a NUL follows */
    size_t len;       /* bytes, without the NUL */
};

/* Sorted by path; a row with a NULL path ends it. */
extern const struct embedded embedded_files[];

const struct embedded *embed_find(const char *path); /* NULL: no such file */

#endif
