#ifndef CERTMEND_ACT_STORE_LOOK_H
#define CERTMEND_ACT_STORE_LOOK_H
/*
 * store_look - who else may write to the store, or read its keys?
 *
 * Whoever may write to one of its folders could put a link where a key goes,
 * or a program where one is run; so every folder is looked at, and those above
 * it. Nothing in it is opened that is not a plain file.
 */
#include "base/arena.h"

/* Fails on what another user put there or may write to, and on anything but
 * folders, files and links of ours. Changes nothing. */
MUST_CHECK bool store_look(struct arena *a, const char *dir, struct err *err);

/* Takes away what runs that were cut short have left. Keys that others may read
 * are closed, and told of; so is a folder that its group may write to. For who
 * holds the lock. */
void store_tidy(struct arena *a, const char *dir);

/* A link in live/ that never got its name. */
bool store_is_leftover(struct arena *a, const char *link);

#endif
