#ifndef CERTMEND_CRYPTO_CHAIN_SUBSET_H
#define CERTMEND_CRYPTO_CHAIN_SUBSET_H
/*
 * chain_subset - which of the certificates sent should be left out
 *
 * Where two certificates of one authority are sent and the first leads nowhere,
 * many programs do not try the second. Subsets of what was sent are tried, the
 * largest first, in two ways: as OpenSSL builds a path, and as a program does
 * that takes the first issuer in the order sent (GnuTLS). Both have to reach an
 * anchor by authorities within their dates.
 */
#include "crypto/handles.h"
#include "model/survey.h"

/* Of longer chains no subsets are tried: there would be too many. */
enum { CHAIN_SUBSET_MAX = 10 };

struct chain_subset {
    const size_t *places; /* of `sent`, to be left out; in the arena */
    size_t len;           /* 0: nothing is wrong, or nothing would help */
    X509 *anchor;         /* that the others lead to, the asker's; or NULL */
};

/* sent[0] is the leaf, none is NULL. */
MUST_CHECK bool chain_subset_find(struct arena *a, X509_STORE *store,
                                  const x509_stack *sent, int64_t at,
                                  struct chain_subset *out, struct err *err);

#endif
