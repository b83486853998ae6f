#ifndef CERTMEND_ACT_STORE_READY_H
#define CERTMEND_ACT_STORE_READY_H
/*
 * store_ready - may a certificate be put into the store?
 *
 * Looks and changes nothing.
 */
#include "act/store.h"

/* That of store_name(). NULL: it may; else one sentence, why not. */
const char *store_not_ready(const struct store *s, const char *name);

/* Its group may put files into it. */
bool store_is_shared(const struct store *s);

#endif
