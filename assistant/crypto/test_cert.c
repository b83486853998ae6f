#include "crypto/test_cert.h"

#include "base/clock.h"
#include "crypto/handles.h"
#include "crypto/san.h"
#include "crypto/x509_cache.h"
#include "crypto/x509_read.h"

struct extension {
    int nid;
    const char *value; /* our own words, never a name */
};

/* What is not the same in the three certificates. */
struct form {
    const char *subject;                /* CN, or NULL: an empty subject */
    const struct extension *extensions; /* a row without value ends them */
};

static const struct form root_form = {
    .subject = "certmend simulated root",
    .extensions =
        (const struct extension[]){
            { NID_basic_constraints, "critical,CA:TRUE" },
            { NID_key_usage, "critical,keyCertSign,cRLSign" },
            { NID_subject_key_identifier, "hash" },
            { NID_undef, NULL },
        },
};

static const struct form issuer_form = {
    .subject = "certmend simulated issuer",
    .extensions =
        (const struct extension[]){
            { NID_basic_constraints, "critical,CA:TRUE,pathlen:0" },
            { NID_key_usage, "critical,keyCertSign,cRLSign,digitalSignature" },
            { NID_ext_key_usage, "serverAuth" },
            { NID_subject_key_identifier, "hash" },
            { NID_authority_key_identifier, "keyid" },
            { NID_undef, NULL },
        },
};

static const struct form leaf_form = {
    .extensions =
        (const struct extension[]){
            { NID_basic_constraints, "critical,CA:FALSE" },
            { NID_key_usage, "critical,digitalSignature" },
            { NID_ext_key_usage, "serverAuth" },
            { NID_subject_key_identifier, "hash" },
            { NID_authority_key_identifier, "keyid" },
            { NID_undef, NULL },
        },
};

/* Who signs: itself where `cert` is NULL. */
struct signer {
    X509 *cert;
    EVP_PKEY *key;
};

static bool set_subject(X509 *x, const char *cn)
{
    return !cn || X509_NAME_add_entry_by_NID(
                      X509_get_subject_name(x), NID_commonName, MBSTRING_UTF8,
                      (const unsigned char *)cn, -1, -1, 0);
}

static bool set_serial(X509 *x)
{
    enum { SERIAL_BITS = 127 }; /* RFC 5280 4.1.2.2: positive, 20 bytes */
    OWN(BIGNUM) *serial = BN_new();

    return serial && BN_rand(serial, SERIAL_BITS, BN_RAND_TOP_ONE, 0) &&
           BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(x));
}

static bool add_extensions(X509 *x, X509 *issuer, const struct extension *row)
{
    X509V3_CTX ctx;

    X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
    for (; row->value; row++) {
        X509_EXTENSION *e =
            X509V3_EXT_conf_nid(NULL, &ctx, row->nid, row->value);
        bool added = e && X509_add_ext(x, e, -1);
        X509_EXTENSION_free(e);
        if (!added)
            return false;
    }
    return true;
}

/* At the end of all years a certificate ends with them. */
static bool set_time(ASN1_TIME *to, int64_t when_s)
{
    if (when_s < CLOCK_FIRST_S)
        when_s = CLOCK_FIRST_S;
    if (when_s > CLOCK_LAST_S)
        when_s = CLOCK_LAST_S;
    return ASN1_TIME_set(to, (time_t)when_s) != NULL;
}

static bool fill(X509 *x, EVP_PKEY *key, const struct form *form,
                 const struct signer *by, const struct test_cert_request *order)
{
    X509 *issuer = by->cert ? by->cert : x;

    return X509_set_version(x, X509_VERSION_3) && set_serial(x) &&
           set_subject(x, form->subject) &&
           X509_set_issuer_name(x, X509_get_subject_name(issuer)) &&
           set_time(X509_getm_notBefore(x), order->not_before) &&
           set_time(X509_getm_notAfter(x), order->not_after) &&
           X509_set_pubkey(x, key) &&
           add_extensions(x, issuer, form->extensions);
}

/* Critical, since the subject is empty (RFC 5280 4.2.1.6). */
static bool add_names(X509 *x, const struct test_cert_request *order)
{
    OWN(GENERAL_NAMES) *names = san_new(order->names, order->names_len);

    return names && X509_add1_ext_i2d(x, NID_subject_alt_name, names, 1,
                                      X509V3_ADD_DEFAULT) == 1;
}

static X509 *new_cert(EVP_PKEY *key, const struct form *form,
                      const struct signer *by,
                      const struct test_cert_request *order)
{
    OWN(X509) *x = X509_new();

    if (!x || !fill(x, key, form, by, order) ||
        (!form->subject && !add_names(x, order)) ||
        !X509_sign(x, by->key, EVP_sha256()))
        return NULL;
    X509 *made = x;
    x = NULL;
    return made;
}

static EVP_PKEY *leaf_key(const struct test_cert_request *order)
{
    const struct cert *old = order->keep_key_of;

    if (!old)
        return EVP_EC_gen("P-256");
    OWN(X509) *x = x509_cache_get(old->der, old->der_len);
    return x ? X509_get_pubkey(x) : NULL;
}

static bool hold(struct arena *a, X509 *x, struct held_cert *out)
{
    OWN(ssl_bytes) *der = NULL;
    int len = i2d_X509(x, &der);

    if (len < 0)
        return false;
    x509_read(a, der, (size_t)len, CERT_HYPOTHETICAL, out);
    return !out->malformed;
}

static bool make_all(struct arena *a, const struct test_cert_request *order,
                     struct test_cert *out)
{
    OWN(EVP_PKEY) *root_key = EVP_EC_gen("P-256");
    OWN(EVP_PKEY) *issuer_key = EVP_EC_gen("P-256");
    OWN(EVP_PKEY) *key = leaf_key(order);

    if (!root_key || !issuer_key || !key)
        return false;
    struct signer itself = { .key = root_key };
    OWN(X509) *root = new_cert(root_key, &root_form, &itself, order);
    struct signer by_root = { .cert = root, .key = root_key };
    OWN(X509) *issuer =
        root ? new_cert(issuer_key, &issuer_form, &by_root, order) : NULL;
    struct signer by_issuer = { .cert = issuer, .key = issuer_key };
    OWN(X509) *leaf =
        issuer ? new_cert(key, &leaf_form, &by_issuer, order) : NULL;
    return leaf && hold(a, leaf, &out->chain[0]) &&
           hold(a, issuer, &out->chain[1]) && hold(a, root, &out->root);
}

bool test_cert_make(struct arena *a, const struct test_cert_request *order,
                    struct test_cert *out, struct err *err)
{
    struct test_cert made = { 0 };

    if (!make_all(a, order, &made))
        return err_set(err, ERR_SYSTEM, "making a certificate to try out: %s",
                       ssl_why());
    *out = made;
    return true;
}
