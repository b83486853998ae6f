#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "crypto/x509_read.h"
#include "forge.h"

static struct held_cert read_forged(const struct forge_order *order)
{
    struct forged f = forge(order);
    struct held_cert held;
    size_t len = 0;
    const uint8_t *der = forge_der(arena, &f, &len);

    x509_read(arena, der, len, CERT_SENT, &held);
    forge_free(&f);
    return held;
}

static void test_facts(void **state)
{
    static const struct forge_ext ext[] = {
        { NID_subject_alt_name, "DNS:mail.example.com,IP:192.0.2.1,"
                                "IP:2001:db8::1,DNS:*.example.org,"
                                "email:me@example.com" },
        { NID_basic_constraints, "CA:FALSE" },
        { NID_ext_key_usage, "serverAuth,clientAuth" },
        { NID_tlsfeature, "status_request" },
        { NID_key_usage, "keyEncipherment" },
        { NID_subject_key_identifier, "hash" },
        { NID_info_access, "OCSP;URI:http://ocsp.example.com/,"
                           "caIssuers;URI:ldap://ca.example.com/,"
                           "caIssuers;URI:http://ca.example.com/ca.der" },
        { 0, NULL },
    };
    struct held_cert h = read_forged(&(struct forge_order){ .cn = "b\xc3\xbc"
                                                                  "cher",
                                                            .ext = ext });
    const struct cert *c = &h.cert;

    (void)state;
    assert_false(h.malformed);
    assert_string_equal(c->subject, "CN=b\xc3\xbc"
                                    "cher");
    assert_string_equal(c->subject_cn, "b\xc3\xbc"
                                       "cher");
    assert_string_equal(c->issuer, c->subject);
    assert_true(c->self_signed);
    assert_false(c->is_ca);
    assert_int_equal(c->dns_names.len, 2);
    assert_string_equal(c->dns_names.text[0], "mail.example.com");
    assert_string_equal(c->dns_names.text[1], "*.example.org");
    assert_int_equal(c->ip_names.len, 2);
    assert_string_equal(c->ip_names.text[0], "192.0.2.1");
    assert_string_equal(c->ip_names.text[1], "2001:db8::1");
    assert_true(c->has_eku && c->server_auth);
    assert_true(c->client_auth && c->must_staple);
    assert_true(c->cannot_sign && c->san_is_loose && !c->baseline);
    assert_null(c->critical_unknown);
    assert_int_equal(c->not_before, FORGE_FROM);
    assert_int_equal(c->not_after, FORGE_TO);
    assert_int_equal(c->key_type, KEY_EC);
    assert_int_equal(c->key_bits, 256);
    assert_string_equal(c->curve, "P-256");
    assert_string_equal(c->signature, "ecdsa-with-SHA256");
    assert_string_equal(c->issuer_url, "http://ca.example.com/ca.der");
    assert_int_equal(strlen(c->key_id_hex), 40);
    assert_null(c->issuer_key_id_hex);
    assert_int_equal(strlen(c->sha256_hex), 64);
    assert_int_equal(strlen(c->spki_sha256_hex), 64);
    assert_int_equal(ERR_peek_error(), 0);
}

/* Each row is an extension in raw DER; bad ones make the whole malformed. */
static const struct {
    const char *what;
    struct forge_ext ext[3];
    bool malformed;
} extensions[] = {
    { "no extension", { { 0, NULL } }, false },
    { "SAN is no sequence", { { NID_subject_alt_name, "DER:0500" } }, true },
    { "SAN cut short", { { NID_subject_alt_name, "DER:300582036161" } }, true },
    { "SAN empty", { { NID_subject_alt_name, "DER:3000" } }, false },
    { "SAN twice",
      { { NID_subject_alt_name, "DNS:a.example.com" },
        { NID_subject_alt_name, "DNS:b.example.com" } },
      true },
    { "basicConstraints is text",
      { { NID_basic_constraints, "DER:0c0161" } },
      true },
    { "keyUsage is an integer", { { NID_key_usage, "DER:020100" } }, true },
    { "EKU of a boolean", { { NID_ext_key_usage, "DER:30030101ff" } }, true },
    { "AIA without location",
      { { NID_info_access, "DER:300c300a06082b06010505073002" } },
      true },
    { "SKI is an integer",
      { { NID_subject_key_identifier, "DER:020100" } },
      true },
    { "AKI is an integer",
      { { NID_authority_key_identifier, "DER:020100" } },
      true },
    { "unknown extension twice",
      { { NID_netscape_comment, "one" }, { NID_netscape_comment, "two" } },
      true },
    { "IP of three bytes is passed over",
      { { NID_subject_alt_name, "DER:30058703010203" } },
      false },
};

static void test_extensions(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++) {
        struct held_cert h = read_forged(
            &(struct forge_order){ .cn = "x", .ext = extensions[i].ext });
        if (h.malformed != extensions[i].malformed)
            fail_msg("%s: malformed is %d, wanted %d", extensions[i].what,
                     h.malformed, extensions[i].malformed);
        if (h.malformed && (h.cert.subject || !h.cert.sha256_hex))
            fail_msg("%s: malformed keeps bytes and digest only",
                     extensions[i].what);
    }
}

