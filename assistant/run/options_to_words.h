#ifndef CERTMEND_RUN_OPTIONS_TO_WORDS_H
#define CERTMEND_RUN_OPTIONS_TO_WORDS_H
/*
 * options_to_words - the options that lead a second look the same way
 *
 * Where to go and whom to trust, as the user gave it, fit for a shell: the
 * survey knows the target and the resolver, not these. A proxy's password is
 * left out: the user types it again.
 */
#include "run/look_options.h"

/* " --ca-file ca.pem --connect-to ..."; "" where none was given. */
const char *options_to_words(struct arena *a, const struct look_options *o);

#endif
