#ifndef CERTMEND_BASE_FILE_H
#define CERTMEND_BASE_FILE_H
/*
 * file - whole files in, whole files out
 *
 * A file is replaced whole or not at all: text goes to a temporary file beside
 * it (O_EXCL), is flushed to disk, and takes the name in one step. Only public
 * text goes into a pipe or a device that has the name. Errors name the path and
 * what the system said.
 */
#include "base/buf.h"

enum file_mode {
    FILE_PUBLIC,     /* 0644 less the umask; replaces what is there */
    FILE_PRIVATE,    /* 0600 from the first byte; replaces what is there */
    FILE_PUBLIC_NEW, /* as above, but an existing file is an error */
    FILE_PRIVATE_NEW,
};

/* Reads at most `max` bytes ("-" is standard input); longer is an error. A
 * NUL follows the last byte and is not counted. */
MUST_CHECK bool file_read(struct arena *a, const char *path, size_t max,
                          const char **text, size_t *len, struct err *err);

/* For a file that a person named: adds to the error of file_read() which file
 * of that folder was meant, one called nearly so or the only one that ends
 * alike. Always false. */
bool file_did_you_mean(struct arena *a, const char *path, struct err *err);

MUST_CHECK bool file_write(const char *path, const void *bytes, size_t len,
                           enum file_mode mode, struct err *err);

/* Of a file that is open: to its end, or until `out` is full; all of the bytes.
 * False: errno says why not. */
MUST_CHECK bool file_read_open(int fd, struct buf *out);
MUST_CHECK bool file_write_open(int fd, const void *bytes, size_t len);

bool file_exists(const char *path);

/* Is it named as file_write() names what it has not finished? */
bool file_is_temp(const char *path);

/* The names in a folder that end in `suffix`, sorted; without "." files. */
MUST_CHECK bool file_list(struct arena *a, const char *dir, const char *suffix,
                          const char *const **names, size_t *len,
                          struct err *err);

#endif
