#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/ecdsa.h>
#include <openssl/evp.h>

#include "base/base64url.h"
#include "crypto/jws.h"
#include "crypto/pkey.h"

/* The key of RFC 7517 A.2, whose thumbprint RFC 7638 3.1 tells. */
static const char rfc7638_key[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDS/HtqCh5sZxBK\n"
    "64+Isldmm032ed2tCZtcSmzZqIAVtaEzvwuFbHhxtt8AC1VPzrPC7VErto8UXG6E\n"
    "NHUvq1Khz8EkQI95tYpFeMFkKIVXifeiSeOEyy2fri1n/Zb7kmwZjgdzmf3IFcCv\n"
    "CX3eWq3v9E3nDoJ/SHhDJDm/7rlgaNBHT8UNbZC/OpjfrxBAyJwC1pKrOzwolmCd\n"
    "hv1zt3TOB0BkfO7qoxC9EvmFqOufWf3UJs6lshIPTyo0vKt2S35sVNaEAji8xAWH\n"
    "pZ5m7R8ziUV3Y1xHCvdc+Swg0dpD4b/EGeIipvDQuzWMXjj5ywUK6v6QSBTxrBqk\n"
    "nMqeoMqDAgMBAAECggEAX4cTteJY/gn4FYPsXB8rdXix5vwsg1FLN5E3EaG6RJoV\n"
    "H+HLLKD9M7dx5oo7GURknchnrRweUkC7hT5fJLM0WbFAKNLWY2vv7B6NqXSzUvxT\n"
    "0/YSfqijwp3RTzlBaCxWp4doFk5N2o8Gy/nHNKroADIkJ46pRUohsXywbReAdYaM\n"
    "wFs9tv8d/cPVY3i07a3t8MN6TNwm0dSawm9v47UiCl3Sk5ZiG7xojPLu4sbg1U2j\n"
    "x4IBTNBznbJSzFHK66jT8bgkuqsk0GjskDJk19Z4qwjwbsnn4j2WBii3RL+Us2lG\n"
    "VkY8fkFzme1z0HbIkfz0Y6mqnOYtqc0X4jfcKoAC8QKBgQDzeL7si8wZegxcKyS/\n"
    "vdMqvzrfsWI7tnbvO/yiPqltZRDIs9AFDG09WfAPbRH7rR5MOYPa6Ocy3k+ioyub\n"
    "xF+Y2FVYO2OMyYIyM6lJeJwUePtc65UhhDKpVaVYSHp03foZVliT3c3wFz29jjXH\n"
    "LwH1HPM4ZVDNe80S+fs7SdVt+wKBgQDd185H1y5ir7RL6aQUvOAi2AwR8XMHareF\n"
    "Z6Ey4bSgK6qdve+hsvK6aqNVlA7V0it3CBOcJ2ljMFw59bmvfvQAVeOJZ+380YSK\n"
    "i+ieLOEqmj1VVLvxPMWDGQh2t5xF7Oxn7WRh3+zWoNvG2QMSB8AhMAb0tScAO6fi\n"
    "8hxvrJ6XGQKBgBuLD15HOmGvcvKCVvfyC4+MbqabtJc4vx+1U5EvMY+UnV93KBNK\n"
    "IpmMMSItnpkwLntFDmuXaYBRsgSeHPLUNlReNNl0boCg0z/GpGIRaObQAO+0HvzZ\n"
    "rbmGXNwt5tyNuBthr0ebEg8VMgDds6vC35/RFJrOq2Nzm/GHoipE4gY9AoGBALPZ\n"
    "QB/X4IAbKBUfDmnNkfxNoMNvNq09pBjgIbyJZRExNXn6wOoblFLzHwXDKZ/Janlu\n"
    "r8852GOUkkBe6THQv2oCN5xvCG6dQVG9CVIq2kTalHy4XEG/3fRheA4e3u+Fm0bK\n"
    "G0aJ7o02DdcQmj+kzutY71q1/i9fLcV8OPeEP3IJAoGAGyM/p6JrXySiz1toFgKb\n"
    "WV+JdI3jQ4ypu9rbMWx3rQJBfmt0FoYzgUIZEVFEcOqwemRN81zoDAaa+Bk0KWNG\n"
    "DjJHZDdDmFhW3AN7lI+puxk/mHZGJ11rxyR8O55XLSe3SPmRfKwZI6yU24ZxvQKF\n"
    "YItdldUKGzO6Ia6zTKhAVRU=\n"
    "-----END PRIVATE KEY-----\n";

/* The key of RFC 7515 A.3. */
static const char rfc7515_key[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjpsQnnGQmL+YBIff\n"
    "H1136cspYG6+0iY7X1fCE9+E9LKhRANCAAR/zc4ncPbEXUGDy+5v20t7WAczNXvp\n"
    "7xO6z248e9FURcfxRM0bvZt+hyzf7bnuufSzaV1uqQskrYpGIyiFiOWt\n"
    "-----END PRIVATE KEY-----\n";

static struct key *read_key(const char *pem)
{
    struct key *k = NULL;
    struct err err;

    if (!key_read(pem, strlen(pem), "test", NULL, &k, &err))
        fail_msg("%s", err.text);
    return k;
}

static void test_thumbprints(void **state)
{
    static const struct {
        const char *what, *pem, *algorithm, *thumbprint, *jwk;
    } rows[] = {
        { "RFC 7638 3.1", rfc7638_key, "RS256",
          "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", NULL },
        { "RFC 7515 A.3", rfc7515_key, "ES256",
          "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U",
          "{\"crv\":\"P-256\",\"kty\":\"EC\","
          "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
          "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct key *k = read_key(rows[i].pem);
        const char *print = jws_thumbprint(arena, k);
        if (strcmp(jws_algorithm(k), rows[i].algorithm) != 0 ||
            strcmp(print, rows[i].thumbprint) != 0)
            fail_msg("%s: %s, not %s", rows[i].what, print, rows[i].thumbprint);
        if (rows[i].jwk && !json_equal(jws_jwk(arena, k), parse(rows[i].jwk)))
            fail_msg("%s: another JWK", rows[i].what);
        key_free(k);
    }
}

static void test_macs(void **state)
{
    static const struct {
        const char *algorithm, *header, *signature;
    } rows[] = {
        { "HS256",
          "eyJhbGciOiJIUzI1NiIsImtpZCI6ImtpZC0xIiwidXJsIjoiaHR0cHM6Ly9jYS5sYWI"
          "vbmV3In0",
          "37wHZdTN8DAQ7bq0K_i3_z450EtZZYwXcgJEFhtqhqI" },
        { "HS384",
          "eyJhbGciOiJIUzM4NCIsImtpZCI6ImtpZC0xIiwidXJsIjoiaHR0cHM6Ly9jYS5sYWI"
          "vbmV3In0",
          "9EPwB77ZdW7rWndX8E81UuMWiihwVlx4Vx17iOEEu0N3-6Z1bp4wW_hehkLAM1Vr" },
        { "HS512",
          "eyJhbGciOiJIUzUxMiIsImtpZCI6ImtpZC0xIiwidXJsIjoiaHR0cHM6Ly9jYS5sYWI"
          "vbmV3In0",
          "cjjVNmTVknT2ml5C32aIRYtkkAyCr9F-fPzhNzsSgzMH9CMX2P1wpvNGmzzmoGOd-SCm"
          "BJsuxc9omsbefRNi7w" },
    };
    const struct json *header =
        parse("{\"kid\":\"kid-1\",\"url\":\"https://ca.lab/new\"}");
    uint8_t bytes[32];

    (void)state;
    for (uint8_t i = 0; i < sizeof bytes; i++)
        bytes[i] = i;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct jws_secret secret = { rows[i].algorithm, bytes,
                                           sizeof bytes };
        struct json *jws = NULL;
        struct err err;
        if (!jws_mac(arena, &secret, header, parse("{\"a\":1}"), &jws, &err))
            fail_msg("%s: %s", rows[i].algorithm, err.text);
        assert_string_equal(json_find_text(jws, "protected"), rows[i].header);
        assert_string_equal(json_find_text(jws, "signature"),
                            rows[i].signature);
    }
}

static void test_bad_secrets(void **state)
{
    static const struct jws_secret rows[] = {
        { "HS128", (const uint8_t *)"x", 1 },
        { "HS256", (const uint8_t *)"", 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct json *jws = NULL;
        struct err err;
        assert_false(
            jws_mac(arena, &rows[i], json_object(arena), NULL, &jws, &err));
        assert_null(jws);
    }
}

/* R and S side by side, as DER: what OpenSSL verifies. */
static size_t der_of(const uint8_t *raw, size_t len, uint8_t *out)
{
    ECDSA_SIG *sig = ECDSA_SIG_new();
    int half = (int)len / 2;

    ECDSA_SIG_set0(sig, BN_bin2bn(raw, half, NULL),
                   BN_bin2bn(raw + half, half, NULL));
    int der_len = i2d_ECDSA_SIG(sig, &out);
    ECDSA_SIG_free(sig);
    return (size_t)der_len;
}

static bool verifies(const struct key *k, const struct json *jws,
                     const char *hash)
{
    const char *input =
        arena_printf(arena, "%s.%s", json_find_text(jws, "protected"),
                     json_find_text(jws, "payload"));
    EVP_PKEY *key = key_pkey(k);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    const uint8_t *sig = NULL;
    size_t len = 0;
    uint8_t der[256];

    assert_true(
        base64url_read(arena, json_find_text(jws, "signature"), &sig, &len));
    if (EVP_PKEY_is_a(key, "EC")) {
        len = der_of(sig, len, der);
        sig = der;
    }
    bool good =
        EVP_DigestVerifyInit_ex(ctx, NULL, hash, NULL, NULL, key, NULL) == 1 &&
        EVP_DigestVerify(ctx, sig, len, (const uint8_t *)input,
                         strlen(input)) == 1;
    EVP_MD_CTX_free(ctx);
    return good;
}

/* Often, so that an R or S with a leading zero comes along. */
static void test_signatures(void **state)
{
    static const struct {
        enum key_kind kind;
        const char *algorithm, *hash;
        int times;
    } rows[] = {
        { KEY_KIND_EC256, "ES256", "SHA256", 600 },
        { KEY_KIND_EC384, "ES384", "SHA384", 200 },
        { KEY_KIND_RSA2048, "RS256", "SHA256", 3 },
    };
    const struct json *header = parse("{\"nonce\":\"n\",\"url\":\"u\"}");

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct key *k = NULL;
        struct err err;
        assert_true(key_new(rows[i].kind, &k, &err));
        assert_string_equal(jws_algorithm(k), rows[i].algorithm);
        for (int n = 0; n < rows[i].times; n++) {
            struct json *jws = NULL;
            if (!jws_sign(arena, k, header, n % 2 ? json_object(arena) : NULL,
                          &jws, &err))
                fail_msg("%s: %s", rows[i].algorithm, err.text);
            if (!verifies(k, jws, rows[i].hash))
                fail_msg("%s: the signature does not hold", rows[i].algorithm);
        }
        key_free(k);
    }
}

static void test_protected_header(void **state)
{
    struct key *k = read_key(rfc7515_key);
    const uint8_t *bytes = NULL;
    struct json *jws = NULL;
    size_t len = 0;
    struct err err;

    (void)state;
    assert_true(jws_sign(arena, k, parse("{\"url\":\"u\"}"), NULL, &jws, &err));
    assert_string_equal(json_find_text(jws, "payload"), "");
    assert_true(
        base64url_read(arena, json_find_text(jws, "protected"), &bytes, &len));
    assert_int_equal(len, strlen("{\"alg\":\"ES256\",\"url\":\"u\"}"));
    assert_memory_equal(bytes, "{\"alg\":\"ES256\",\"url\":\"u\"}", len);
    key_free(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_thumbprints),
        cmocka_unit_test(test_macs),
        cmocka_unit_test(test_bad_secrets),
        cmocka_unit_test(test_signatures),
        cmocka_unit_test(test_protected_header),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
