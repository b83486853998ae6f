#include "fixture.h"

#include "act/renewal.h"

#include <string.h>

#include "base/clock.h"

enum { FROM_S = 1800000000 };

static struct cert cert_of(int days, const char *digest)
{
    return (struct cert){ .not_before = FROM_S,
                          .not_after = FROM_S + (int64_t)days * DAY_S,
                          .sha256_hex = digest };
}

static void test_moments(void **state)
{
    static const struct {
        const char *what;
        int life_d;
        double now_d;
        bool has_ari;
        double start_d, end_d, next_try_d;
        double wanted_d; /* in the middle of a window */
    } rows[] = {
        { "90 days", 90, 1, false, 0, 0, 0, 60 },
        { "45 days", 45, 1, false, 0, 0, 0, 30 },
        { "6 days: half", 6, 1, false, 0, 0, 0, 3 },
        { "overdue", 90, 80, false, 0, 0, 0, 80 },
        { "a window", 90, 1, true, 50, 52, 0, 51 },
        { "a window that has begun", 90, 50.5, true, 50, 52, 0, 51 },
        { "a window that has passed", 90, 70, true, 50, 52, 0, 70 },
        { "a window because of a revocation", 90, 3, true, 1, 2, 0, 3 },
        { "a window after its end is none", 90, 1, true, 91, 92, 0, 60 },
        { "not before the next try", 90, 61, false, 0, 0, 61.5, 61.5 },
        { "the next try is long past", 90, 61, false, 0, 0, 60.5, 61 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct cert c = cert_of(rows[i].life_d, "7fffffff00");
        struct renewal r = { .has_ari = rows[i].has_ari };
        r.ari.start = FROM_S + (int64_t)(rows[i].start_d * DAY_S);
        r.ari.end = FROM_S + (int64_t)(rows[i].end_d * DAY_S);
        if (rows[i].next_try_d > 0)
            r.next_try = FROM_S + (int64_t)(rows[i].next_try_d * DAY_S);
        int64_t now_s = FROM_S + (int64_t)(rows[i].now_d * DAY_S);
        double got_d = (double)(renewal_moment(&r, &c, now_s) - FROM_S) / DAY_S;
        if (got_d < rows[i].wanted_d - 0.01 || got_d > rows[i].wanted_d + 0.01)
            fail_msg("%s: day %.2f, not %.2f", rows[i].what, got_d,
                     rows[i].wanted_d);
    }
}

/* Everybody has another second, and keeps it. */
static void test_spread(void **state)
{
    struct cert early = cert_of(90, "0000000099");
    struct cert late = cert_of(90, "ffffffff99");
    struct renewal r = { .has_ari = true,
                         .ari = { .start = FROM_S + 50 * DAY_S,
                                  .end = FROM_S + 52 * DAY_S } };

    (void)state;
    assert_int_equal(renewal_moment(&r, &early, FROM_S), r.ari.start);
    int64_t at = renewal_moment(&r, &late, FROM_S);
    assert_true(at >= r.ari.end - MINUTE_S && at <= r.ari.end);
    assert_int_equal(renewal_moment(&r, &late, FROM_S + DAY_S), at);
}

static void test_pauses(void **state)
{
    static const int64_t wanted_s[] = { 60, 600, 6000, DAY_S, DAY_S, DAY_S };
    struct renewal r = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof wanted_s / sizeof *wanted_s; i++) {
        renewal_failed(&r, FROM_S, NULL);
        assert_int_equal(r.next_try - FROM_S, wanted_s[i]);
    }
}

/* What the CA's "no" means for the first time after it. */
static void test_the_no(void **state)
{
    static struct acme_problem busy_and_unissuable[] = {
        { .type = "serverInternal", .detail = "" },
        { .type = "rejectedIdentifier", .detail = "" },
    };
    static const struct {
        const char *what;
        struct acme_problem no;
        int64_t wanted_s;
    } rows[] = {
        { "mended by somebody",
          { .type = "connection", .detail = "", .challenge = "http-01" },
          MINUTE_S },
        { "a time is named",
          { .type = "rateLimited",
            .detail = "",
            .retry_at = FROM_S + 7 * DAY_S },
          7 * DAY_S },
        { "an early time is named",
          { .type = "serverInternal", .detail = "", .retry_at = FROM_S + 5 },
          MINUTE_S },
        { "too many, until nobody says when",
          { .type = "rateLimited", .detail = "" },
          HOUR_S },
        { "the CA's own trouble",
          { .type = "serverInternal", .detail = "" },
          HOUR_S },
        { "never", { .type = "rejectedIdentifier", .detail = "" }, DAY_S },
        { "one never among others",
          { .type = "compound",
            .detail = "",
            .parts = busy_and_unissuable,
            .parts_len = 2 },
          DAY_S },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct renewal r = { .failures = 0 };
        renewal_failed(&r, FROM_S, &rows[i].no);
        if (r.next_try - FROM_S != rows[i].wanted_s)
            fail_msg("%s: in %lld s, not %lld", rows[i].what,
                     (long long)(r.next_try - FROM_S),
                     (long long)rows[i].wanted_s);
    }
}

static void test_json(void **state)
{
    const struct renewal r = {
        .has_ari = true,
        .ari = { FROM_S, FROM_S + 60, "https://ca.example/why", FROM_S + 5 },
        .failures = 3,
        .next_try = FROM_S + 9,
    };
    struct renewal back = renewal_from_json(arena, renewal_to_json(arena, &r));

    (void)state;
    assert_true(back.has_ari);
    assert_int_equal(back.ari.start, r.ari.start);
    assert_int_equal(back.ari.end, r.ari.end);
    assert_int_equal(back.ari.retry_at, r.ari.retry_at);
    assert_string_equal(back.ari.why_url, r.ari.why_url);
    assert_int_equal(back.failures, 3);
    assert_int_equal(back.next_try, r.next_try);
    back = renewal_from_json(arena, NULL);
    assert_false(back.has_ari);
    assert_int_equal(back.next_try, 0);
    assert_true(renewal_wants_ari(&back, FROM_S));
    assert_false(renewal_wants_ari(&r, FROM_S));
    assert_true(renewal_wants_ari(&r, FROM_S + 5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_moments), cmocka_unit_test(test_spread),
        cmocka_unit_test(test_pauses),  cmocka_unit_test(test_the_no),
        cmocka_unit_test(test_json),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
