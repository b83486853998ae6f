#ifndef CERTMEND_MACHINE_MANAGED_H
#define CERTMEND_MACHINE_MANAGED_H
/*
 * managed - somebody else writes these files, and would write over a change
 *
 * Told by what such programs leave on a machine, and by what they say in the
 * first lines of the files they write.
 *
 * To add one: a row in managed.c.
 */
#include "machine/server_conf.h"

/* One sentence with full stop; NULL: nobody does. */
const char *managed_by(struct arena *a, const struct server_conf *conf);

#endif
