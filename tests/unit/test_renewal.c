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
        { "a window around its end is none", 90, 1, true, 89, 93, 0, 60 },
        { "a window around its end has passed", 90, 94, true, 89, 93, 0, 94 },
        { "160 hours", 7, 1, false, 0, 0, 0, 3.5 },
        { "a year", 365, 1, false, 0, 0, 0, 243.33 },
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
    const struct cert c = cert_of(90, "");
    struct renewal r = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof wanted_s / sizeof *wanted_s; i++) {
        renewal_failed(&r, &c, FROM_S, NULL);
        assert_int_equal(r.next_try - FROM_S, wanted_s[i]);
    }
}

/* No pause outlasts what it is to replace. */
static void test_pauses_at_the_end(void **state)
{
    static const struct {
        const char *what;
        int64_t left_s, asked_s; /* asked for by the CA; 0: nothing said */
        int64_t wanted_s;
    } rows[] = {
        { "eight days are left", 8 * DAY_S, 0, DAY_S },
        { "four days are left", 4 * DAY_S, 0, DAY_S / 2 },
        { "two days are left", 2 * DAY_S, 0, DAY_S / 4 },
        { "ten hours are left", 10 * HOUR_S, 0, HOUR_S + HOUR_S / 4 },
        { "the CA asks for a week", 9 * DAY_S, 7 * DAY_S, DAY_S },
        { "eight hours are left", DAY_S / 3, 0, HOUR_S },
        { "eight hours are left, the CA asks for more", DAY_S / 3, DAY_S,
          HOUR_S },
        { "minutes are left", 300, 0, 300 },
        { "it has ended", -DAY_S, 0, HOUR_S },
    };
    static const struct cert live = { .not_after = FROM_S };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct renewal r = { .failures = 9 };
        int64_t now_s = FROM_S - rows[i].left_s;
        const struct acme_problem no = { .type = "rateLimited",
                                         .detail = "",
                                         .retry_at = now_s + rows[i].asked_s };
        renewal_failed(&r, &live, now_s, rows[i].asked_s ? &no : NULL);
        if (r.next_try - now_s != rows[i].wanted_s)
            fail_msg("%s: in %lld s, not %lld", rows[i].what,
                     (long long)(r.next_try - now_s),
                     (long long)rows[i].wanted_s);
    }
}

/* What a run with another clock wrote down keeps nothing from its turn. */
static void test_clock_that_was_ahead(void **state)
{
    static const struct {
        const char *what;
        int64_t ahead_s;
        bool is_kept;
    } rows[] = {
        { "a day, the longest pause", DAY_S, true },
        { "a minute more", DAY_S + MINUTE_S, false },
        { "nine years", INT64_C(9) * 365 * DAY_S, false },
    };
    const struct cert c = cert_of(90, "");
    const int64_t now_s = FROM_S + 80 * DAY_S;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct renewal r = { .failures = 1,
                                   .next_try = now_s + rows[i].ahead_s };
        struct renewal back =
            renewal_from_json(arena, renewal_to_json(arena, &r), now_s);
        if (renewal_is_late(&back, &c, now_s) != rows[i].is_kept ||
            (renewal_moment(&back, &c, now_s) == now_s) == rows[i].is_kept)
            fail_msg("%s: next try at %lld", rows[i].what,
                     (long long)back.next_try);
    }
}

static void test_late(void **state)
{
    static const struct {
        const char *what;
        double now_d;
        int64_t failures;
        double next_try_d;
        bool is_late;
    } rows[] = {
        { "not yet due", 50, 0, 0, false },
        { "due, and not tried yet", 61, 0, 0, false },
        { "due, tried, waits", 61, 1, 61.5, true },
        { "due, tried, to be tried now", 61, 1, 60.9, false },
        { "forced before it was due", 50, 1, 50.5, false },
        { "it has ended", 91, 7, 91.5, true },
    };
    const struct cert c = cert_of(90, "");

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct renewal r = {
            .failures = rows[i].failures,
            .next_try = FROM_S + (int64_t)(rows[i].next_try_d * DAY_S)
        };
        if (renewal_is_late(&r, &c,
                            FROM_S + (int64_t)(rows[i].now_d * DAY_S)) !=
            rows[i].is_late)
            fail_msg("%s: is not %d", rows[i].what, rows[i].is_late);
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
            .retry_at = FROM_S + DAY_S / 2 },
          DAY_S / 2 },
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
        const struct cert c = cert_of(90, "");
        struct renewal r = { .failures = 0 };
        renewal_failed(&r, &c, FROM_S, &rows[i].no);
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
        .told = (const char *const[]){ "the CA said \x1b[31mno" },
        .told_len = 1,
    };
    struct renewal back =
        renewal_from_json(arena, renewal_to_json(arena, &r), FROM_S);

    (void)state;
    assert_true(back.has_ari);
    assert_int_equal(back.ari.start, r.ari.start);
    assert_int_equal(back.ari.end, r.ari.end);
    assert_int_equal(back.ari.retry_at, r.ari.retry_at);
    assert_string_equal(back.ari.why_url, r.ari.why_url);
    assert_int_equal(back.failures, 3);
    assert_int_equal(back.next_try, r.next_try);
    assert_int_equal(back.told_len, 1);
    assert_null(strchr(back.told[0], 0x1b));
    back = renewal_from_json(arena, NULL, FROM_S);
    assert_false(back.has_ari);
    assert_int_equal(back.next_try, 0);
    assert_true(renewal_wants_ari(&back, FROM_S));
    assert_false(renewal_wants_ari(&r, FROM_S));
    assert_true(renewal_wants_ari(&r, FROM_S + 5));
    /* a clock that has gone back by more than any answer is good for */
    assert_false(renewal_wants_ari(&r, r.ari.retry_at - DAY_S));
    assert_true(renewal_wants_ari(&r, r.ari.retry_at - 2 * DAY_S));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_moments),
        cmocka_unit_test(test_spread),
        cmocka_unit_test(test_pauses),
        cmocka_unit_test(test_the_no),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_pauses_at_the_end),
        cmocka_unit_test(test_clock_that_was_ahead),
        cmocka_unit_test(test_late),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
