#ifndef CERTMEND_ACT_RENEWAL_STATE_H
#define CERTMEND_ACT_RENEWAL_STATE_H
/*
 * renewal_state - what is known of a certificate's renewal, from run to run
 *
 * renewal.json beside the certificate: a new one begins anew.
 */
#include "act/renewal.h"
#include "act/store.h"

/* What is not there, or cannot be read, is asked again. */
struct renewal renewal_read(const struct store *s, const char *name);

/* Of one that waits in this folder, before it goes live: what is to be run with
 * it, and the look at its ports. Who is killed behind that has it done by the
 * next run. */
MUST_CHECK bool renewal_note_left(const struct store *s, const char *folder,
                                  bool to_run, struct err *err);

MUST_CHECK bool renewal_write(const struct store *s, const char *name,
                              const struct renewal *r, struct err *err);

#endif
