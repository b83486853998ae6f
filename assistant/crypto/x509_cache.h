#ifndef CERTMEND_CRYPTO_X509_CACHE_H
#define CERTMEND_CRYPTO_X509_CACHE_H
/*
 * x509_cache - certificates that were parsed a moment ago
 *
 * Finding a decoder for the key makes parsing cost 0.4 ms in OpenSSL 3, and
 * one look meets the same certificate five times: when it is read, when it is
 * judged, as an anchor. The last few are kept; same bytes, same object. For
 * crypto/'s own .c files only. Nothing here can be seen from outside.
 */
#include "crypto/handles.h"

/* All of `der`, to the last byte; NULL: it is no certificate. The caller owns
 * a reference. The object is shared: it must not be changed. */
X509 *x509_cache_get(const uint8_t *der, size_t len);

/* Issuer and subject are one, and the signature verifies with its own key. */
bool x509_cache_signs_itself(X509 *x);

#endif