static void test_hostile_names(void **state)
{
    static const struct {
        const char *what, *ext, *expected;
    } rows[] = {
        { "NUL inside", "DER:300c820a6578616d00706c652e63", "exam?ple.c" },
        { "an escape", "DER:300582031b5b6d", "?[m" },
        { "broken UTF-8", "DER:30048202ff61", "?a" },
        { "empty", "DER:30028200", "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct forge_ext ext[] = { { NID_subject_alt_name, rows[i].ext },
                                         { 0, NULL } };
        struct held_cert h =
            read_forged(&(struct forge_order){ .cn = "x", .ext = ext });
        if (h.cert.dns_names.len != 1 ||
            strcmp(h.cert.dns_names.text[0], rows[i].expected) != 0)
            fail_msg("%s: \"%s\", wanted \"%s\"", rows[i].what,
                     h.cert.dns_names.len ? h.cert.dns_names.text[0] : "none",
                     rows[i].expected);
    }
}

static void test_self_signed_is_proven(void **state)
{
    struct forged ca =
        forge(&(struct forge_order){ .cn = "x", .ext = forge_ca });
    /* The same name, but another key has signed. */
    struct held_cert h = read_forged(
        &(struct forge_order){ .cn = "x", .issuer = &ca, .ext = forge_leaf });

    (void)state;
    assert_false(h.malformed);
    assert_string_equal(h.cert.subject, h.cert.issuer);
    assert_false(h.cert.self_signed);
    forge_free(&ca);
}

static void test_every_cut_is_malformed(void **state)
{
    struct forged f =
        forge(&(struct forge_order){ .cn = "x", .ext = forge_leaf });
    size_t len = 0;
    const uint8_t *der = forge_der(arena, &f, &len);
    struct held_cert h;

    (void)state;
    for (size_t cut = 0; cut < len; cut++) {
        x509_read(arena, der, cut, CERT_SENT, &h);
        if (!h.malformed)
            fail_msg("cut to %zu bytes it is still a certificate", cut);
    }
    uint8_t *longer = arena_alloc(arena, len + 1, 1);
    memcpy(longer, der, len);
    x509_read(arena, longer, len + 1, CERT_SENT, &h);
    assert_true(h.malformed);
    forge_free(&f);
}

static const char *pem_of(const struct forged *f)
{
    BIO *out = BIO_new(BIO_s_mem());
    char *text = NULL;

    PEM_write_bio_PrivateKey(out, f->key, NULL, NULL, 0, NULL, NULL);
    BIO_puts(out, "a line of words between\n");
    PEM_write_bio_X509(out, f->x);
    long len = BIO_get_mem_data(out, &text);
    const char *copy = arena_text_n(arena, text, (size_t)len);
    BIO_free(out);
    return copy;
}

static void test_files(void **state)
{
    struct forged f =
        forge(&(struct forge_order){ .cn = "x", .ext = forge_leaf });
    size_t der_len = 0;
    const uint8_t *der = forge_der(arena, &f, &der_len);
    const char *pem = pem_of(&f);
    struct cert_list held = { 0 };
    struct err err;
    char *cut = arena_copy(arena, pem, strlen(pem));

    (void)state;
    assert_true(x509_read_file(arena, pem, strlen(pem), "f", &held, &err));
    assert_int_equal(held.len, 1);
    assert_int_equal(held.items[0].cert.der_len, der_len);
    assert_true(
        x509_read_file(arena, (const char *)der, der_len, "f", &held, &err));
    assert_int_equal(held.len, 1);
    assert_false(x509_read_file(arena, "words", 5, "f.pem", &held, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_non_null(strstr(err.text, "f.pem"));
    assert_false(x509_read_file(arena, "", 0, "f.pem", &held, &err));
    cut[strlen(cut) - 60] = '\0';
    assert_false(x509_read_file(arena, cut, strlen(cut), "f.pem", &held, &err));
    assert_non_null(strstr(err.text, "damaged"));
    forge_free(&f);
}

/* Other projects' hostile certificates: read or malformed, never a crash. */
static void test_vectors(void **state)
{
    const char *given = getenv("CERTMEND_VECTORS");
    const char *folder = given ? given : "../shared/vectors";
    const char *path = arena_printf(arena, "%s/certs/index.tsv", folder);
    const char *index = NULL;
    size_t index_len = 0, files = 0, certs = 0, malformed = 0;
    struct err err;

    (void)state;
    if (!file_read(arena, path, 1 << 22, &index, &index_len, &err))
        skip();
    for (const char *line = strchr(index, '\n'); line && line[1];
         line = strchr(line + 1, '\n')) {
        size_t name_len = strcspn(line + 1, "\t");
        struct arena *a = arena_new();
        const char *text = NULL;
        struct cert_list held = { 0 };
        size_t text_len = 0;
        path =
            arena_printf(a, "%s/certs/%.*s", folder, (int)name_len, line + 1);
        assert_true(file_read(a, path, 1 << 22, &text, &text_len, &err));
        files++;
        if (x509_read_file(a, text, text_len, path, &held, &err))
            certs += held.len;
        for (size_t i = 0; i < held.len; i++)
            malformed += held.items[i].malformed;
        struct held_cert raw;
        x509_read(a, (const uint8_t *)text, text_len, CERT_SENT, &raw);
        arena_free(a);
    }
    print_message("%zu files, %zu certificates, %zu malformed\n", files, certs,
                  malformed);
    assert_true(files > 1200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_facts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_extensions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_hostile_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_self_signed_is_proven, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_every_cut_is_malformed, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_files, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_vectors, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
