#ifndef CERTMEND_CRYPTO_KEY_POLICY_H
#define CERTMEND_CRYPTO_KEY_POLICY_H
/*
 * key_policy - would a public CA take this key
 *
 * BR 6.1.5 and 6.1.6, narrowed to the sizes and curves that the usual CA takes
 * (rules/authorities/), which are those of every big one.
 */
#include "crypto/handles.h"

enum key_policy {
    CA_KEY_GOOD,
    CA_KEY_TYPE,     /* neither RSA nor EC */
    CA_KEY_SMALL,    /* RSA, shorter than any it takes */
    CA_KEY_SIZE,     /* RSA of another size */
    CA_KEY_EXPONENT, /* RSA with another exponent than 65537 */
    CA_KEY_CURVE,    /* another curve */
    CA_KEY_EXPLICIT, /* a curve written out instead of named */
};

enum key_policy key_policy_judge(const EVP_PKEY *key);

/* "RSA, 1024 bits"; "EC, secp256k1". */
const char *key_policy_text(struct arena *a, const EVP_PKEY *key);

#endif
