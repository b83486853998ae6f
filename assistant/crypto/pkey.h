#ifndef CERTMEND_CRYPTO_PKEY_H
#define CERTMEND_CRYPTO_PKEY_H
/*
 * pkey - the inside of struct key, for whoever signs with it
 */
#include "crypto/handles.h"
#include "crypto/key.h"

EVP_PKEY *key_pkey(const struct key *k); /* stays the key's own */

#endif
