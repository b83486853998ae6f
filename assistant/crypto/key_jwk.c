#include "crypto/key_jwk.h"

#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <string.h>

#include "base/secret.h"
#include "base/secret_json.h"
#include "crypto/pkey.h"

enum {
    PART_MAX = 1024, /* bytes: RSA of 8,192 bits */
    PARTS_MAX = 8,
};

OWN_DEFINE(OSSL_PARAM_BLD, OSSL_PARAM_BLD_free);
OWN_DEFINE(OSSL_PARAM, OSSL_PARAM_free);

static const struct part_row {
    const char *member;
    const char *param; /* of OpenSSL; NULL: half of a point */
} rsa_rows[] = {
    { "n", OSSL_PKEY_PARAM_RSA_N },
    { "e", OSSL_PKEY_PARAM_RSA_E },
    { "d", OSSL_PKEY_PARAM_RSA_D },
    { "p", OSSL_PKEY_PARAM_RSA_FACTOR1 },
    { "q", OSSL_PKEY_PARAM_RSA_FACTOR2 },
    { "dp", OSSL_PKEY_PARAM_RSA_EXPONENT1 },
    { "dq", OSSL_PKEY_PARAM_RSA_EXPONENT2 },
    { "qi", OSSL_PKEY_PARAM_RSA_COEFFICIENT1 },
    { NULL, NULL },
}, ec_rows[] = {
    { "d", OSSL_PKEY_PARAM_PRIV_KEY },
    { "x", NULL },
    { "y", NULL },
    { NULL, NULL },
};

enum { EC_D, EC_X, EC_Y };

static const struct {
    const char *crv, *group;
    size_t bytes; /* of a coordinate */
} curves[] = {
    { "P-256", "P-256", 32 },
    { "P-384", "P-384", 48 },
    { "P-521", "P-521", 66 },
};

struct part {
    size_t len; /* 0: not there */
    uint8_t bytes[PART_MAX];
};

struct jwk {
    const struct part_row *rows; /* NULL: of another kind */
    size_t curve;                /* of curves[]; EC */
    bool is_known_curve, is_bad;
    struct part parts[PARTS_MAX];
};

bool key_jwk_looks_so(const char *text, size_t len)
{
    size_t at = 0;

    while (at < len && text[at] && strchr(" \t\r\n", text[at]))
        at++;
    return at < len && text[at] == '{';
}

static int letter_value(char c)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const char *at = c ? strchr(letters, c) : NULL;

    return at ? (int)(at - letters) : -1;
}

/* base64url (RFC 7515 2), into room that is wiped. */
static bool decode(const struct secret_text *from, struct part *out)
{
    unsigned bits = 0, held = 0;
    size_t len = from->len;

    while (len && from->text[len - 1] == '=')
        len--;
    out->len = 0;
    for (size_t i = 0; i < len; i++) {
        int value = letter_value(from->text[i]);
        if (value < 0)
            return false;
        bits = bits << 6 | (unsigned)value;
        held += 6;
        if (held < 8)
            continue;
        held -= 8;
        if (out->len == PART_MAX)
            return false;
        out->bytes[out->len++] = (uint8_t)(bits >> held);
        bits &= (1U << held) - 1;
    }
    return out->len && held < 6 && !bits;
}

static void see_kind(void *arg, const struct secret_text *keys, size_t depth,
                     const struct secret_text *value)
{
    struct jwk *jwk = arg;

    if (depth != 1)
        return;
    if (secret_text_is(&keys[0], "kty"))
        jwk->rows = secret_text_is(value, "RSA")  ? rsa_rows
                    : secret_text_is(value, "EC") ? ec_rows
                                                  : NULL;
    for (size_t i = 0; i < sizeof curves / sizeof *curves; i++)
        if (secret_text_is(&keys[0], "crv") &&
            secret_text_is(value, curves[i].crv)) {
            jwk->curve = i;
            jwk->is_known_curve = true;
        }
}

static void see_part(void *arg, const struct secret_text *keys, size_t depth,
                     const struct secret_text *value)
{
    struct jwk *jwk = arg;

    for (size_t i = 0; depth == 1 && jwk->rows[i].member; i++)
        if (secret_text_is(&keys[0], jwk->rows[i].member))
            jwk->is_bad = jwk->is_bad || jwk->parts[i].len ||
                          !decode(value, &jwk->parts[i]);
}

