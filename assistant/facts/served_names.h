#ifndef CERTMEND_FACTS_SERVED_NAMES_H
#define CERTMEND_FACTS_SERVED_NAMES_H
/*
 * served_names - the certificates that a new one would take the place of
 *
 * A certificate is replaced where it is shown, asked for, and not in order;
 * what is clean on another port stays there and keeps its names. It is the
 * person's own when one of its names is of the domain that was asked about, or
 * when an address was; a provider's certificate is somebody else's to replace.
 * Pure.
 */
#include "model/survey.h"

/* The cell would get the new certificate: asked, seen as clients do, with TLS
 * and not clean, or soon over. */
bool served_is_replaced(const struct survey *s, const struct cell *c);

/* The leaf of a replaced cell, unless one before it showed the same; or NULL.
 */
const struct cert *served_leaf(const struct survey *s, size_t cell);

bool served_is_own(const struct survey *s, const struct cert *leaf);

#endif
