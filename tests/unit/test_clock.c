/* Times as people and programs write them (RFC 3339). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"

static const struct {
    const char *text;
    bool good;
    int64_t when_s;
} rows[] = {
    { "1970-01-01T00:00:00Z", true, 0 },
    { "2026-11-23T12:00:00Z", true, 1795435200 },
    { "2026-11-23T13:00:00+01:00", true, 1795435200 },
    { "2026-11-23T06:30:00-05:30", true, 1795435200 },
    { "2026-11-23T12:00:00.999Z", true, 1795435200 },
    { "2026-11-23", true, 1795392000 },
    { "2024-02-29T00:00:00Z", true, 1709164800 },
    { "2023-02-29T00:00:00Z", false, 0 },
    { "2026-13-01T00:00:00Z", false, 0 },
    { "2026-11-23T24:00:00Z", false, 0 },
    { "2026-11-23T12:00:00", false, 0 },
    { "2026-11-23T12:00:00.Z", false, 0 },
    { "2026-11-23T12:00:00+1:00", false, 0 },
    { "2026-11-23 12:00", false, 0 },
    { "9999-12-31T23:59:59Z", true, CLOCK_LAST_S },
    { "9999-12-31T23:59:59-00:01", false, 0 },
    { "9999-12-31T23:59:60Z", false, 0 },
    { "0000-01-01T00:00:00Z", true, CLOCK_FIRST_S },
    { "0000-01-01T00:00:00+00:01", false, 0 },
    { "tomorrow", false, 0 },
    { "", false, 0 },
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err err = { ERR_NONE, "" };
        int64_t when = 0;
        bool good = clock_parse(rows[i].text, &when, &err);
        if (good != rows[i].good || when != rows[i].when_s)
            fail_msg("\"%s\": %s, %lld; expected %lld", rows[i].text,
                     good ? "read" : err.text, (long long)when,
                     (long long)rows[i].when_s);
    }
}

static void test_dates_of_mail(void **state)
{
    static const struct {
        const char *text;
        int64_t when_s; /* 0: none */
    } dates[] = {
        { "mail.example.com ESMTP Exim 4.96 Mon, 23 Nov 2026 12:00:00 +0000",
          1795435200 },
        { "mx ESMTP Sendmail 8.17.1/8.17.1; Mon, 23 Nov 2026 13:00:00 +0100",
          1795435200 },
        { "Mon, 23 Nov 2026 12:00:00 GMT", 1795435200 },
        { "4 Jul 2026 00:00:00 -0530", 1783143000 },
        { "Microsoft ESMTP MAIL Service ready at Mon, 23 Nov 2026 13:00:00 "
          "+0100",
          1795435200 },
        { "Mon, 23 Nov 2026 12:00:00 CET", 0 },
        { "Mon, 23 Nov 2026 12:00:00", 0 },
        { "Mon, 23 Nov 2026 24:00:00 +0000", 0 },
        { "Mon, 31 Feb 2026 12:00:00 +0000", 0 },
        { "Mon, 23 Nix 2026 12:00:00 +0000", 0 },
        { "Mon, 123 Nov 2026 12:00:00 +0000", 0 },
        { "v23 Nov 2026 12:00:00 +0000", 0 },
        { "Mon, 23 Nov 2026 12:00:00 +9900", 0 },
        { "Mon, 23 Nov", 0 },
        { "Postfix", 0 },
        { "", 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        int64_t when = 0;
        bool found = clock_find_date(dates[i].text, &when);
        if (found != (dates[i].when_s != 0) || when != dates[i].when_s)
            fail_msg("\"%s\": %lld", dates[i].text, (long long)when);
    }
}

static void test_there_and_back(void **state)
{
    struct arena *a = arena_new();
    struct err err;

    (void)state;
    for (int64_t when = -DAY_S; when < 4102444800; when += 12345678) {
        int64_t again = 0;
        assert_true(clock_parse(clock_text(a, when), &again, &err));
        assert_int_equal(again, when);
    }
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_dates_of_mail),
        cmocka_unit_test(test_there_and_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
