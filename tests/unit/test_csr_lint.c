#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/rsa.h>

#include "base/buf.h"
#include "crypto/csr.h"
#include "crypto/csr_lint.h"
#include "forge.h"

static struct arena *arena;
static EVP_PKEY *p256;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new();
    p256 = EVP_EC_gen("P-256");
    return p256 ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    EVP_PKEY_free(p256);
    arena_free(arena);
    return 0;
}

enum { EXT_MAX = 4 };

struct wanted {
    const char *subject; /* "CN=a/O=b", or NULL */
    struct forge_ext ext[EXT_MAX];
};

static void add_subject(X509_REQ *req, const char *text)
{
    char *rest = arena_copy(arena, text, strlen(text)), *save = NULL;

    for (char *part = strtok_r(rest, "/", &save); part;
         part = strtok_r(NULL, "/", &save)) {
        char *value = strchr(part, '=');
        *value++ = '\0';
        /* Straight into the name: OpenSSL would refuse a CN of 65. */
        X509_NAME_ENTRY *e = X509_NAME_ENTRY_create_by_txt(
            NULL, part, V_ASN1_UTF8STRING, (unsigned char *)value, -1);
        assert_non_null(e);
        assert_true(
            X509_NAME_add_entry(X509_REQ_get_subject_name(req), e, -1, 0));
        X509_NAME_ENTRY_free(e);
    }
}

static X509_REQ *new_request(const struct wanted *w, EVP_PKEY *key)
{
    X509_REQ *req = X509_REQ_new();
    STACK_OF(X509_EXTENSION) *list = sk_X509_EXTENSION_new_null();

    X509_REQ_set_version(req, X509_REQ_VERSION_1);
    if (w->subject)
        add_subject(req, w->subject);
    for (size_t i = 0; i < EXT_MAX && w->ext[i].value; i++)
        sk_X509_EXTENSION_push(
            list,
            X509V3_EXT_conf_nid(NULL, NULL, w->ext[i].nid, w->ext[i].value));
    if (sk_X509_EXTENSION_num(list) > 0)
        assert_true(X509_REQ_add_extensions(req, list));
    sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free);
    assert_true(X509_REQ_set_pubkey(req, key));
    return req;
}

/* The ids of what is wrong, without "csr.", in order. Frees the request. */
static const char *complaints(X509_REQ *req)
{
    struct csr_lint lint = { 0 };
    struct err err;
    unsigned char *der = NULL;
    int len = i2d_X509_REQ(req, &der);
    struct buf b;

    buf_init(&b, arena, 4000);
    if (!csr_lint(arena, (const char *)der, (size_t)len, "row", &lint, &err))
        fail_msg("%s", err.text);
    for (size_t i = 0; i < lint.len; i++)
        buf_printf(&b, "%s%s", i ? " " : "", lint.items[i].rule->id + 4);
    OPENSSL_free(der);
    X509_REQ_free(req);
    return b.text;
}

#define SAN(text)                                                              \
    {                                                                          \
        NID_subject_alt_name, text                                             \
    }
#define X32  "x1234567890123456789012345678901"
#define GOOD SAN("DNS:a.example.com")

