#ifndef CERTMEND_ACT_STORE_RIGHTS_H
#define CERTMEND_ACT_STORE_RIGHTS_H
/*
 * store_rights - who besides its owner may read the key of a certificate
 *
 * A new version is a new folder with a new key: what let a server read the last
 * one has to be given to the next, or it fails at its reload. A group that was
 * named lasts; so do owner, group and modes that somebody gave the last version
 * by hand.
 */
#include "act/store.h"

/* A group of this machine that files can be given to from here. */
MUST_CHECK bool store_group_check(struct arena *a, const char *group,
                                  struct err *err);

/* `version`: the folder of one that is not live yet, or live/NAME. `group`
 * NULL: as the one that is live has it; what cannot be given so is told, and no
 * failure. */
MUST_CHECK bool store_rights_give(const struct store *s, const char *name,
                                  const char *version, const char *group,
                                  struct err *err);

#endif
