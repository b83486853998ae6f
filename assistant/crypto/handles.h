#ifndef CERTMEND_CRYPTO_HANDLES_H
#define CERTMEND_CRYPTO_HANDLES_H
/*
 * handles - OpenSSL's objects as handles that close themselves
 *
 * For crypto/'s own .c files only: no header that others see may show a type
 * of OpenSSL.
 *
 * To add one: a row OWN_DEFINE(type, release).
 */
#include "base/arena.h"
#include "base/own.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdint.h>

/* What OpenSSL allocated for us. */
typedef char ssl_text;
typedef unsigned char ssl_bytes;
typedef STACK_OF(X509) x509_stack; /* of certificates that others own */
typedef STACK_OF(X509) x509_owned; /* of its own certificates; NULL is one */
typedef STACK_OF(X509_EXTENSION) x509_extensions;

OWN_DEFINE(ssl_text, OPENSSL_free);
OWN_DEFINE(ssl_bytes, OPENSSL_free);
OWN_DEFINE(x509_stack, sk_X509_free);
OWN_DEFINE(ASN1_BIT_STRING, ASN1_BIT_STRING_free);
OWN_DEFINE(ASN1_OCTET_STRING, ASN1_OCTET_STRING_free);
OWN_DEFINE(AUTHORITY_INFO_ACCESS, AUTHORITY_INFO_ACCESS_free);
OWN_DEFINE(AUTHORITY_KEYID, AUTHORITY_KEYID_free);
OWN_DEFINE(ASN1_ENUMERATED, ASN1_ENUMERATED_free);
OWN_DEFINE(BASIC_CONSTRAINTS, BASIC_CONSTRAINTS_free);
OWN_DEFINE(BIGNUM, BN_free);
OWN_DEFINE(BIO, BIO_free_all);
OWN_DEFINE(CERTIFICATEPOLICIES, CERTIFICATEPOLICIES_free);
OWN_DEFINE(CRL_DIST_POINTS, CRL_DIST_POINTS_free);
OWN_DEFINE(EVP_PKEY, EVP_PKEY_free);
OWN_DEFINE(EVP_PKEY_CTX, EVP_PKEY_CTX_free);
OWN_DEFINE(EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free);
OWN_DEFINE(GENERAL_NAME, GENERAL_NAME_free);
OWN_DEFINE(GENERAL_NAMES, GENERAL_NAMES_free);
OWN_DEFINE(ISSUING_DIST_POINT, ISSUING_DIST_POINT_free);
OWN_DEFINE(NAME_CONSTRAINTS, NAME_CONSTRAINTS_free);
OWN_DEFINE(OCSP_BASICRESP, OCSP_BASICRESP_free);
OWN_DEFINE(OCSP_CERTID, OCSP_CERTID_free);
OWN_DEFINE(OCSP_RESPONSE, OCSP_RESPONSE_free);
OWN_DEFINE(X509, X509_free);
OWN_DEFINE(X509_CRL, X509_CRL_free);
OWN_DEFINE(X509_REQ, X509_REQ_free);
OWN_DEFINE(X509_STORE, X509_STORE_free);
OWN_DEFINE(X509_STORE_CTX, X509_STORE_CTX_free);

static inline void own_TLS_FEATURE(TLS_FEATURE **p)
{
    sk_ASN1_INTEGER_pop_free(*p, ASN1_INTEGER_free);
}

static inline void own_x509_owned(x509_owned **p)
{
    sk_X509_pop_free(*p, X509_free);
}

static inline void own_x509_extensions(x509_extensions **p)
{
    sk_X509_EXTENSION_pop_free(*p, X509_EXTENSION_free);
}

/* Why the last call failed; forgets it, so that no later TLS call sees it. */
static inline const char *ssl_why(void)
{
    const char *why = ERR_reason_error_string(ERR_peek_last_error());

    ERR_clear_error();
    return why ? why : "no reason was given";
}

/* `bytes` in lower-case hexadecimal. */
static inline const char *hex_text(struct arena *a, const uint8_t *bytes,
                                   size_t len)
{
    static const char digits[] = "0123456789abcdef";
    char *text = arena_alloc(a, 2 * len + 1, 1);

    for (size_t i = 0; i < len; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    return text;
}

#endif
