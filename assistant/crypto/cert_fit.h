#ifndef CERTMEND_CRYPTO_CERT_FIT_H
#define CERTMEND_CRYPTO_CERT_FIT_H
/*
 * cert_fit - do this key, these names and this chain belong together
 *
 * What a CA sends, what a store holds and what another tool left behind are
 * asked the same. Pure. Trust and dates are not judged here: a test CA is as
 * good.
 */
#include "crypto/key.h"
#include "crypto/x509_read.h"

/* Does the certificate (DER) hold the public half of this key? */
bool cert_fit_key(const struct key *k, const uint8_t *der, size_t len);

/* Does it hold the key of the request? Both in DER. */
bool cert_fit_request(const uint8_t *cert, size_t cert_len, const uint8_t *csr,
                      size_t csr_len);

/*
 * A chain as it should come from a CA: the leaf has exactly these names, and
 * each certificate is signed by the one behind it (RFC 8555 7.4.2). What is
 * wrong with it, half a sentence; NULL: nothing.
 */
const char *cert_fit_chain(struct arena *a, const struct cert_list *chain,
                           const char *const *names, size_t names_len);

#endif
