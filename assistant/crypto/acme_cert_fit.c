#include "crypto/acme_cert_fit.h"

#include "crypto/handles.h"

static X509 *read_cert(const uint8_t *der, size_t len)
{
    const unsigned char *at = der;

    return d2i_X509(NULL, &at, (long)len);
}

bool acme_cert_fits(const uint8_t *cert, size_t cert_len, const uint8_t *csr,
                    size_t csr_len)
{
    const unsigned char *at = csr;
    OWN(X509) *x = read_cert(cert, cert_len);
    OWN(X509_REQ) *req = d2i_X509_REQ(NULL, &at, (long)csr_len);
    EVP_PKEY *given = x ? X509_get0_pubkey(x) : NULL;
    EVP_PKEY *asked = req ? X509_REQ_get0_pubkey(req) : NULL;
    bool fits = given && asked && EVP_PKEY_eq(given, asked) == 1;

    ERR_clear_error();
    return fits;
}

bool acme_cert_signed_by(const uint8_t *cert, size_t cert_len,
                         const uint8_t *issuer, size_t issuer_len)
{
    OWN(X509) *x = read_cert(cert, cert_len);
    OWN(X509) *above = read_cert(issuer, issuer_len);
    EVP_PKEY *key = above ? X509_get0_pubkey(above) : NULL;
    bool is = x && key &&
              X509_NAME_cmp(X509_get_issuer_name(x),
                            X509_get_subject_name(above)) == 0 &&
              X509_verify(x, key) == 1;

    ERR_clear_error();
    return is;
}
