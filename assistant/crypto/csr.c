#include "crypto/csr.h"

#include <string.h>

#include "base/text.h"
#include "crypto/pkey.h"
#include "crypto/san.h"
#include "model/name.h"

enum { CN_MAX = 64 }; /* RFC 5280 appendix A: ub-common-name */

static bool is_name(struct arena *a, const char *text)
{
    const char *normal = name_read_pattern(a, text);

    return name_is_ip(text) || (normal && strcmp(normal, text) == 0);
}

static bool check_cn(const struct csr_request *order, struct err *err)
{
    const char *cn = order->cn;

    if (!cn)
        return true;
    if (strlen(cn) > CN_MAX)
        return err_set(err, ERR_INPUT,
                       "certificate request: the common name %s has %zu "
                       "characters and may have 64: leave the CN out, clients "
                       "read the other names",
                       cn, strlen(cn));
    if (name_is_ip(cn))
        return err_set(err, ERR_INPUT,
                       "certificate request: the common name %s is an "
                       "address: leave the CN out",
                       cn);
    if (!text_is_among(cn, order->names, order->names_len))
        return err_set(err, ERR_INPUT,
                       "certificate request: the common name %s is none of the "
                       "names asked for: add it to them, or leave the CN out",
                       cn);
    return true;
}

static bool check_names(struct arena *a, const struct csr_request *order,
                        struct err *err)
{
    if (order->names_len == 0)
        return err_set(err, ERR_INPUT,
                       "certificate request: no name was given: name at least "
                       "one host");
    for (size_t i = 0; i < order->names_len; i++) {
        const char *name = order->names[i];
        if (!is_name(a, name))
            return err_set(err, ERR_INPUT,
                           "certificate request: \"%s\" is neither a host name "
                           "nor an address",
                           name);
    }
    return true;
}

/* A name that was given twice is asked for once. */
static GENERAL_NAMES *new_names(struct arena *a,
                                const struct csr_request *order)
{
    const char **once = arena_alloc(a, order->names_len, sizeof *once);
    size_t len = 0;

    for (size_t i = 0; i < order->names_len; i++)
        if (!text_is_among(order->names[i], once, len))
            once[len++] = order->names[i];
    return san_new(once, len);
}

static bool add_names(struct arena *a, X509_REQ *req,
                      const struct csr_request *order)
{
    OWN(GENERAL_NAMES) *names = new_names(a, order);
    OWN(x509_extensions) *wanted = sk_X509_EXTENSION_new_null();
    X509_EXTENSION *san =
        names ? X509V3_EXT_i2d(NID_subject_alt_name, 0, names) : NULL;

    if (!san || !wanted || !sk_X509_EXTENSION_push(wanted, san)) {
        X509_EXTENSION_free(san);
        return false;
    }
    return X509_REQ_add_extensions(req, wanted) == 1;
}

static bool add_cn(X509_REQ *req, const char *cn)
{
    X509_NAME *subject = X509_REQ_get_subject_name(req);

    return !cn || X509_NAME_add_entry_by_NID(
                      subject, NID_commonName, MBSTRING_UTF8,
                      (const unsigned char *)cn, (int)strlen(cn), -1, 0);
}

static bool sign(X509_REQ *req, EVP_PKEY *key)
{
    bool is_p384 = EVP_PKEY_is_a(key, "EC") && EVP_PKEY_get_bits(key) == 384;

    return X509_REQ_set_pubkey(req, key) &&
           X509_REQ_sign(req, key, is_p384 ? EVP_sha384() : EVP_sha256()) > 0;
}

bool csr_make(struct arena *a, const struct key *k,
              const struct csr_request *order, const uint8_t **der,
              size_t *der_len, struct err *err)
{
    EVP_PKEY *key = key_pkey(k);

    if (!check_names(a, order, err) || !check_cn(order, err) ||
        !key_fits_cas(k, a, err))
        return false;
    OWN(X509_REQ) *req = X509_REQ_new();
    OWN(ssl_bytes) *bytes = NULL;
    int len = -1;
    if (req && X509_REQ_set_version(req, X509_REQ_VERSION_1) &&
        add_cn(req, order->cn) && add_names(a, req, order) && sign(req, key))
        len = i2d_X509_REQ(req, &bytes);
    if (len < 0)
        return err_set(err, ERR_SYSTEM, "certificate request: %s", ssl_why());
    *der = arena_copy(a, bytes, (size_t)len);
    *der_len = (size_t)len;
    return true;
}

const char *csr_pem(struct arena *a, const uint8_t *der, size_t len)
{
    OWN(BIO) *out = BIO_new(BIO_s_mem());
    char *text = NULL;

    /* Nothing here can fail but memory. */
    PEM_write_bio(out, PEM_STRING_X509_REQ, "", der, (long)len);
    long text_len = BIO_get_mem_data(out, &text);
    return arena_text_n(a, text, (size_t)text_len);
}