static bool push_point(const struct jwk *jwk, OSSL_PARAM_BLD *to,
                       uint8_t *point)
{
    size_t bytes = curves[jwk->curve].bytes;
    const struct part *x = &jwk->parts[EC_X], *y = &jwk->parts[EC_Y];

    if (!jwk->is_known_curve || x->len != bytes || y->len != bytes)
        return false;
    point[0] = 4; /* SEC 1 2.3.3: not compressed */
    memcpy(point + 1, x->bytes, bytes);
    memcpy(point + 1 + bytes, y->bytes, bytes);
    return OSSL_PARAM_BLD_push_utf8_string(to, OSSL_PKEY_PARAM_GROUP_NAME,
                                           curves[jwk->curve].group, 0) &&
           OSSL_PARAM_BLD_push_octet_string(to, OSSL_PKEY_PARAM_PUB_KEY, point,
                                            1 + 2 * bytes);
}

/* The numbers live until the key is made: the builder keeps only pointers. */
static bool push_parts(const struct jwk *jwk, OSSL_PARAM_BLD *to,
                       BIGNUM **numbers)
{
    for (size_t i = 0; jwk->rows[i].member; i++) {
        const struct part *part = &jwk->parts[i];
        if (!jwk->rows[i].param || !part->len)
            continue;
        numbers[i] = BN_secure_new();
        if (!numbers[i] ||
            !BN_bin2bn(part->bytes, (int)part->len, numbers[i]) ||
            !OSSL_PARAM_BLD_push_BN(to, jwk->rows[i].param, numbers[i]))
            return false;
    }
    return true;
}

static EVP_PKEY *from_params(const char *kind, OSSL_PARAM *params)
{
    OWN(EVP_PKEY_CTX) *maker = EVP_PKEY_CTX_new_from_name(NULL, kind, NULL);
    OWN(EVP_PKEY) *made = NULL;

    if (!maker || EVP_PKEY_fromdata_init(maker) != 1 ||
        EVP_PKEY_fromdata(maker, &made, EVP_PKEY_KEYPAIR, params) != 1)
        return NULL;
    /* Two halves of different keys would sign what nobody can check. */
    OWN(EVP_PKEY_CTX) *checker = EVP_PKEY_CTX_new(made, NULL);
    if (!checker || EVP_PKEY_pairwise_check(checker) != 1)
        return NULL;
    EVP_PKEY *pkey = made;
    made = NULL;
    return pkey;
}

static EVP_PKEY *build(const struct jwk *jwk)
{
    bool is_ec = jwk->rows == ec_rows;
    BIGNUM *numbers[PARTS_MAX] = { NULL };
    uint8_t point[1 + 2 * 66];
    EVP_PKEY *made = NULL;
    OWN(OSSL_PARAM_BLD) *to = OSSL_PARAM_BLD_new();

    if (to && push_parts(jwk, to, numbers) &&
        (!is_ec || push_point(jwk, to, point))) {
        OWN(OSSL_PARAM) *params = OSSL_PARAM_BLD_to_param(to);
        made = params ? from_params(is_ec ? "EC" : "RSA", params) : NULL;
    }
    for (size_t i = 0; i < PARTS_MAX; i++)
        BN_clear_free(numbers[i]);
    ERR_clear_error();
    return made;
}

/* n, e and d; or d, x and y. */
static bool is_whole(const struct jwk *jwk)
{
    return jwk->parts[0].len && jwk->parts[1].len && jwk->parts[2].len;
}

bool key_jwk_read(const char *text, size_t len, const char *name,
                  struct key **out, struct err *err)
{
    struct jwk jwk = { .rows = NULL };
    EVP_PKEY *pkey = NULL;

    if (secret_json_each(text, len, see_kind, &jwk) && jwk.rows &&
        secret_json_each(text, len, see_part, &jwk) && !jwk.is_bad &&
        is_whole(&jwk))
        pkey = build(&jwk);
    secret_wipe(&jwk, sizeof jwk);
    if (pkey)
        return key_wrap(pkey, out, err);
    return err_set(err, ERR_INPUT,
                   "%s: no private key in it: a JWK of kind RSA or EC with "
                   "both of its halves was wanted",
                   name);
}
