#ifndef CERTMEND_CHECK_REPLACEMENT_H
#define CERTMEND_CHECK_REPLACEMENT_H
/*
 * replacement - is a new certificate what the faults call for?
 *
 * What stands in the way of one (CAA, TLSA, port 80) is asked and told only
 * then. The findings are those of the checks that ran before. Pure.
 */
#include "model/finding.h"

/* An error or warning that a new certificate mends, and no port or address
 * shows a clean one already; or one is ordered whatever there is. */
bool replacement_is_due(const struct survey *s, const struct findings *found);

/* The cell would get the new certificate: asked, seen as clients do, with TLS
 * and not clean, or soon over. */
bool replacement_changes(const struct survey *s, const struct cell *c);

/* The names a new certificate would carry; of a wildcard that pays or is
 * served already also the star. */
struct text_list replacement_names(const struct survey *s, struct arena *a);

/* The TXT, CAA and other answers about mail on port 25 matter: a policy
 * decides how bad the faults there are. */
bool replacement_policy_matters(const struct survey *s);

#endif
