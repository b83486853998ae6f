#ifndef CERTMEND_CRYPTO_HOSTNAME_CHECK_H
#define CERTMEND_CRYPTO_HOSTNAME_CHECK_H
/*
 * hostname_check - does this certificate carry this name
 *
 * OpenSSL's answer, asked only about names in normal form: it takes ".x.org"
 * and "*.x.org" for names too, and knows neither U-labels nor a trailing dot.
 */
#include "crypto/handles.h"

bool hostname_check(X509 *leaf, const char *name);

#endif
