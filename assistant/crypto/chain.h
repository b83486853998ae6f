#ifndef CERTMEND_CRYPTO_CHAIN_H
#define CERTMEND_CRYPTO_CHAIN_H
/*
 * chain - one leaf, a pool of helpers and the trusted roots: what is wrong
 *
 * OpenSSL builds and checks the path; its callback writes down every fault and
 * never stops. Dates help to choose between paths (of two roots of one name
 * the one that is valid) and are no faults here: checks judge them.
 */
#include "crypto/handles.h"
#include "model/survey.h"

struct chain_question {
    X509 *leaf;
    x509_stack *pool; /* as sent, and what was fetched */
    int64_t at;       /* Unix seconds */
    bool strict;      /* to the letter of RFC 5280 */
};

struct chain_answer {
    struct trust_fault *faults; /* nearest the leaf first; each once */
    size_t faults_len;
    x509_owned *path; /* leaf first; for the asker to release */
};

MUST_CHECK bool chain_check(struct arena *a, X509_STORE *store,
                            const struct chain_question *q,
                            struct chain_answer *out, struct err *err);

#endif
