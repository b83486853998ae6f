#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "crypto/csr.h"
#include "crypto/pkey.h"

static struct arena *arena;
static struct key *key;

static int set_up(void **state)
{
    struct err err;

    (void)state;
    arena = arena_new();
    return key_new(KEY_KIND_EC256, &key, &err) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    key_free(key);
    arena_free(arena);
    return 0;
}

static X509_REQ *make(const struct key *k, const struct csr_request *order)
{
    const uint8_t *der = NULL;
    size_t len = 0;
    struct err err;

    if (!csr_make(arena, k, order, &der, &len, &err))
        fail_msg("%s", err.text);
    const unsigned char *at = der;
    X509_REQ *req = d2i_X509_REQ(NULL, &at, (long)len);
    assert_non_null(req);
    assert_ptr_equal(at, der + len);
    return req;
}

/* The SAN as OpenSSL prints it: "DNS:a, IP Address:b". */
static const char *san_text(X509_REQ *req)
{
    STACK_OF(X509_EXTENSION) *wanted = X509_REQ_get_extensions(req);
    BIO *out = BIO_new(BIO_s_mem());
    char *text = NULL;

    assert_int_equal(sk_X509_EXTENSION_num(wanted), 1);
    X509V3_EXT_print(out, sk_X509_EXTENSION_value(wanted, 0), 0, 0);
    long len = BIO_get_mem_data(out, &text);
    const char *copy = arena_text_n(arena, text, (size_t)len);
    sk_X509_EXTENSION_pop_free(wanted, X509_EXTENSION_free);
    BIO_free(out);
    return copy;
}

static void test_names(void **state)
{
    static const struct {
        const char *names[4], *cn, *san;
    } rows[] = {
        { { "mail.example.com" }, NULL, "DNS:mail.example.com" },
        { { "*.example.com", "example.com" },
          NULL,
          "DNS:*.example.com, DNS:example.com" },
        { { "192.0.2.1", "2001:db8::1" },
          NULL,
          "IP Address:192.0.2.1, IP Address:2001:DB8:0:0:0:0:0:1" },
        { { "xn--bcher-kva.example", "a.example.com" },
          "a.example.com",
          "DNS:xn--bcher-kva.example, DNS:a.example.com" },
        { { "a.example.com", "a.example.com", "b.example.com" },
          NULL,
          "DNS:a.example.com, DNS:b.example.com" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct csr_request order = { .names = rows[i].names, .cn = rows[i].cn };
        while (order.names_len < 4 && rows[i].names[order.names_len])
            order.names_len++;
        X509_REQ *req = make(key, &order);
        assert_string_equal(san_text(req), rows[i].san);
        assert_int_equal(X509_REQ_get_version(req), X509_REQ_VERSION_1);
        assert_int_equal(X509_NAME_entry_count(X509_REQ_get_subject_name(req)),
                         rows[i].cn ? 1 : 0);
        /* The extension request, and no challenge password. */
        assert_int_equal(X509_REQ_get_attr_count(req), 1);
        assert_int_equal(X509_REQ_verify(req, X509_REQ_get0_pubkey(req)), 1);
        X509_REQ_free(req);
    }
}

static void test_signatures(void **state)
{
    static const struct {
        enum key_kind kind;
        int nid;
    } rows[] = {
        { KEY_KIND_EC256, NID_ecdsa_with_SHA256 },
        { KEY_KIND_EC384, NID_ecdsa_with_SHA384 },
        { KEY_KIND_RSA2048, NID_sha256WithRSAEncryption },
        { KEY_KIND_RSA3072, NID_sha256WithRSAEncryption },
    };
    static const char *const names[] = { "mail.example.com" };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct key *k = NULL;
        struct err err;
        assert_true(key_new(rows[i].kind, &k, &err));
        X509_REQ *req =
            make(k, &(struct csr_request){ .names = names, .names_len = 1 });
        assert_int_equal(X509_REQ_get_signature_nid(req), rows[i].nid);
        assert_int_equal(EVP_PKEY_eq(X509_REQ_get0_pubkey(req), key_pkey(k)),
                         1);
        X509_REQ_free(req);
        key_free(k);
    }
}

