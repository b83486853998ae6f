#ifndef CERTMEND_CRYPTO_STAPLE_H
#define CERTMEND_CRYPTO_STAPLE_H
/*
 * staple - what an OCSP response that came in a handshake is worth
 *
 * For verification.c alone: it borrows all it is told. Where the issuer is not
 * known, neither its key in the response nor the signature is looked at.
 */
#include "crypto/handles.h"
#include "model/survey.h"

struct staple_question {
    const uint8_t *der; /* NULL: none came */
    size_t len;         /* bytes */
    X509 *leaf;
    X509 *issuer; /* NULL: not known */
    int64_t at;   /* Unix seconds */
};

enum staple_state staple_judge(const struct staple_question *q);

#endif
