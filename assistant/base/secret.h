#ifndef CERTMEND_BASE_SECRET_H
#define CERTMEND_BASE_SECRET_H
/*
 * secret - files that hold a key or a passphrase
 *
 * They are read into room of the caller's own and nowhere else, so that
 * secret_wipe() leaves no copy. Errors name the path and nothing of what is
 * in it.
 */
#include "base/err.h"

#include <stddef.h>

enum { SECRET_MAX = 64 * 1024 };

struct secret {
    size_t len;
    char text[SECRET_MAX + 1]; /* a NUL follows the last byte */
};

/* An ordinary file, or a link to one; a pipe is refused and never waited
 * for. More than SECRET_MAX bytes are an error. */
MUST_CHECK bool secret_read(const char *path, struct secret *out,
                            struct err *err);

/* The same, and a pipe is read to its end: "<(pass show mail)". */
MUST_CHECK bool secret_read_any(const char *path, struct secret *out,
                                struct err *err);

void secret_wipe(void *bytes, size_t len);

/* Others than its owner, and root, may read it. A group does not count. */
bool secret_is_open(const char *path);

#endif
