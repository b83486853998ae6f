#ifndef CERTMEND_MACHINE_IN_ROOT_H
#define CERTMEND_MACHINE_IN_ROOT_H
/*
 * in_root - opens what lies below a root, and says who may change it
 *
 * Helper of machine/machine_file.c.
 */
#include "machine/machine_file.h"

/* `flags` of open(2). -1 and errno. A link is followed within the root alone;
 * those of /proc that lead anywhere are refused (ELOOP). */
int in_root_open(const struct machine_root *root, const char *path, int flags);

/* The same without a look at what is behind it: for fstat(2), and for
 * in_root_reopen() once it is known to be a file. */
int in_root_find(const struct machine_root *root, const char *path);

/* What an in_root_find() found, to read. -1 and errno. */
int in_root_reopen(int found);

/* Where it is, behind all links, absolute in that root; NULL: it is gone. */
const char *in_root_path(struct arena *a, const struct machine_root *root,
                         int fd);

/* Why the file (`fd`, at `resolved`) is not to be edited: one sentence with
 * full stop; NULL: it may be. */
const char *in_root_hands_off(struct arena *a, const struct machine_root *root,
                              const char *resolved, int fd);

#endif
