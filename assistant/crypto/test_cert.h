#ifndef CERTMEND_CRYPTO_TEST_CERT_H
#define CERTMEND_CRYPTO_TEST_CERT_H
/*
 * test_cert - certificates that do not exist yet, to see what a fix would do
 *
 * Made in memory below a root of their own, so that the verdict on them is
 * the real one. Never written anywhere.
 */
#include "crypto/anchors.h"
#include "model/survey.h"

struct test_cert_request {
    const char *const *names; /* dNSNames and addresses */
    size_t names_len;
    int64_t not_before, not_after;  /* Unix seconds, UTC */
    const struct cert *keep_key_of; /* the SPKI is kept; NULL: a new EC key */
};

/* leaf and intermediate as a server would send them; `root` is to be trusted
 * for this one question (anchors_with()). */
struct test_cert {
    struct held_cert chain[2];
    struct held_cert root;
};

MUST_CHECK bool test_cert_make(struct arena *a,
                               const struct test_cert_request *order,
                               struct test_cert *out, struct err *err);

#endif
