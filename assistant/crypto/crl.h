#ifndef CERTMEND_CRYPTO_CRL_H
#define CERTMEND_CRYPTO_CRL_H
/*
 * crl - is a certificate on its authority's list (RFC 5280 5 and 6.3)
 *
 * Reads the lists that the survey holds. A list counts only if the authority
 * signed it, it is of today and it speaks of this certificate: a shard that
 * was made for others tells nothing.
 */
#include "model/survey.h"

/* Fills in `revocation` of every certificate on a cell's path but the last;
 * nothing where the target does not ask for it. */
void crl_fill(struct survey *s);

#endif
