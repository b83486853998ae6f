#include "crypto/jws.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/hmac.h>
#include <string.h>

#include "base/base64url.h"
#include "crypto/pkey.h"

OWN_DEFINE(EVP_MD_CTX, EVP_MD_CTX_free);
OWN_DEFINE(ECDSA_SIG, ECDSA_SIG_free);

enum { TEXT_MAX = 1024 * 1024 };

/* Bits and hash of what RFC 7518 3.1 lets us sign with. */
struct algorithm {
    const char *name;
    const char *type;  /* OpenSSL's */
    const char *curve; /* of the JWK; NULL: RSA */
    int bits;          /* RSA: at least */
    size_t coordinate; /* bytes of x, y, R and S; RSA: 0 */
    const char *hash;
};

static const struct algorithm algorithms[] = {
    { "ES256", "EC", "P-256", 256, 32, "SHA256" },
    { "ES384", "EC", "P-384", 384, 48, "SHA384" },
    { "RS256", "RSA", NULL, 2048, 0, "SHA256" },
};

static const struct {
    const char *name;
    const char *hash;
} macs[] = {
    { "HS256", "SHA256" },
    { "HS384", "SHA384" },
    { "HS512", "SHA512" },
};

static const struct algorithm *algorithm_of(const EVP_PKEY *key)
{
    int bits = EVP_PKEY_get_bits(key);

    for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++) {
        const struct algorithm *row = &algorithms[i];
        bool fits = row->curve ? bits == row->bits : bits >= row->bits;
        if (fits && EVP_PKEY_is_a(key, row->type))
            return row;
    }
    return NULL;
}

const char *jws_algorithm(const struct key *k)
{
    const struct algorithm *row = algorithm_of(key_pkey(k));

    return row ? row->name : NULL;
}

/* A number of the key, left-padded to `width` bytes (RFC 7518 6.2.1.2); 0:
 * as short as it is (6.3.1.1). */
static void put_number(struct arena *a, struct json *jwk, const char *member,
                       const EVP_PKEY *key, const char *param, size_t width)
{
    OWN(BIGNUM) *n = NULL;

    if (!EVP_PKEY_get_bn_param(key, param, &n))
        return;
    size_t len = width ? width : (size_t)BN_num_bytes(n);
    uint8_t *bytes = arena_alloc(a, len, 1);
    BN_bn2binpad(n, bytes, (int)len);
    json_put_text(a, jwk, member, base64url_text(a, bytes, len));
}

const struct json *jws_jwk(struct arena *a, const struct key *k)
{
    const EVP_PKEY *key = key_pkey(k);
    const struct algorithm *row = algorithm_of(key);
    struct json *jwk = json_object(a);

    if (!row)
        return NULL;
    if (!row->curve) {
        put_number(a, jwk, "e", key, OSSL_PKEY_PARAM_RSA_E, 0);
        json_put_text(a, jwk, "kty", "RSA");
        put_number(a, jwk, "n", key, OSSL_PKEY_PARAM_RSA_N, 0);
        return jwk;
    }
    json_put_text(a, jwk, "crv", row->curve);
    json_put_text(a, jwk, "kty", "EC");
    put_number(a, jwk, "x", key, OSSL_PKEY_PARAM_EC_PUB_X, row->coordinate);
    put_number(a, jwk, "y", key, OSSL_PKEY_PARAM_EC_PUB_Y, row->coordinate);
    return jwk;
}

/* One line, no blanks, no newline. */
static struct buf compact(struct arena *a, const struct json *j)
{
    struct buf text;

    buf_init(&text, a, TEXT_MAX);
    if (!j)
        return text;
    json_print(j, false, &text);
    text.len = strcspn(text.text, "\n");
    text.text[text.len] = '\0';
    return text;
}

const char *jws_digest(struct arena *a, const char *text)
{
    uint8_t sum[EVP_MAX_MD_SIZE];
    unsigned len = 0;

    EVP_Digest(text, strlen(text), sum, &len, EVP_sha256(), NULL);
    return base64url_text(a, sum, len);
}

const char *jws_thumbprint(struct arena *a, const struct key *k)
{
    const struct json *jwk = jws_jwk(a, k);

    return jwk ? jws_digest(a, compact(a, jwk).text) : NULL;
}

/* The half-made JWS: what is signed, and the object it becomes. */
struct draft {
    struct json *object;
    struct buf input; /* RFC 7515 5.1: what is signed */
};

