#ifndef CERTMEND_ADVISE_STALE_H
#define CERTMEND_ADVISE_STALE_H
/*
 * stale - which port already shows the successor of an older certificate
 */
#include "advise/context.h"

/* A clean cell of what was asked whose certificate outlives one of the
 * finding's, or is the one expected; NULL: there is none. */
const struct cell *stale_successor(const struct context *now,
                                   const struct finding *f);

/* `c` still has to get it. `fresh` may be NULL where one is expected. */
bool stale_is_older(const struct context *now, const struct cell *c,
                    const struct cell *fresh);

#endif
