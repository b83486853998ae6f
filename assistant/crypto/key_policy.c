#include "crypto/key_policy.h"

#include <openssl/core_names.h>
#include <openssl/rsa.h>

#include "facts/knowledge.h"

static enum key_policy judge_size(int bits)
{
    const struct ca *ca = knowledge_built_in()->usual;
    bool is_small = true;

    for (size_t i = 0; i < ca->rsa_bits_len; i++) {
        if (bits == ca->rsa_bits[i])
            return CA_KEY_GOOD;
        is_small = is_small && bits < ca->rsa_bits[i];
    }
    return is_small ? CA_KEY_SMALL : CA_KEY_SIZE;
}

static bool is_known(const char *curve)
{
    const struct text_list *curves = &knowledge_built_in()->usual->curves;

    for (size_t i = 0; i < curves->len; i++)
        if (EC_curve_nist2nid(curves->text[i]) == OBJ_sn2nid(curve))
            return true;
    return false;
}

static enum key_policy judge_rsa(const EVP_PKEY *key)
{
    int bits = EVP_PKEY_get_bits(key);
    BIGNUM *got = NULL;

    enum key_policy size = judge_size(bits);
    if (size != CA_KEY_GOOD)
        return size;
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
    return is_known(curve) ? CA_KEY_GOOD : CA_KEY_CURVE;
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
