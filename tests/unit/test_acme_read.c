#include "fixture.h"

#include <stdio.h>
#include <string.h>

#include "acme/acme_ari.h"
#include "acme/acme_order.h"
#include "base/clock.h"

static void test_orders(void **state)
{
    static const struct {
        const char *what, *json;
        bool good;
        enum acme_status status;
        size_t authz;
    } rows[] = {
        { "whole",
          "{\"status\":\"pending\",\"authorizations\":[\"https://a/1\","
          "\"https://a/2\"],\"finalize\":\"https://a/f\",\"new\":{}}",
          true, ACME_PENDING, 2 },
        { "no authorizations", "{\"status\":\"ready\"}", true, ACME_READY, 0 },
        { "authorizations of another type",
          "{\"status\":\"valid\",\"authorizations\":{}}", true, ACME_VALID, 0 },
        { "no status", "{}", false, ACME_PENDING, 0 },
        { "another status", "{\"status\":\"Pending\"}", false, ACME_PENDING,
          0 },
        { "a number", "5", false, ACME_PENDING, 0 },
        { "http", "{\"status\":\"ready\",\"finalize\":\"http://a/f\"}", false,
          ACME_PENDING, 0 },
        { "a number among addresses",
          "{\"status\":\"ready\",\"authorizations\":[5]}", false, ACME_PENDING,
          0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct acme_order o = { .status = ACME_PENDING };
        const char *why = NULL;
        bool good = acme_order_read(arena, parse(rows[i].json), &o, &why);
        if (good != rows[i].good || o.status != rows[i].status ||
            o.authz_len != rows[i].authz || (!good && !why))
            fail_msg("%s: %d, status %d", rows[i].what, good, o.status);
    }
}

static void test_authorizations(void **state)
{
    static const char text[] =
        "{\"status\":\"pending\",\"identifier\":{\"type\":\"dns\","
        "\"value\":\"*.EXAMPLE.org\"},\"challenges\":["
        "{\"type\":\"dns-01\",\"url\":\"https://a/1\",\"token\":\"abc-_\"},"
        "{\"type\":\"dns-persist-01\",\"url\":\"https://a/2\"},"
        "{\"type\":\"http-01\",\"url\":\"https://a/3\",\"token\":\"../x\"},"
        "{\"type\":\"odd\"},5]}";
    struct acme_authz authz;
    const char *why = NULL;

    (void)state;
    assert_true(acme_authz_read(arena, parse(text), &authz, &why));
    assert_string_equal(authz.name, "example.org");
    assert_true(authz.is_wildcard);
    assert_int_equal(authz.challenges_len, 3);
    assert_string_equal(authz.challenges[0].token, "abc-_");
    assert_null(authz.challenges[1].token);
    assert_null(authz.challenges[2].token);
    assert_false(
        acme_authz_read(arena, parse("{\"status\":\"valid\"}"), &authz, &why));
}

/* draft-ietf-acme-dns-persist-01 3.1: one to ten names, in normal form. */
static void test_issuers(void **state)
{
    static const struct {
        const char *list;
        size_t len;
    } rows[] = {
        { "[\"ca.example\"]", 1 },
        { "[\"ca.example\",\"b.example\"]", 2 },
        { "[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\",\"j\"]", 10 },
        { "[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\",\"j\",\"k\"]",
          0 },
        { "[]", 0 },
        { "\"ca.example\"", 0 },
        { "null", 0 },
        { "[\"ca.example\",5]", 0 },
        { "[\"CA.example\"]", 0 },
        { "[\"ca.example; policy=wildcard\"]", 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct acme_authz authz = { .status = ACME_PENDING };
        const char *why = NULL;
        const char *text = arena_printf(
            arena,
            "{\"status\":\"pending\",\"identifier\":{\"type\":\"dns\","
            "\"value\":\"a.example\"},\"challenges\":[{\"type\":"
            "\"dns-persist-01\",\"url\":\"https://a/1\","
            "\"issuer-domain-names\":%s}]}",
            rows[i].list);
        assert_true(acme_authz_read(arena, parse(text), &authz, &why));
        if (authz.challenges[0].issuers.len != rows[i].len)
            fail_msg("%s: %zu", rows[i].list, authz.challenges[0].issuers.len);
    }
}

static void test_problems(void **state)
{
    static const char text[] =
        "{\"type\":\"urn:ietf:params:acme:error:rateLimited\",\"detail\":"
        "\"too many, retry after 2026-11-23 12:00:00 UTC: see x.\","
        "\"subproblems\":[{\"type\":\"urn:ietf:params:acme:error:caa\","
        "\"identifier\":{\"value\":\"a.example\"}},7]}";
    struct acme_problem p;

    (void)state;
    acme_problem_read(arena, parse(text), &p);
    assert_true(acme_problem_is(&p, "rateLimited"));
    assert_string_equal(clock_text(arena, p.retry_at), "2026-11-23T12:00:00Z");
    assert_int_equal(p.parts_len, 2);
    assert_string_equal(p.parts[0].identifier, "a.example");
    assert_string_equal(p.parts[0].type, "caa");
    const struct acme_problem *copy = acme_problem_copy(arena, &p);
    assert_string_equal(acme_problem_text(arena, copy),
                        "too many, retry after 2026-11-23 12:00:00 UTC: see x "
                        "(rateLimited); not before 2026-11-23T12:00:00Z");
    acme_problem_read(arena, NULL, &p);
    assert_string_equal(acme_problem_text(arena, &p), "no reason was given");
}

/* RFC 9773 4.1's own example, and a serial without the high bit. */
static void test_ari_ids(void **state)
{
    static const struct {
        const char *key_id, *serial, *expected;
    } rows[] = {
        { "69885b6b87464041e1b37b847ba0ae2cde01c8d4", "87654321",
          "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE" },
        { "69885b6b87464041e1b37b847ba0ae2cde01c8d4", "07654321",
          "aYhba4dGQEHhs3uEe6CuLN4ByNQ.B2VDIQ" },
        { NULL, "07", NULL },
        { "69", "-07", NULL },
        { "", "07", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct cert c = { .issuer_key_id_hex = rows[i].key_id,
                                .serial_hex = rows[i].serial };
        const char *id = acme_ari_id(arena, &c);
        if (!id || !rows[i].expected)
            assert_ptr_equal(id, rows[i].expected);
        else
            assert_string_equal(id, rows[i].expected);
    }
}

static void test_ari_moments(void **state)
{
    const struct acme_ari ari = { .start = 1000, .end = 2000 };

    (void)state;
    assert_int_equal(acme_ari_moment(&ari, 0, 500), 1000);
    assert_int_equal(acme_ari_moment(&ari, 0.5, 500), 1500);
    assert_int_equal(acme_ari_moment(&ari, 0.5, 1700), 1700);
    assert_int_equal(acme_ari_moment(&ari, 0.5, 9000), 9000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_orders),  cmocka_unit_test(test_authorizations),
        cmocka_unit_test(test_issuers), cmocka_unit_test(test_problems),
        cmocka_unit_test(test_ari_ids), cmocka_unit_test(test_ari_moments),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
