#ifndef CERTMEND_MACHINE_MACHINE_FILE_H
#define CERTMEND_MACHINE_MACHINE_FILE_H
/*
 * machine_file - a file of this machine, as a process of it sees it
 *
 * Paths are resolved below the root of that process (openat2(2),
 * RESOLVE_IN_ROOT): "/" for our own, /proc/PID/root for one in a container, a
 * folder for a test. A link never leads out of it. What is read is a regular
 * file, opened without waiting (a FIFO or a device is refused before a byte is
 * asked for), and at most `max` bytes long.
 */
#include "base/arena.h"

#include <stdint.h>
#include <sys/types.h>

/* A configuration file longer than this is nobody's. */
enum { CONF_FILE_MAX = 1024 * 1024, CONF_FILES_MAX = 400, CONF_DEPTH_MAX = 16 };

struct machine_root {
    int fd;           /* of the folder; -1: none */
    const char *path; /* "/", "/proc/812/root" */
};

struct machine_file {
    const char *path;     /* as it was named, absolute in that root */
    const char *resolved; /* behind all links, absolute in that root */
    const char *text;     /* NUL-terminated; may hold NULs of its own */
    size_t len;           /* bytes */
    size_t links;         /* hard links; 1 is usual */
    uint64_t dev, inode;
    uid_t uid;
    gid_t gid;
    mode_t mode;           /* the twelve bits of permissions */
    const char *hands_off; /* NULL: may be edited; else one sentence with full
                              stop why not: immutable, a mount point of its own,
                              a read-only file system, a file or folder that
                              somebody but root and its owner may write */
};

/* A root of `path`; the folder has to be there. Closed by machine_root_close().
 */
MUST_CHECK bool machine_root_open(struct arena *a, const char *path,
                                  struct machine_root *out, struct err *err);
void machine_root_close(struct machine_root *root);

/* Errors name the path: not there, not a regular file, too long, no right. */
MUST_CHECK bool machine_file_read(struct arena *a,
                                  const struct machine_root *root,
                                  const char *path, size_t max,
                                  struct machine_file *out, struct err *err);

/* The files (no folders) that `pattern` (glob(7): * ? [ ] in the last part
 * only, or a folder's name with a slash behind) stands for, sorted by byte,
 * absolute in that root. None is no error. */
MUST_CHECK bool machine_file_glob(struct arena *a,
                                  const struct machine_root *root,
                                  const char *pattern,
                                  const char *const **paths, size_t *len,
                                  struct err *err);

#endif
