/* MTA-STS policies (RFC 8461 3.2, 4.1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "facts/sts.h"

static const struct {
    const char *what, *body;
    bool readable;
    enum sts_mode mode;
    size_t mx;
} rows[] = {
    { "complete",
      "version: STSv1\r\nmode: enforce\r\nmx: mx1.example.com\r\n"
      "mx: *.example.net\r\nmax_age: 604800\r\n",
      true, STS_ENFORCE, 2 },
    { "bare line feeds, no last one",
      "version: STSv1\nmode: testing\nmx: mx1.example.com\nmax_age: 86400",
      true, STS_TESTING, 1 },
    { "none needs no mx", "version: STSv1\nmode: none\nmax_age: 0\n", true,
      STS_NONE, 0 },
    { "unknown keys are passed over",
      "version: STSv1\nnmx: x\nmode: enforce\nmx: a.example.com\n"
      "max_age: 1\n",
      true, STS_ENFORCE, 1 },
    { "no version", "mode: enforce\nmx: a.example.com\nmax_age: 1\n", false,
      STS_ENFORCE, 1 },
    { "unknown mode", "version: STSv1\nmode: force\nmax_age: 1\n", false,
      STS_NONE, 0 },
    { "age of two years", "version: STSv1\nmode: none\nmax_age: 63115200\n",
      false, STS_NONE, 0 },
    { "enforce without mx", "version: STSv1\nmode: enforce\nmax_age: 1\n",
      false, STS_ENFORCE, 0 },
    { "a web page", "<html><body>Not found</body></html>\n", false, STS_NONE,
      0 },
    { "empty", "", false, STS_NONE, 0 },
};

static void test_policies(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *a = arena_new();
        struct sts_policy p = { 0 };
        sts_read(a, (const uint8_t *)rows[i].body, strlen(rows[i].body), &p);
        if (p.readable != rows[i].readable || p.mode != rows[i].mode ||
            p.mx.len != rows[i].mx)
            fail_msg("%s: readable %d, mode %d, %zu mx (%s)", rows[i].what,
                     p.readable, (int)p.mode, p.mx.len,
                     p.fault ? p.fault : "no fault");
        arena_free(a);
    }
}

static void test_lists(void **state)
{
    static const char *patterns[] = { "mx1.example.com", "*.example.net" };
    struct sts_policy p = { .mx = { patterns, 2 } };

    (void)state;
    assert_true(sts_lists(&p, "mx1.example.com"));
    assert_false(sts_lists(&p, "mx2.example.com"));
    assert_true(sts_lists(&p, "a.example.net"));
    assert_false(sts_lists(&p, "example.net"));
    assert_false(sts_lists(&p, "a.b.example.net"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_policies),
        cmocka_unit_test(test_lists),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
