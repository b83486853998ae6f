#ifndef CERTMEND_CRYPTO_PKEY_H
#define CERTMEND_CRYPTO_PKEY_H
/*
 * pkey - the inside of struct key, for whoever signs with it or makes one
 */
#include "crypto/handles.h"
#include "crypto/key.h"

EVP_PKEY *key_pkey(const struct key *k); /* stays the key's own */

/* Takes `pkey`, also when it fails. */
MUST_CHECK bool key_wrap(EVP_PKEY *pkey, struct key **out, struct err *err);

#endif
