#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "crypto/key.h"
#include "crypto/pkey.h"

static void test_kinds(void **state)
{
    static const struct {
        enum key_kind kind;
        const char *type;
        int bits;
    } rows[] = {
        { KEY_KIND_EC256, "EC", 256 },
        { KEY_KIND_EC384, "EC", 384 },
        { KEY_KIND_RSA2048, "RSA", 2048 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct key *k = NULL;
        struct err err;
        assert_true(key_new(rows[i].kind, &k, &err));
        const EVP_PKEY *pkey = key_pkey(k);
        if (!EVP_PKEY_is_a(pkey, rows[i].type) ||
            EVP_PKEY_get_bits(pkey) != rows[i].bits)
            fail_msg("%s is another key",
                     table_text(key_kind_words, (int)rows[i].kind));
        key_free(k);
    }
    assert_int_equal(table_code(key_kind_words, "rsa4096"), KEY_KIND_RSA4096);
    assert_int_equal(table_code(key_kind_words, "dsa"), KEY_KIND_COUNT);
}

static void test_round_trip(void **state)
{
    static const struct {
        const char *what, *written, *read; /* passphrases */
        const char *error;                 /* part of it; NULL: it works */
    } rows[] = {
        { "in clear", NULL, NULL, NULL },
        { "a passphrase too many", NULL, "secret", NULL },
        { "locked", "secret", "secret", NULL },
        { "locked, none given", "secret", NULL, "is locked with a passphrase" },
        { "locked, a wrong one", "secret", "Secret", "does not open" },
    };
    struct key *k = NULL;
    struct err err;

    (void)state;
    assert_true(key_new(KEY_KIND_EC256, &k, &err));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *pem = NULL;
        size_t len = 0;
        struct key *again = NULL;
        assert_true(key_pem(k, rows[i].written, arena, &pem, &len, &err));
        assert_non_null(strstr(pem, rows[i].written ? "BEGIN ENCRYPTED PRIVATE"
                                                    : "BEGIN PRIVATE KEY"));
        bool read = key_read(pem, len, "x.key", rows[i].read, &again, &err);
        if (read != !rows[i].error)
            fail_msg("%s: read is %d", rows[i].what, read);
        if (!read &&
            (!strstr(err.text, rows[i].error) || !strstr(err.text, "x.key")))
            fail_msg("%s: %s", rows[i].what, err.text);
        if (read)
            assert_int_equal(EVP_PKEY_eq(key_pkey(k), key_pkey(again)), 1);
        key_free(again);
        key_wipe(pem, len);
        assert_int_equal(pem[0], 0);
        assert_int_equal(pem[len - 1], 0);
    }
    key_free(k);
}

static void test_bad_passphrases(void **state)
{
    char *long_one = arena_alloc(arena, 2000, 1), *pem = NULL;
    struct key *k = NULL;
    struct err err;
    size_t len = 0;

    (void)state;
    memset(long_one, 'x', 1999);
    assert_true(key_new(KEY_KIND_EC256, &k, &err));
    assert_false(key_pem(k, "", arena, &pem, &len, &err));
    assert_false(key_pem(k, long_one, arena, &pem, &len, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_null(pem);
    key_free(k);
}

static const char *bytes_of(BIO *out, size_t *len)
{
    char *text = NULL;

    *len = (size_t)BIO_get_mem_data(out, &text);
    const char *copy = arena_text_n(arena, text, *len);
    BIO_free(out);
    return copy;
}

/* The forms that files on disk really have. */
static void test_forms(void **state)
{
    EVP_PKEY *rsa = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
    BIO *outs[4];
    struct err err;

    (void)state;
    for (size_t i = 0; i < 4; i++)
        outs[i] = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey_traditional(outs[0], rsa, NULL, NULL, 0, NULL,
                                         NULL);
    i2d_PrivateKey_bio(outs[1], rsa);
    i2d_PKCS8PrivateKey_bio(outs[2], rsa, NULL, NULL, 0, NULL, NULL);
    i2d_PKCS8PrivateKey_bio(outs[3], rsa, EVP_aes_256_cbc(), "pw", 2, NULL,
                            NULL);
    for (size_t i = 0; i < 4; i++) {
        size_t len = 0;
        struct key *k = NULL;
        const char *text = bytes_of(outs[i], &len);
        if (!key_read(text, len, "form", "pw", &k, &err))
            fail_msg("form %zu: %s", i, err.text);
        assert_int_equal(EVP_PKEY_eq(rsa, key_pkey(k)), 1);
        key_free(k);
    }
    EVP_PKEY_free(rsa);
}

static void test_no_key(void **state)
{
    static const char *const texts[] = {
        "",
        "words",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        "\x30\x80",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct key *k = NULL;
        struct err err;
        if (key_read(texts[i], strlen(texts[i]), "x.key", NULL, &k, &err))
            fail_msg("row %zu is a key", i);
        assert_int_equal(err.kind, ERR_INPUT);
        assert_non_null(strstr(err.text, "x.key: no private key"));
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_kinds), TEST(test_round_trip), TEST(test_bad_passphrases),
        TEST(test_forms), TEST(test_no_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
