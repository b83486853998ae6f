#ifndef CERTMEND_MACHINE_USER_READS_H
#define CERTMEND_MACHINE_USER_READS_H
/*
 * user_reads - can the user that a service runs as read this file?
 *
 * Tried by a child that becomes that user, so lists of rights and whatever else
 * the system asks count, too. That takes root: without it nothing is known, and
 * nothing claimed.
 */
#include "machine/machine_file.h"

/* NULL: it can, or this cannot be told; else what is closed to it: the first
 * folder that it may not pass, or the file. `file` was read before. */
const char *user_reads_not(struct arena *a, const struct machine_root *root,
                           const struct machine_file *file, const char *user);

#endif
