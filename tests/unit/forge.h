#ifndef CERTMEND_TESTS_FORGE_H
#define CERTMEND_TESTS_FORGE_H
/*
 * forge - certificates of any kind for the tests of crypto/
 *
 * Extensions are written as OpenSSL's configuration has them, or as
 * "DER:hex". Include after cmocka.h.
 */
#include "model/survey.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>

enum { FORGE_FROM = 1700000000, FORGE_TO = 1900000000 };

struct forged {
    X509 *x;
    EVP_PKEY *key;
};

struct forge_ext {
    int nid;
    const char *value; /* NULL ends a list */
};

struct forge_order {
    const char *cn;
    const struct forged *issuer; /* NULL: it signs itself */
    const struct forge_ext *ext;
    EVP_PKEY *key; /* NULL: a new one; taken */
};

static const struct forge_ext forge_ca[] = {
    { NID_basic_constraints, "critical,CA:TRUE" },
    { NID_key_usage, "critical,keyCertSign,cRLSign" },
    { NID_subject_key_identifier, "hash" },
    { 0, NULL },
};

static const struct forge_ext forge_leaf[] = {
    { NID_subject_alt_name, "DNS:mail.example.com,DNS:*.example.org" },
    { NID_ext_key_usage, "serverAuth" },
    { NID_subject_key_identifier, "hash" },
    { 0, NULL },
};

static inline void forge_add(X509 *x, X509 *issuer, const struct forge_ext *e)
{
    X509V3_CTX ctx;

    X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
    for (; e && e->value; e++) {
        X509_EXTENSION *made =
            X509V3_EXT_conf_nid(NULL, &ctx, e->nid, e->value);
        assert_non_null(made);
        assert_true(X509_add_ext(x, made, -1));
        X509_EXTENSION_free(made);
    }
}

static inline struct forged forge(const struct forge_order *o)
{
    static long serial = 1;
    struct forged f = { X509_new(), o->key ? o->key : EVP_EC_gen("P-256") };
    X509_NAME *subject = X509_get_subject_name(f.x);
    X509 *issuer = o->issuer ? o->issuer->x : f.x;

    X509_set_version(f.x, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(f.x), serial++);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                               (const unsigned char *)o->cn, -1, -1, 0);
    X509_set_issuer_name(f.x, X509_get_subject_name(issuer));
    ASN1_TIME_set(X509_getm_notBefore(f.x), FORGE_FROM);
    ASN1_TIME_set(X509_getm_notAfter(f.x), FORGE_TO);
    X509_set_pubkey(f.x, f.key);
    forge_add(f.x, issuer, o->ext);
    assert_true(X509_sign(
        f.x, o->issuer ? o->issuer->key : f.key,
        EVP_PKEY_is_a(f.key, "ED25519") && !o->issuer ? NULL : EVP_sha256()));
    return f;
}

static inline void forge_free(struct forged *f)
{
    X509_free(f->x);
    EVP_PKEY_free(f->key);
}

static inline const uint8_t *forge_der(struct arena *a, const struct forged *f,
                                       size_t *len)
{
    unsigned char *der = NULL;
    int n = i2d_X509(f->x, &der);

    assert_true(n > 0);
    const uint8_t *copy = arena_copy(a, der, (size_t)n);
    OPENSSL_free(der);
    *len = (size_t)n;
    return copy;
}

#endif
