#ifndef CERTMEND_FACTS_STALE_H
#define CERTMEND_FACTS_STALE_H
/*
 * stale - a program that still shows the certificate from before
 *
 * Most servers read the certificate when they start and never again. The proof
 * is another port of the same machine that already shows its successor, or, by
 * --expect, the one that should be served. Another address is another machine:
 * there the certificate has yet to arrive, and no reload brings it. Pure.
 */
#include "model/survey.h"

/* Where the certificate that belongs on `c` is in order already: another port
 * of its host and address, also one that was looked at only to prove a fix.
 * NULL: nowhere, or `c` shows it too. */
const struct cell *stale_successor(const struct survey *s,
                                   const struct cell *c);

/* The successor of the first of these cells that has one; NULL: none has. */
const struct cell *stale_successor_of(const struct survey *s,
                                      const size_t *cells, size_t len);

/* `c` still has to get it, wherever that is shown. */
bool stale_is_behind(const struct survey *s, const struct cell *c);

#endif
