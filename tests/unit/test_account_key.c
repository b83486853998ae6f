/* Account keys in other programs' files: certbot's JWK, Traefik's acme.json,
 * PEM; and files that hold none, or lie. */
#include "fixture.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "act/account_key.h"
#include "base/base64.h"
#include "base/base64url.h"
#include "base/file.h"
#include "base/folder.h"
#include "crypto/key_jwk.h"
#include "crypto/pkey.h"

#define DIRECTORY "https://ca.example.org/dir"

static char top[] = "/tmp/certmend-account-XXXXXX";
static EVP_PKEY *rsa, *ec, *other, *other_ec;

static const char *at(const char *name)
{
    return arena_printf(arena, "%s/%s", top, name);
}

static const char *put(const char *name, const char *text)
{
    struct err err;

    assert_true(file_write(at(name), text, strlen(text), FILE_PRIVATE, &err));
    return at(name);
}

/* A number of the key as a JWK has it. */
static const char *part(EVP_PKEY *key, const char *param, int bytes)
{
    BIGNUM *number = NULL;
    uint8_t room[1024];

    assert_int_equal(1, EVP_PKEY_get_bn_param(key, param, &number));
    int len = bytes ? bytes : BN_num_bytes(number);
    assert_int_equal(len, BN_bn2binpad(number, room, len));
    BN_free(number);
    return base64url_text(arena, room, (size_t)len);
}

static const char *rsa_jwk(EVP_PKEY *key, EVP_PKEY *exponent)
{
    return arena_printf(
        arena,
        "{\"n\": \"%s\", \"e\": \"%s\", \"d\": \"%s\", \"p\": \"%s\", "
        "\"q\": \"%s\", \"dp\": \"%s\", \"dq\": \"%s\", \"qi\": \"%s\", "
        "\"kty\": \"RSA\"}",
        part(key, OSSL_PKEY_PARAM_RSA_N, 0),
        part(key, OSSL_PKEY_PARAM_RSA_E, 0),
        part(exponent, OSSL_PKEY_PARAM_RSA_D, 0),
        part(key, OSSL_PKEY_PARAM_RSA_FACTOR1, 0),
        part(key, OSSL_PKEY_PARAM_RSA_FACTOR2, 0),
        part(exponent, OSSL_PKEY_PARAM_RSA_EXPONENT1, 0),
        part(exponent, OSSL_PKEY_PARAM_RSA_EXPONENT2, 0),
        part(key, OSSL_PKEY_PARAM_RSA_COEFFICIENT1, 0));
}

static const char *ec_jwk(EVP_PKEY *key, EVP_PKEY *point, const char *curve)
{
    return arena_printf(arena,
                        "\n{\"kty\":\"EC\",\"crv\":\"%s\",\"x\":\"%s\","
                        "\"y\":\"%s\",\"d\":\"%s\",\"kid\":7}\n",
                        curve, part(point, OSSL_PKEY_PARAM_EC_PUB_X, 32),
                        part(point, OSSL_PKEY_PARAM_EC_PUB_Y, 32),
                        part(key, OSSL_PKEY_PARAM_PRIV_KEY, 32));
}

static const char *der64(EVP_PKEY *key)
{
    unsigned char *der = NULL;
    int len = i2d_PrivateKey(key, &der);
    const char *text = base64_text(arena, der, (size_t)len);

    OPENSSL_free(der);
    return text;
}

static const char *account(EVP_PKEY *key, const char *host)
{
    return arena_printf(
        arena,
        "{\"Account\":{\"Email\":\"a\\u0040b\",\"Registration\":"
        "{\"body\":{\"status\":\"valid\"},\"uri\":"
        "\"https://%s/acct/1\"},\"PrivateKey\":\"%s\","
        "\"KeyType\":\"4096\"},\"Certificates\":null}",
        host, der64(key));
}

static const char *pem(EVP_PKEY *key)
{
    BIO *out = BIO_new(BIO_s_mem());
    char *text = NULL;

    assert_int_equal(1, PEM_write_bio_PrivateKey_traditional(
                            out, key, NULL, NULL, 0, NULL, NULL));
    long len = BIO_get_mem_data(out, &text);
    const char *copy = arena_text_n(arena, text, (size_t)len);
    BIO_free(out);
    return copy;
}

