#ifndef CERTMEND_CRYPTO_X509_EXT_H
#define CERTMEND_CRYPTO_X509_EXT_H
/*
 * x509_ext - a certificate's extensions into struct cert
 *
 * Part of x509_read. Every extension we know is decoded, whether or not its
 * content is kept: OpenSSL decodes late and forgives much.
 *
 * To add one: a reader and its row in readers[].
 */
#include "crypto/handles.h"
#include "model/cert.h"

/* False: one does not decode, or appears twice (RFC 5280 4.2). */
bool x509_ext_read(struct arena *a, const X509 *x, struct cert *out);

#endif