static const struct {
    const char *what;
    struct wanted wanted;
    const char *expected;
} requests[] = {
    { "one name", { NULL, { GOOD } }, "" },
    { "CN too", { "CN=a.example.com", { GOOD } }, "" },
    { "CN in capitals", { "CN=A.Example.com", { GOOD } }, "" },
    { "wildcard and apex",
      { NULL, { SAN("DNS:*.example.com,DNS:example.com") } },
      "" },
    { "public address", { NULL, { SAN("IP:9.9.9.9,IP:2620:fe::9") } }, "" },
    { "IDN", { NULL, { SAN("DNS:xn--bcher-kva.example.com") } }, "" },
    { "harmless extensions",
      { NULL,
        { GOOD,
          { NID_key_usage, "critical,digitalSignature" },
          { NID_ext_key_usage, "serverAuth" },
          { NID_basic_constraints, "CA:FALSE" } } },
      "" },
    { "nothing", { NULL, { { 0, NULL } } }, "no_san" },
    { "CN only",
      { "CN=a.example.com", { { 0, NULL } } },
      "cn_not_in_san no_san" },
    { "empty SAN", { NULL, { SAN("DER:3000") } }, "no_san" },
    { "SAN twice",
      { NULL, { GOOD, SAN("DNS:b.example.com") } },
      "duplicate_san" },
    { "SAN broken", { NULL, { SAN("DER:0500") } }, "malformed_extension" },
    { "other CN", { "CN=b.example.com", { GOOD } }, "cn_not_in_san" },
    { "address as CN", { "CN=9.9.9.9", { SAN("IP:9.9.9.9") } }, "cn_is_ip" },
    { "two CNs",
      { "CN=a.example.com/CN=a.example.com", { GOOD } },
      "several_cn" },
    { "CN of 71",
      { "CN=" X32 "." X32 ".de.com", { SAN("DNS:" X32 "." X32 ".de.com") } },
      "cn_too_long" },
    { "openssl's questions answered",
      { "C=AU/ST=Some-State/O=Internet Widgits Pty Ltd", { GOOD } },
      "extra_subject extra_subject extra_subject" },
    { "mail address in the subject",
      { "emailAddress=me@example.com", { GOOD } },
      "extra_subject" },
    { "mail address",
      { NULL, { SAN("DNS:a.example.com,email:me@example.com") } },
      "email_in_san" },
    { "URL",
      { NULL, { SAN("DNS:a.example.com,URI:https://a.example.com/") } },
      "uri_in_san" },
    { "registered id", { NULL, { SAN("RID:1.2.3") } }, "other_in_san" },
    { "name twice",
      { NULL, { SAN("DNS:a.example.com,DNS:A.example.com") } },
      "duplicate_name" },
    { "address as name", { NULL, { SAN("DNS:9.9.9.9") } }, "ip_as_dnsname" },
    { "private address", { NULL, { SAN("IP:10.1.2.3") } }, "private_ip" },
    { "loopback", { NULL, { SAN("IP:::1") } }, "private_ip" },
    { "address with mask",
      { NULL, { SAN("DER:300a870809090909ffffff00") } },
      "bad_ip" },
    { "U-label",
      { NULL,
        { SAN("DNS:b\xc3\xbc"
              "cher.example.com") } },
      "u_label" },
    { "NUL inside",
      { NULL, { SAN("DER:30098207612e62006f7267") } },
      "bad_bytes" },
    { "a blank", { NULL, { SAN("DER:30088206612e62206f72") } }, "bad_bytes" },
    { "trailing dot", { NULL, { SAN("DNS:a.example.com.") } }, "trailing_dot" },
    { "label of 64", { NULL, { SAN("DNS:" X32 X32 ".com") } }, "too_long" },
    { "eleven labels",
      { NULL, { SAN("DNS:a.b.c.d.e.f.g.h.i.example.com") } },
      "too_many_labels" },
    { "ten labels", { NULL, { SAN("DNS:b.c.d.e.f.g.h.i.example.com") } }, "" },
    { "partial wildcard",
      { NULL, { SAN("DNS:m*.example.com") } },
      "wildcard_form" },
    { "wildcard inside",
      { NULL, { SAN("DNS:a.*.example.com") } },
      "wildcard_form" },
    { "two wildcards",
      { NULL, { SAN("DNS:*.*.example.com") } },
      "wildcard_form" },
    { "a star", { NULL, { SAN("DNS:*") } }, "wildcard_form" },
    { "wildcard over com",
      { NULL, { SAN("DNS:*.com") } },
      "wildcard_public_suffix" },
    { "wildcard over co.uk",
      { NULL, { SAN("DNS:*.co.uk") } },
      "wildcard_public_suffix" },
    { "underscore", { NULL, { SAN("DNS:a_b.example.com") } }, "underscore" },
    { "bad IDN", { NULL, { SAN("DNS:xn--0.example.com") } }, "bad_idn" },
    { "hyphen first", { NULL, { SAN("DNS:-a.example.com") } }, "bad_label" },
    { "empty label", { NULL, { SAN("DNS:a..example.com") } }, "bad_label" },
    { "empty name", { NULL, { SAN("DER:30028200") } }, "bad_label" },
    { "a slash", { NULL, { SAN("DNS:example.com/mail") } }, "bad_label" },
    { "reverse name",
      { NULL, { SAN("DNS:1.9.9.9.in-addr.arpa") } },
      "reverse_name" },
    { "single label", { NULL, { SAN("DNS:mailserver") } }, "not_public" },
    { "local", { NULL, { SAN("DNS:mail.local") } }, "not_public" },
    { "suffix", { NULL, { SAN("DNS:co.uk") } }, "public_suffix" },
    { "no top-level domain",
      { NULL, { SAN("DNS:mail.foobar") } },
      "unknown_end" },
    { "one of documents", { NULL, { SAN("DNS:mail.test") } }, "" },
    { "clientAuth",
      { NULL, { GOOD, { NID_ext_key_usage, "serverAuth,clientAuth" } } },
      "client_auth" },
    { "must-staple",
      { NULL, { GOOD, { NID_tlsfeature, "status_request" } } },
      "must_staple" },
    { "a CA",
      { NULL, { GOOD, { NID_basic_constraints, "CA:TRUE" } } },
      "ca_true" },
    { "EKU broken",
      { NULL, { GOOD, { NID_ext_key_usage, "DER:0500" } } },
      "malformed_extension" },
    { "key usage twice",
      { NULL,
        { GOOD,
          { NID_key_usage, "digitalSignature" },
          { NID_key_usage, "digitalSignature" } } },
      "duplicate_extension" },
};

