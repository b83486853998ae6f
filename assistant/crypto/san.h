#ifndef CERTMEND_CRYPTO_SAN_H
#define CERTMEND_CRYPTO_SAN_H
/*
 * san - a subjectAltName built from objects
 *
 * Never from a string: a comma in a name must not become a second name.
 */
#include "crypto/handles.h"

/* An address becomes an iPAddress, all else a dNSName as it stands. NULL: out
 * of memory. */
GENERAL_NAMES *san_new(const char *const *names, size_t len);

#endif