#define X63 "x123456789x123456789x123456789x123456789x123456789x123456789x12"

static void test_refused(void **state)
{
    static const struct {
        const char *what, *names[2], *cn, *error;
    } rows[] = {
        { "no name", { NULL }, NULL, "no name was given" },
        { "a comma", { "a.example,DNS:b.example" }, NULL, "neither a host" },
        { "a newline", { "a.example\nb" }, NULL, "neither a host" },
        { "upper case", { "A.example" }, NULL, "neither a host" },
        { "a trailing dot", { "a.example." }, NULL, "neither a host" },
        { "a wildcard inside", { "a.*.example" }, NULL, "neither a host" },
        { "an address with mask", { "192.0.2.0/24" }, NULL, "neither a host" },
        { "a mail address", { "me@example.com" }, NULL, "neither a host" },
        { "CN that is no name", { "a.example" }, "b.example", "none of the" },
        { "CN that is an address", { "192.0.2.1" }, "192.0.2.1", "address" },
        { "CN of 67", { X63 ".de" }, X63 ".de", "leave the CN out" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const uint8_t *der = NULL;
        size_t len = 0;
        struct err err;
        struct csr_request order = { .names = rows[i].names,
                                     .names_len = rows[i].names[0] ? 1 : 0,
                                     .cn = rows[i].cn };
        if (csr_make(arena, key, &order, &der, &len, &err))
            fail_msg("%s: a request was made", rows[i].what);
        if (err.kind != ERR_INPUT || !strstr(err.text, rows[i].error))
            fail_msg("%s: \"%s\", wanted \"%s\"", rows[i].what, err.text,
                     rows[i].error);
    }
}

static void test_keys_that_no_ca_takes(void **state)
{
    static const char *const names[] = { "mail.example.com" };
    EVP_PKEY *keys[] = {
        EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024),
        EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"),
        EVP_EC_gen("secp256k1"),
        EVP_EC_gen("P-521"),
    };

    (void)state;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        BIO *out = BIO_new(BIO_s_mem());
        char *text = NULL;
        struct key *k = NULL;
        struct err err;
        const uint8_t *der = NULL;
        PEM_write_bio_PrivateKey(out, keys[i], NULL, NULL, 0, NULL, NULL);
        size_t len = (size_t)BIO_get_mem_data(out, &text);
        assert_true(key_read(text, len, "k", NULL, &k, &err));
        if (csr_make(arena, k,
                     &(struct csr_request){ .names = names, .names_len = 1 },
                     &der, &len, &err))
            fail_msg("row %zu was taken", i);
        assert_non_null(strstr(err.text, "do not take this key"));
        key_free(k);
        BIO_free(out);
        EVP_PKEY_free(keys[i]);
    }
}

static void test_pem(void **state)
{
    static const char *const names[] = { "mail.example.com" };
    const uint8_t *der = NULL;
    size_t len = 0;
    struct err err;

    (void)state;
    assert_true(csr_make(
        arena, key, &(struct csr_request){ .names = names, .names_len = 1 },
        &der, &len, &err));
    const char *pem = csr_pem(arena, der, len);
    assert_ptr_equal(strstr(pem, "-----BEGIN CERTIFICATE REQUEST-----\n"), pem);
    BIO *in = BIO_new_mem_buf(pem, -1);
    X509_REQ *req = PEM_read_bio_X509_REQ(in, NULL, NULL, NULL);
    assert_non_null(req);
    X509_REQ_free(req);
    BIO_free(in);
}

#define TEST(f) cmocka_unit_test(f)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_names),   TEST(test_signatures),
        TEST(test_refused), TEST(test_keys_that_no_ca_takes),
        TEST(test_pem),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
