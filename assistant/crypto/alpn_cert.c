#include "crypto/alpn_cert.h"

#include <openssl/sha.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/pkey.h"
#include "crypto/san.h"

OWN_DEFINE(ASN1_OBJECT, ASN1_OBJECT_free);
OWN_DEFINE(X509_EXTENSION, X509_EXTENSION_free);

enum {
    SERIAL_BITS = 127,
    LIFE_S = 7 * DAY_S,
    SUM_BYTES = SHA256_DIGEST_LENGTH,
};

static bool add_names(X509 *x, const char *name)
{
    OWN(GENERAL_NAMES) *names = san_new(&name, 1);

    return names && X509_add1_ext_i2d(x, NID_subject_alt_name, names, 1,
                                      X509V3_ADD_DEFAULT) == 1;
}

/* RFC 8737 3: an OCTET STRING with the SHA-256 of the key authorization,
 * inside the extension's own. */
static bool add_digest(X509 *x, const char *key_authorization)
{
    uint8_t der[2 + SUM_BYTES] = { V_ASN1_OCTET_STRING, SUM_BYTES };
    OWN(ASN1_OBJECT) *id = OBJ_txt2obj("1.3.6.1.5.5.7.1.31", 1);
    OWN(ASN1_OCTET_STRING) *value = ASN1_OCTET_STRING_new();

    SHA256((const uint8_t *)key_authorization, strlen(key_authorization),
           der + 2);
    if (!id || !value || !ASN1_OCTET_STRING_set(value, der, sizeof der))
        return false;
    OWN(X509_EXTENSION) *e = X509_EXTENSION_create_by_OBJ(NULL, id, 1, value);
    return e && X509_add_ext(x, e, -1);
}

static bool fill(X509 *x, EVP_PKEY *key, int64_t now_s)
{
    OWN(BIGNUM) *serial = BN_new();
    X509_NAME *subject = X509_get_subject_name(x);

    return serial && BN_rand(serial, SERIAL_BITS, BN_RAND_TOP_ONE, 0) &&
           BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(x)) &&
           X509_set_version(x, X509_VERSION_3) &&
           X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
                                      (const unsigned char *)"ACME challenge",
                                      -1, -1, 0) &&
           X509_set_issuer_name(x, subject) &&
           ASN1_TIME_set(X509_getm_notBefore(x), (time_t)(now_s - DAY_S)) &&
           ASN1_TIME_set(X509_getm_notAfter(x), (time_t)(now_s + LIFE_S)) &&
           X509_set_pubkey(x, key);
}

bool alpn_cert_make(struct arena *a, const char *name,
                    const char *key_authorization, struct alpn_cert_pem *out,
                    struct err *err)
{
    struct key *key = NULL;
    int len = -1;

    if (!key_new(KEY_KIND_EC256, &key, err))
        return false;
    OWN(X509) *x = X509_new();
    OWN(ssl_bytes) *der = NULL;
    EVP_PKEY *pkey = key_pkey(key);
    if (x && fill(x, pkey, clock_now_s()) && add_names(x, name) &&
        add_digest(x, key_authorization) && X509_sign(x, pkey, EVP_sha256()))
        len = i2d_X509(x, &der);
    if (len < 0) {
        key_free(key);
        return err_set(err, ERR_SYSTEM, "tls-alpn-01 certificate for %s: %s",
                       name, ssl_why());
    }
    *out = (struct alpn_cert_pem){
        .der = arena_copy(a, der, (size_t)len),
        .der_len = (size_t)len,
        .key = key,
    };
    return true;
}
