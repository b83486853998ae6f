#ifndef CERTMEND_CRYPTO_ANCHORS_STORE_H
#define CERTMEND_CRYPTO_ANCHORS_STORE_H
/*
 * anchors_store - the inside of struct anchors, for verification.c
 */
#include "crypto/anchors.h"
#include "crypto/handles.h"

/*
 * What OpenSSL verifies against; stays the anchors' own. The system's roots
 * are looked for here, at the first question. ERR_SYSTEM: this machine has
 * none, and nothing can be said about anybody's trust.
 */
MUST_CHECK bool anchors_store(struct anchors *a, X509_STORE **out,
                              struct err *err);

/* Nothing there ended a path: is there a slower place to look? True: more
 * roots are in the store now. */
bool anchors_widen(struct anchors *a);

#endif
