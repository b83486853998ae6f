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
        cmocka_unit_test(test_there_and_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
