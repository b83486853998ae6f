#ifndef CERTMEND_CRYPTO_CSR_H
#define CERTMEND_CRYPTO_CSR_H
/*
 * csr - certificate requests (PKCS #10, RFC 2986)
 *
 * The SAN extension is built from GENERAL_NAME objects, never from a string,
 * so no name can smuggle in another. No CN unless asked for; no other subject
 * attribute, key usage, EKU or challenge password (RFC 8555 7.4, BR 7.1.2.7).
 */
#include "crypto/key.h"

struct csr_request {
    const char *const *names; /* normal form, "*." allowed, or addresses */
    size_t names_len;         /* at least 1 */
    const char *cn;           /* one of names, at most 64 bytes; or NULL */
};

MUST_CHECK bool csr_make(struct arena *a, const struct key *k,
                         const struct csr_request *order, const uint8_t **der,
                         size_t *der_len, struct err *err);
const char *csr_pem(struct arena *a, const uint8_t *der, size_t len);

#endif
