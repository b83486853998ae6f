#include "fixture.h"

#include <stdio.h>
#include <string.h>

#include "acme/acme_directory.h"
#include "acme/acme_link.h"
#include "acme/acme_nonce.h"
#include "acme/acme_response.h"
#include "acme/retry_after.h"

static void test_waits(void **state)
{
    static const struct {
        const char *text;
        int64_t expected;
    } rows[] = {
        { "0", 0 },
        { "120", 120 },
        { "604800", 604800 },
        { "99999999999999999999", RETRY_AFTER_MAX_S },
        { "Sun, 06 Nov 1994 08:49:47 GMT", 10 },
        { "Sunday, 06-Nov-94 08:49:47 GMT", 10 },
        { "Sunday, 06-Nov-26 08:49:47 GMT", RETRY_AFTER_MAX_S },
        { "Sun Nov  6 08:49:47 1994", 10 },
        { "Sun, 06 Nov 1994 08:49:36 GMT", 0 },
        { "Sun, 06 Nov 9999 08:49:37 GMT", RETRY_AFTER_MAX_S },
        { "", -1 },
        { "-1", -1 },
        { "+1", -1 },
        { "1.5", -1 },
        { "12 ", -1 },
        { "soon", -1 },
        { "Sat, 31 Dec 1994 23:59:60 GMT", RETRY_AFTER_MAX_S },
        { "Sun, 31 Feb 1994 08:49:37 GMT", -1 },
        { "Sun, 00 Nov 1994 08:49:37 GMT", -1 },
        { "Sun, 06 Nov 1994 08:60:37 GMT", -1 },
        { "Sun, 06 Nov 1994 08:49:61 GMT", -1 },
        { "Sun, 06 Nov 1994 08:49 GMT", -1 },
        { "Sun, 06 Now 1994 08:49:37 GMT", -1 },
        { "06 Nov 1994 08:49:37 GMT", -1 },
        { "Sun, 06 Nov 1994 25:49:37 GMT", -1 },
        { "Sun, 06 Nov 1994 08:49:37 CET", -1 },
        { "Sun, 06 Nov 1994 08:49:37 GMT and more", -1 },
        { "Sun, -6 Nov 1994 08:49:37 GMT", -1 },
    };
    const int64_t now_s = 784111777; /* RFC 9110 5.6.7's own example */

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t wait = retry_after_read(rows[i].text, now_s);
        if (wait != rows[i].expected)
            fail_msg("\"%s\": %lld, not %lld", rows[i].text, (long long)wait,
                     (long long)rows[i].expected);
    }
    assert_int_equal(retry_after_read(NULL, now_s), -1);
}

