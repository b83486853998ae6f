#include "crypto/key_match.h"

#include <string.h>

#include "base/base64.h"
#include "base/buf.h"
#include "crypto/handles.h"
#include "crypto/pkey.h"
#include "crypto/x509_cache.h"

enum { PEM_COLUMNS = 64, CERT_PEM_MAX = 1024 * 1024 };

bool key_match(const struct key *k, const uint8_t *der, size_t len)
{
    OWN(X509) *x = x509_cache_get(der, len);
    EVP_PKEY *half = x ? X509_get0_pubkey(x) : NULL;
    bool fits = half && EVP_PKEY_eq(half, key_pkey(k)) == 1;

    ERR_clear_error();
    return fits;
}

static const char *digest_hex(struct arena *a, const EVP_MD *how,
                              const uint8_t *bytes, size_t len)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned digest_len = 0;

    if (EVP_Digest(bytes, len, digest, &digest_len, how, NULL))
        return hex_text(a, digest, digest_len);
    ERR_clear_error();
    return NULL;
}

struct cert pair_key_cert(struct arena *a, const struct key *k)
{
    OWN(ssl_bytes) *spki = NULL;
    int len = i2d_PUBKEY(key_pkey(k), &spki);
    struct cert c = { .subject = "" };

    if (len <= 0) {
        ERR_clear_error();
        return c;
    }
    c.spki_len = (size_t)len;
    c.spki = arena_copy(a, spki, c.spki_len);
    c.spki_sha256_hex = digest_hex(a, EVP_sha256(), spki, c.spki_len);
    c.spki_sha512_hex = digest_hex(a, EVP_sha512(), spki, c.spki_len);
    return c;
}

const char *key_match_hex(struct arena *a, const struct key *k)
{
    const char *hex = pair_key_cert(a, k).spki_sha256_hex;

    return hex ? hex : "";
}

const char *key_match_cert_pem(struct arena *a, const uint8_t *der, size_t len)
{
    const char *text = base64_text(a, der, len);
    struct buf out;

    buf_init(&out, a, CERT_PEM_MAX);
    buf_text(&out, "-----BEGIN CERTIFICATE-----\n");
    for (; *text; text += strnlen(text, PEM_COLUMNS))
        buf_printf(&out, "%.*s\n", (int)PEM_COLUMNS, text);
    buf_text(&out, "-----END CERTIFICATE-----\n");
    return out.text;
}
