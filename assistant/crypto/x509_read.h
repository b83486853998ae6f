#ifndef CERTMEND_CRYPTO_X509_READ_H
#define CERTMEND_CRYPTO_X509_READ_H
/*
 * x509_read - DER to struct cert
 *
 * A certificate that cannot be read is the peer's fault and therefore data:
 * held->malformed is set and only its bytes and digest are kept. Extensions
 * are decoded here, not lazily: one that does not decode, or appears twice
 * (RFC 5280 4.2), makes it malformed.
 */
#include "model/survey.h"

/* Copies `der`. Always fills *held. */
void x509_read(struct arena *a, const uint8_t *der, size_t len,
               enum cert_origin origin, struct held_cert *held);

struct cert_list {
    struct held_cert *items;
    size_t len;
};

/*
 * Every certificate of a file's text, PEM (other PEM blocks are passed over)
 * or one DER; in file order. ERR_INPUT when there is none; `name` is told.
 */
MUST_CHECK bool x509_read_file(struct arena *a, const char *text, size_t len,
                               const char *name, struct cert_list *out,
                               struct err *err);

/* A certificate as a PEM block (RFC 7468 5). */
const char *x509_cert_pem(struct arena *a, const uint8_t *der, size_t len);

/* The same of a chain, written anew, from number `first` on: nothing that stood
 * around the certificates comes along. */
const char *x509_chain_pem(struct arena *a, const struct cert_list *chain,
                           size_t first);

#endif