/* `wanted` NULL: refused, and the reason holds `why`. */
static void check(const char *what, const char *text, EVP_PKEY *wanted,
                  const char *why)
{
    const struct key_file file = { .path = put("file", text) };
    struct key *key = NULL;
    struct err err = { ERR_NONE, "" };
    bool good = account_key_read(&file, DIRECTORY, &key, &err);

    if (good != (wanted != NULL) ||
        (good ? EVP_PKEY_eq(key_pkey(key), wanted) != 1
              : !strstr(err.text, why)))
        fail_msg("%s: %s (%s)", what, good ? "read" : "refused", err.text);
    key_free(key);
}

static void reads(void **state)
{
    (void)state;
    check("certbot's JWK", rsa_jwk(rsa, rsa), rsa, NULL);
    check("EC JWK", ec_jwk(ec, ec, "P-256"), ec, NULL);
    check("acme.sh's account.key", pem(rsa), rsa, NULL);
    check("lego's", pem(ec), ec, NULL);
    check("Traefik, one account",
          arena_printf(arena, "{\"le\":%s}",
                       account(rsa, "elsewhere.example.org")),
          rsa, NULL);
    check("Traefik 1", account(rsa, "ca.example.org"), rsa, NULL);
    check("Traefik, that of the CA",
          arena_printf(arena, "{\"a\":%s,\"b\":%s}",
                       account(rsa, "ca.example.org"),
                       account(ec, "elsewhere.example.org")),
          rsa, NULL);
    check("Traefik, the other way round",
          arena_printf(arena, "{\"a\":%s,\"b\":%s}",
                       account(ec, "elsewhere.example.org"),
                       account(rsa, "ca.example.org")),
          rsa, NULL);
}

static void refuses(void **state)
{
    (void)state;
    check("two halves of two keys, RSA", rsa_jwk(rsa, other), NULL, "JWK");
    check("two halves of two keys, EC", ec_jwk(ec, other_ec, "P-256"), NULL,
          "JWK");
    check("another curve", ec_jwk(ec, ec, "P-384"), NULL, "JWK");
    check("no curve of ours", ec_jwk(ec, ec, "secp256k1"), NULL, "JWK");
    check("public half alone",
          arena_printf(arena, "{\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"AQAB\"}",
                       part(rsa, OSSL_PKEY_PARAM_RSA_N, 0)),
          NULL, "JWK");
    check("a member twice", "{\"kty\":\"RSA\",\"n\":\"AQ\",\"n\":\"Aw\"}", NULL,
          "JWK");
    check("regr.json", "{\"body\": {}, \"uri\": \"https://ca/acct/1\"}", NULL,
          "JWK");
    check("half a document", "{\"kty\":\"RSA\",\"n\":\"A", NULL, "JWK");
    check("deep", "{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]}",
          NULL, "JWK");
    check("a backslash at the end", "{\"a\\", NULL, "JWK");
    check("nothing", "", NULL, "no private key");
    check("which of two?",
          arena_printf(arena, "{\"a\":%s,\"b\":%s}", account(ec, "x.org"),
                       account(rsa, "y.org")),
          NULL, "which account");
    check("an address that is not the account's own",
          arena_printf(arena, "{\"a\":%s,\"b\":%s}", account(ec, "x.org"),
                       "{\"Account\":{\"PrivateKey\":\"AQ==\"}}"),
          NULL, "which account");
    check("no base64", "{\"Account\":{\"PrivateKey\":\"%%\"}}", NULL, "base64");
}

/* Nobody waits for a pipe. */
static void no_pipe(void **state)
{
    (void)state;
    const struct key_file file = { .path = at("pipe") };
    struct key *key = NULL;
    struct err err;

    assert_int_equal(0, mkfifo(file.path, 0600));
    assert_false(account_key_read(&file, DIRECTORY, &key, &err));
    assert_non_null(strstr(err.text, "a pipe"));
}

static int make(void **state)
{
    (void)state;
    rsa = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
    other = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
    ec = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    other_ec = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    return rsa && other && ec && other_ec && mkdtemp(top) ? 0 : -1;
}

static int unmake(void **state)
{
    struct err err;

    (void)state;
    EVP_PKEY_free(rsa);
    EVP_PKEY_free(other);
    EVP_PKEY_free(ec);
    EVP_PKEY_free(other_ec);
    return folder_remove(top, &err) ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_pipe, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, make, unmake);
}