static void begin(struct arena *a, struct draft *d, const char *algorithm,
                  const struct json *header, const struct json *payload)
{
    struct json *full = json_object(a);

    json_put_text(a, full, "alg", algorithm);
    JSON_EACH (member, header)
        json_put(a, full, member->key, member);
    struct buf head = compact(a, full);
    struct buf body = compact(a, payload);
    const char *head_text = base64url_text(a, head.text, head.len);
    const char *body_text = base64url_text(a, body.text, body.len);
    buf_init(&d->input, a, TEXT_MAX);
    buf_printf(&d->input, "%s.%s", head_text, body_text);
    d->object = json_object(a);
    json_put_text(a, d->object, "protected", head_text);
    json_put_text(a, d->object, "payload", body_text);
}

/* OpenSSL's DER to R and S side by side (RFC 7518 3.4). */
static bool put_ec_signature(struct arena *a, struct json *jws,
                             const uint8_t *der, size_t len, size_t coordinate)
{
    const unsigned char *at = der;
    OWN(ECDSA_SIG) *sig = d2i_ECDSA_SIG(NULL, &at, (long)len);
    uint8_t *raw = arena_alloc(a, 2, coordinate);
    int width = (int)coordinate;

    if (!sig || BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, width) < 0 ||
        BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + coordinate, width) < 0)
        return false;
    json_put_text(a, jws, "signature", base64url_text(a, raw, 2 * coordinate));
    return true;
}

static bool put_signature(struct arena *a, EVP_PKEY *key,
                          const struct algorithm *row, struct draft *d)
{
    OWN(EVP_MD_CTX) *ctx = EVP_MD_CTX_new();
    const uint8_t *input = (const uint8_t *)d->input.text;
    size_t len = (size_t)EVP_PKEY_get_size(key);
    uint8_t *sig = arena_alloc(a, len, 1);

    if (!ctx ||
        EVP_DigestSignInit_ex(ctx, NULL, row->hash, NULL, NULL, key, NULL) !=
            1 ||
        EVP_DigestSign(ctx, sig, &len, input, d->input.len) != 1)
        return false;
    if (row->curve)
        return put_ec_signature(a, d->object, sig, len, row->coordinate);
    json_put_text(a, d->object, "signature", base64url_text(a, sig, len));
    return true;
}

bool jws_sign(struct arena *a, const struct key *k, const struct json *header,
              const struct json *payload, struct json **out, struct err *err)
{
    EVP_PKEY *key = key_pkey(k);
    const struct algorithm *row = algorithm_of(key);
    struct draft d;

    if (!row)
        return err_set(err, ERR_INPUT,
                       "account key: its kind is none that a CA takes: use EC "
                       "P-256 or P-384, or RSA with at least 2048 bits");
    begin(a, &d, row->name, header, payload);
    if (!put_signature(a, key, row, &d))
        return err_set(err, ERR_SYSTEM, "signing with the account key: %s",
                       ssl_why());
    *out = d.object;
    return true;
}

static const char *hash_of_mac(const char *algorithm)
{
    for (size_t i = 0; i < sizeof macs / sizeof *macs; i++)
        if (strcmp(macs[i].name, algorithm) == 0)
            return macs[i].hash;
    return NULL;
}

bool jws_mac(struct arena *a, const struct jws_secret *secret,
             const struct json *header, const struct json *payload,
             struct json **out, struct err *err)
{
    const char *hash = hash_of_mac(secret->algorithm);
    uint8_t sum[EVP_MAX_MD_SIZE];
    size_t len = 0;
    struct draft d;

    if (!hash)
        return err_set(err, ERR_INPUT,
                       "external account: \"%s\" is none of HS256, HS384, "
                       "HS512",
                       secret->algorithm);
    if (!secret->len)
        return err_set(err, ERR_INPUT, "external account: the key is empty");
    begin(a, &d, secret->algorithm, header, payload);
    if (!EVP_Q_mac(NULL, "HMAC", NULL, hash, NULL, secret->bytes, secret->len,
                   (const uint8_t *)d.input.text, d.input.len, sum, sizeof sum,
                   &len))
        return err_set(err, ERR_SYSTEM, "external account: %s", ssl_why());
    json_put_text(a, d.object, "signature", base64url_text(a, sum, len));
    *out = d.object;
    return true;
}