static void test_polls(void **state)
{
    static const struct {
        unsigned polls;
        int64_t told_s, expected_ms;
    } rows[] = {
        { 0, -1, 10 },     { 1, -1, 20 }, { 6, -1, 640 }, { 9, -1, 5000 },
        { 900, -1, 5000 }, { 0, 0, 10 },  { 0, 3, 3000 }, { 5, 600, 60000 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(retry_after_poll_ms(rows[i].polls, rows[i].told_s),
                         rows[i].expected_ms);
}

static void test_links(void **state)
{
    static const struct {
        const char *header;
        const char *expected; /* parted by blanks */
    } rows[] = {
        { "<https://a/1>;rel=\"alternate\"", "https://a/1" },
        { "<https://a/1>; rel=alternate", "https://a/1" },
        { "<https://a/1>;REL=ALTERNATE", "https://a/1" },
        { "<https://a/d>;rel=\"index\", <https://a/1>;rel=\"alternate\"",
          "https://a/1" },
        { "<https://a/1>;rel=alternate,<https://a/2>;rel=alternate",
          "https://a/1 https://a/2" },
        { "<https://a/1,2>;title=\"x, <y>\";rel=\"up alternate\"",
          "https://a/1,2" },
        { "<https://a/1>;title=\"\\\"\";rel=alternate", "https://a/1" },
        { "<https://a/1>;rel=up;rel=alternate", "" },
        { "<https://a/1>;rel=\"alternates\"", "" },
        { "<https://a/1>;x;rel=alternate", "https://a/1" },
        { "<http://a/1>;rel=alternate", "" },
        { "<https://user@a/1>;rel=alternate", "" },
        { "<https://a/1;rel=alternate", "" },
        { "https://a/1;rel=alternate", "" },
        { "<https://a/1>;rel=\"alternate", "https://a/1" },
        { "<https://a/1>;rel", "" },
        { "", "" },
        { "<", "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct acme_links links = { .arena = arena };
        struct buf all;
        buf_init(&all, arena, 1000);
        acme_link_add(&links, rows[i].header, "alternate");
        for (size_t n = 0; n < links.len; n++)
            buf_printf(&all, "%s%s", n ? " " : "", links.urls[n]);
        if (strcmp(all.text, rows[i].expected) != 0)
            fail_msg("%s: \"%s\", not \"%s\"", rows[i].header, all.text,
                     rows[i].expected);
    }
}

static void test_urls(void **state)
{
    static const struct {
        const char *url;
        bool good;
    } rows[] = {
        { "https://ca.example/dir", true },
        { "https://[2001:db8::1]:14000/dir?x=y", true },
        { "HTTPS://ca.example", true },
        { "https://ca.example/a@b", true },
        { "http://ca.example/dir", false },
        { "https://", false },
        { "https:///dir", false },
        { "https://a:b@ca.example/", false },
        { "https://ca.example/a b", false },
        { "https://ca.example/\r\nX: y", false },
        { "https://ca.example/\xc3\xa9", false },
        { "", false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (acme_url_ok(rows[i].url) != rows[i].good)
            fail_msg("%s", rows[i].url);
}

static void test_nonces(void **state)
{
    struct acme_nonces n = { .len = 0 };

    (void)state;
    acme_nonce_keep(&n, arena, NULL);
    acme_nonce_keep(&n, arena, "");
    acme_nonce_keep(&n, arena, "a b");
    assert_null(acme_nonce_take(&n));
    for (int i = 0; i < ACME_NONCES_MAX + 5; i++)
        acme_nonce_keep(&n, arena, arena_printf(arena, "n%d", i));
    assert_string_equal(acme_nonce_take(&n), "n68");
    assert_int_equal(n.len, ACME_NONCES_MAX - 1);
}

static void test_again(void **state)
{
    static const struct acme_problem limited = { .type = "rateLimited",
                                                 .detail = "" };
    static const struct {
        const char *what;
        struct acme_response answer;
        int64_t first_ms; /* -1: not again */
    } rows[] = {
        { "lost, harmless",
          { .outcome = ACME_UNREACHABLE, .retry_after_s = -1, .safe = true },
          500 },
        { "lost, not harmless",
          { .outcome = ACME_UNREACHABLE, .retry_after_s = -1 },
          -1 },
        { "not trusted",
          { .outcome = ACME_UNREACHABLE,
            .retry_after_s = -1,
            .safe = true,
            .untrusted = true },
          -1 },
        { "503 without a time",
          { .outcome = ACME_REFUSED, .status = 503, .retry_after_s = -1 },
          500 },
        { "503 with one",
          { .outcome = ACME_REFUSED, .status = 503, .retry_after_s = 7 },
          7000 },
        { "503 for an hour",
          { .outcome = ACME_REFUSED, .status = 503, .retry_after_s = 3600 },
          -1 },
        { "429 without a time",
          { .outcome = ACME_REFUSED,
            .status = 429,
            .retry_after_s = -1,
            .problem = &limited },
          -1 },
        { "403",
          { .outcome = ACME_REFUSED, .status = 403, .retry_after_s = -1 },
          -1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct acme_tries tries = { .keys = 0 };
        int64_t ms = acme_response_retry_ms(&rows[i].answer, &tries);
        if (ms != rows[i].first_ms)
            fail_msg("%s: %lld ms", rows[i].what, (long long)ms);
        for (int n = 0; n < 10; n++)
            ms = acme_response_retry_ms(&rows[i].answer, &tries);
        assert_int_equal(ms, -1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_waits),  cmocka_unit_test(test_polls),
        cmocka_unit_test(test_links),  cmocka_unit_test(test_urls),
        cmocka_unit_test(test_nonces), cmocka_unit_test(test_again),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
