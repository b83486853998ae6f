#ifndef CERTMEND_CMD_LOOK_AGAIN_H
#define CERTMEND_CMD_LOOK_AGAIN_H
/*
 * look_again - the options that lead a second look the same way
 *
 * Where to go and whom to trust, as the user gave it, fit for a shell: the
 * survey knows the target and the resolver, not these.
 */
#include "cmd/look_options.h"

/* " --ca-file ca.pem --connect-to ..."; "" where none was given. */
const char *look_again(struct arena *a, const struct look_options *o);

#endif