static void test_requests(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        X509_REQ *req = new_request(&requests[i].wanted, p256);
        assert_true(X509_REQ_sign(req, p256, EVP_sha256()));
        const char *got = complaints(req);
        if (strcmp(got, requests[i].expected) != 0)
            fail_msg("%s: \"%s\", wanted \"%s\"", requests[i].what, got,
                     requests[i].expected);
    }
}

static EVP_PKEY *rsa_key(unsigned bits, unsigned long exponent)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    EVP_PKEY *key = NULL;
    BIGNUM *e = BN_new();

    BN_set_word(e, exponent);
    EVP_PKEY_keygen_init(ctx);
    EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, (int)bits);
    EVP_PKEY_CTX_set1_rsa_keygen_pubexp(ctx, e);
    EVP_PKEY_keygen(ctx, &key);
    EVP_PKEY_CTX_free(ctx);
    BN_free(e);
    assert_non_null(key);
    return key;
}

static EVP_PKEY *explicit_key(void)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY *key = NULL;

    EVP_PKEY_keygen_init(ctx);
    EVP_PKEY_CTX_set_ec_paramgen_curve_nid(ctx, NID_X9_62_prime256v1);
    EVP_PKEY_CTX_set_ec_param_enc(ctx, 0);
    EVP_PKEY_keygen(ctx, &key);
    EVP_PKEY_CTX_free(ctx);
    assert_non_null(key);
    return key;
}

static void test_keys_and_signatures(void **state)
{
    static const struct wanted good = { NULL, { GOOD } };
    const struct {
        const char *what;
        EVP_PKEY *key;
        const EVP_MD *digest;
        const char *expected;
    } rows[] = {
        { "P-384", EVP_EC_gen("P-384"), EVP_sha384(), "" },
        { "RSA 2048", rsa_key(2048, 65537), EVP_sha256(), "" },
        { "RSA 3072", rsa_key(3072, 65537), EVP_sha512(), "" },
        { "RSA 1024", rsa_key(1024, 65537), EVP_sha256(), "key_small" },
        { "RSA 2056", rsa_key(2056, 65537), EVP_sha256(), "key_size" },
        { "RSA e=3", rsa_key(2048, 3), EVP_sha256(), "exponent" },
        { "P-521", EVP_EC_gen("P-521"), EVP_sha512(), "curve" },
        { "secp256k1", EVP_EC_gen("secp256k1"), EVP_sha256(), "curve" },
        { "explicit P-256", explicit_key(), EVP_sha256(), "explicit_curve" },
        { "Ed25519", EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), NULL,
          "key_type signature_type" },
        { "SHA-1", rsa_key(2048, 65537), EVP_sha1(), "signature_weak" },
        { "MD5", rsa_key(2048, 65537), EVP_md5(), "signature_weak" },
        { "SHA-224", EVP_EC_gen("P-256"), EVP_sha224(), "signature_type" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        X509_REQ *req = new_request(&good, rows[i].key);
        assert_true(X509_REQ_sign(req, rows[i].key, rows[i].digest));
        const char *got = complaints(req);
        if (strcmp(got, rows[i].expected) != 0)
            fail_msg("%s: \"%s\", wanted \"%s\"", rows[i].what, got,
                     rows[i].expected);
        EVP_PKEY_free(rows[i].key);
    }
}

