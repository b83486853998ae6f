#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/test_cert.h"
#include "crypto/verification.h"
#include "crypto/x509_read.h"
#include "forge.h"

static struct test_cert mint_it(const struct cert *keep_key_of)
{
    static const char *const names[] = { "mail.example.com", "*.example.org",
                                         "192.0.2.1" };
    struct test_cert_request order = { .names = names,
                                       .names_len = 3,
                                       .not_before = FORGE_FROM,
                                       .not_after = FORGE_TO,
                                       .keep_key_of = keep_key_of };
    struct test_cert m;
    struct err err;

    if (!test_cert_make(arena, &order, &m, &err))
        fail_msg("%s", err.text);
    return m;
}

static void test_facts(void **state)
{
    struct test_cert m = mint_it(NULL);
    const struct cert *leaf = &m.chain[0].cert;

    (void)state;
    assert_null(leaf->subject_cn);
    assert_int_equal(leaf->dns_names.len, 2);
    assert_string_equal(leaf->dns_names.text[1], "*.example.org");
    assert_string_equal(leaf->ip_names.text[0], "192.0.2.1");
    assert_true(leaf->has_eku && leaf->server_auth);
    assert_false(leaf->client_auth || leaf->is_ca || leaf->self_signed);
    assert_int_equal(leaf->not_before, FORGE_FROM);
    assert_int_equal(leaf->not_after, FORGE_TO);
    assert_int_equal(leaf->key_bits, 256);
    assert_int_equal(m.chain[0].origin, CERT_HYPOTHETICAL);
    assert_true(m.chain[1].cert.is_ca && m.root.cert.self_signed);
    assert_string_equal(leaf->issuer_key_id_hex, m.chain[1].cert.key_id_hex);
}

/* --now may be the end of all years; what comes behind it cannot be said. */
static void test_end_of_years(void **state)
{
    static const char *const names[] = { "mail.example.com" };
    struct test_cert_request order = { .names = names,
                                       .names_len = 1,
                                       .not_before = CLOCK_FIRST_S - HOUR_S,
                                       .not_after = CLOCK_LAST_S + DAY_S };
    struct test_cert m;
    struct err err;

    (void)state;
    if (!test_cert_make(arena, &order, &m, &err))
        fail_msg("%s", err.text);
    assert_int_equal(m.chain[0].cert.not_before, CLOCK_FIRST_S);
    assert_int_equal(m.chain[0].cert.not_after, CLOCK_LAST_S);
}

static void test_key_is_kept(void **state)
{
    static const char *const types[] = { "RSA", "EC" };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        EVP_PKEY *key = i ? EVP_EC_gen("P-384")
                          : EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
        struct forged f =
            forge(&(struct forge_order){ .cn = "old", .key = key });
        struct held_cert old;
        size_t len = 0;
        const uint8_t *der = forge_der(arena, &f, &len);
        x509_read(arena, der, len, CERT_SENT, &old);
        struct test_cert m = mint_it(&old.cert);
        if (strcmp(m.chain[0].cert.spki_sha256_hex, old.cert.spki_sha256_hex) !=
            0)
            fail_msg("%s: another key", types[i]);
        forge_free(&f);
    }
}

static bool is_trusted(const struct test_cert *m, struct anchors *trust)
{
    struct target target = { .kind = TARGET_HOST, .host = "mail.example.com" };
    struct survey *s = survey_new(arena, &target, FORGE_FROM + 1);
    size_t chain[] = { survey_cert_add(s, &m->chain[0]),
                       survey_cert_add(s, &m->chain[1]) };
    struct cell *c =
        survey_cell_add(s, &(struct cell){ .reference = "mail.example.com",
                                           .chain = chain,
                                           .chain_len = 2 });
    struct err err;

    assert_true(verification_fill(s, trust, &err));
    assert_true(c->verdict.name_ok);
    return c->verdict.trusted;
}

/* Only for the one question, and only below its own root. */
static void test_trusted_with_its_root(void **state)
{
    struct target target = { .kind = TARGET_HOST, .host = "mail.example.com" };
    struct survey *empty = survey_new(arena, &target, FORGE_FROM);
    struct test_cert m = mint_it(NULL), other = mint_it(NULL);
    struct anchors *base = NULL, *with = NULL, *more = NULL;
    struct err err;

    (void)state;
    assert_true(anchors_from_survey(empty, &base, &err));
    assert_true(anchors_with(base, &m.root.cert, &with, &err));
    assert_true(anchors_with(with, &other.root.cert, &more, &err));
    assert_false(is_trusted(&m, base));
    assert_true(is_trusted(&m, with));
    assert_false(is_trusted(&other, with));
    assert_true(is_trusted(&m, more));
    assert_true(is_trusted(&other, more));
    anchors_free(more);
    anchors_free(with);
    anchors_free(base);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_facts),
        TEST(test_end_of_years),
        TEST(test_key_is_kept),
        TEST(test_trusted_with_its_root),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
