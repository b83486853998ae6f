#ifndef CERTMEND_CRYPTO_COVERS_H
#define CERTMEND_CRYPTO_COVERS_H
/*
 * covers - does this certificate carry this name
 *
 * OpenSSL's answer, asked only about names in normal form: it takes ".x.org"
 * and "*.x.org" for names too, and knows neither U-labels nor a trailing dot.
 */
#include "crypto/handles.h"

bool covers(X509 *leaf, const char *name);

#endif