static void test_the_rest(void **state)
{
    static const struct wanted good = { NULL, { GOOD } };
    EVP_PKEY *other = EVP_EC_gen("P-256");
    X509_REQ *req = new_request(&good, p256);

    (void)state;
    X509_REQ_sign(req, other, EVP_sha256());
    assert_string_equal(complaints(req), "signature_invalid");
    req = new_request(&good, p256);
    X509_REQ_set_version(req, 2);
    X509_REQ_sign(req, p256, EVP_sha256());
    assert_string_equal(complaints(req), "version");
    req = new_request(&good, p256);
    X509_REQ_add1_attr_by_NID(req, NID_pkcs9_challengePassword, MBSTRING_ASC,
                              (const unsigned char *)"secret", -1);
    X509_REQ_sign(req, p256, EVP_sha256());
    assert_string_equal(complaints(req), "challenge_password");
    EVP_PKEY_free(other);
}

static void test_number_of_names(void **state)
{
    static const struct {
        int count;
        const char *expected;
    } rows[] = { { 25, "" },
                 { 26, "many_names" },
                 { 100, "many_names" },
                 { 101, "too_many_names" } };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf b;
        buf_init(&b, arena, 10000);
        for (int n = 0; n < rows[i].count; n++)
            buf_printf(&b, "%sDNS:n%d.example.com", n ? "," : "", n);
        struct wanted w = { NULL, { { NID_subject_alt_name, b.text } } };
        X509_REQ *req = new_request(&w, p256);
        X509_REQ_sign(req, p256, EVP_sha256());
        assert_string_equal(complaints(req), rows[i].expected);
    }
}

static void test_our_own_are_clean(void **state)
{
    static const char *const names[] = { "*.example.com", "example.com",
                                         "xn--bcher-kva.example.com",
                                         "9.9.9.9" };
    struct csr_request order = { .names = names,
                                 .names_len = 4,
                                 .cn = "example.com" };

    (void)state;
    for (int kind = 0; kind < KEY_KIND_RSA4096; kind++) {
        struct key *k = NULL;
        struct err err;
        const uint8_t *der = NULL;
        size_t len = 0;
        struct csr_lint lint;
        assert_true(key_new((enum key_kind)kind, &k, &err));
        assert_true(csr_make(arena, k, &order, &der, &len, &err));
        const char *pem = csr_pem(arena, der, len);
        assert_true(csr_lint(arena, pem, strlen(pem), "own", &lint, &err));
        assert_int_equal(lint.len, 0);
        key_free(k);
    }
}

static void test_unreadable(void **state)
{
    static const char damaged[] = "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n"
                                  "-----END CERTIFICATE REQUEST-----\n";
    static const char *const texts[] = { "", "words", damaged };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct csr_lint lint;
        struct err err;
        assert_false(
            csr_lint(arena, texts[i], strlen(texts[i]), "x.csr", &lint, &err));
        assert_int_equal(err.kind, ERR_INPUT);
        assert_non_null(strstr(err.text, "x.csr"));
    }
    assert_non_null(csr_rule_find("csr.no_san"));
    assert_null(csr_rule_find("csr.nonsense"));
}

#define TEST(f) cmocka_unit_test(f)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_requests),          TEST(test_keys_and_signatures),
        TEST(test_the_rest),          TEST(test_number_of_names),
        TEST(test_our_own_are_clean), TEST(test_unreadable),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
