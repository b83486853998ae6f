#ifndef CERTMEND_CRYPTO_ALPN_CERT_H
#define CERTMEND_CRYPTO_ALPN_CERT_H
/*
 * alpn_cert - the certificate that answers a tls-alpn-01 challenge (RFC 8737
 * section 3, RFC 8738 section 6)
 *
 * Self-signed, with exactly one SAN and the critical acmeIdentifier. To be
 * shown on port 443 to who asks for the protocol "acme-tls/1", and never to
 * anybody else. SNI of an address is name_reverse() of it.
 */
#include "crypto/key.h"

#define ACME_CERT_ALPN "acme-tls/1"

struct alpn_cert_pem {
    const uint8_t *der;
    size_t der_len;  /* bytes */
    struct key *key; /* for key_free() */
};

/* `name` is a host name in normal form or an address. */
MUST_CHECK bool alpn_cert_make(struct arena *a, const char *name,
                               const char *key_authorization,
                               struct alpn_cert_pem *out, struct err *err);

#endif
