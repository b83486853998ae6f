#ifndef CERTMEND_CRYPTO_ACME_CERT_FIT_H
#define CERTMEND_CRYPTO_ACME_CERT_FIT_H
/*
 * acme_cert_fit - did the CA give us what we asked for
 *
 * Pure. Trust and dates are not judged here; a test CA is as good.
 */
#include "base/arena.h"

#include <stdint.h>

/* Does the certificate hold the key of the request? Both in DER. */
bool acme_cert_fits(const uint8_t *cert, size_t cert_len, const uint8_t *csr,
                    size_t csr_len);

/* Was the one certificate signed with the key of the other, and by its
 * name? */
bool acme_cert_signed_by(const uint8_t *cert, size_t cert_len,
                         const uint8_t *issuer, size_t issuer_len);

#endif
