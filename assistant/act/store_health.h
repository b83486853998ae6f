#ifndef CERTMEND_ACT_STORE_HEALTH_H
#define CERTMEND_ACT_STORE_HEALTH_H
/*
 * store_health - can what is in the store be renewed at all?
 *
 * A store that cannot be read looks like an empty one, a certificate whose
 * files are gone like none. Here the difference is told. Changes nothing.
 */
#include "act/store.h"

enum store_kind {
    STORE_NONE,  /* there is no such folder */
    STORE_EMPTY, /* without a certificate */
    STORE_FILLED,
};

/* Fails on a folder that may not be read, or that is none of certmend's. */
MUST_CHECK bool store_health(const struct store *s, enum store_kind *out,
                             struct err *err);

/* NULL: live/NAME leads to files that can be read and belong together; else a
 * sentence, what is wrong and what mends it. */
const char *store_ailment(const struct store *s, const char *name);

#endif
