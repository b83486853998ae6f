#ifndef CERTMEND_FACTS_ROTATION_H
#define CERTMEND_FACTS_ROTATION_H
/*
 * rotation - several machines behind one address, each with its certificate
 *
 * Each connection may meet another machine, so one look at a place (host,
 * address, port) shows one draw. Where looks disagree, and neither SNI nor the
 * key type explains it, a place is looked at a few times more; only the looks
 * that are alike in all of it are compared. What changed once and stayed so was
 * renewed between two looks. A first draw that looks well hides the others: no
 * healthy place is looked at again. Pure.
 */
#include "model/survey.h"

enum { ROTATION_LOOKS = 3 }; /* more, at a place that is suspected */

/* It disagrees with another look in a way that machines behind one address
 * would explain, and one of the two is wrong or due: worth more looks. */
bool rotation_is_suspected(const struct survey *s, const struct cell *c);

/* The certificates at the place of `c` were seen to come in turn. */
bool rotation_is_here(const struct survey *s, const struct cell *c);

/* The same place, looked at in the same way, and a certificate came. */
bool rotation_same_look(const struct survey *s, const struct cell *a,
                        const struct cell *b);

/* Of a place where they come in turn: the look whose certificate belongs on
 * all of its machines, the clean one that lasts longest. NULL: none is clean,
 * or `c` shows none of those that come in turn. */
const struct cell *rotation_best(const struct survey *s, const struct cell *c);

#endif
