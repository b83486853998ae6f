#include "crypto/key_policy.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/rsa.h>

static enum key_policy judge_rsa(const EVP_PKEY *key)
{
    int bits = EVP_PKEY_get_bits(key);
    BIGNUM *got = NULL;

    if (bits < 2048)
        return CA_KEY_SMALL;
    if (bits != 2048 && bits != 3072 && bits != 4096)
        return CA_KEY_SIZE;
    if (!EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &got))
        return CA_KEY_TYPE;
    OWN(BIGNUM) *exponent = got;
    return BN_is_word(exponent, RSA_F4) ? CA_KEY_GOOD : CA_KEY_EXPONENT;
}

static enum key_policy judge_ec(const EVP_PKEY *key)
{
    char curve[64] = "";
    int is_explicit = 0;

    EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS,
                           &is_explicit);
    if (is_explicit)
        return CA_KEY_EXPLICIT;
    if (!EVP_PKEY_get_group_name(key, curve, sizeof curve, NULL))
        return CA_KEY_EXPLICIT;
    bool is_known = strcmp(curve, SN_X9_62_prime256v1) == 0 ||
                    strcmp(curve, SN_secp384r1) == 0;
    return is_known ? CA_KEY_GOOD : CA_KEY_CURVE;
}

enum key_policy key_policy_judge(const EVP_PKEY *key)
{
    enum key_policy answer = CA_KEY_TYPE;

    if (EVP_PKEY_is_a(key, "RSA"))
        answer = judge_rsa(key);
    else if (EVP_PKEY_is_a(key, "EC"))
        answer = judge_ec(key);
    ERR_clear_error();
    return answer;
}

const char *key_policy_text(struct arena *a, const EVP_PKEY *key)
{
    const char *type = EVP_PKEY_get0_type_name(key);
    char curve[64] = "";

    if (EVP_PKEY_is_a(key, "EC") &&
        EVP_PKEY_get_group_name(key, curve, sizeof curve, NULL))
        return arena_printf(a, "EC, %s", curve);
    return arena_printf(a, "%s, %d bits", type ? type : "unknown",
                        EVP_PKEY_get_bits(key));
}
