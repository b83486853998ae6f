#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "serve/public_limits.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE };

static struct public_limits limits;
static struct arena *arena;

static int set_up(void **state)
{
    struct err err;

    (void)state;
    arena = arena_new();
    return public_limits_init(&limits, &err) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static bool takes(enum public_limit kind, const char *who, int64_t now_ms)
{
    if (public_limits_wait_ms(&limits, kind, who, 1, now_ms))
        return false;
    public_limits_count(&limits, kind, who, now_ms);
    return true;
}

/* How many of `tries` get through, one each `apart_ms`. */
static int through(enum public_limit kind, const char *who, int64_t now_ms,
                   int tries, int64_t apart_ms)
{
    int got = 0;

    for (int i = 0; i < tries; i++)
        got += takes(kind, who, now_ms + i * apart_ms);
    return got;
}

static void six_a_minute(void **state)
{
    int64_t now = 5 * HOUR;

    (void)state;
    assert_int_equal(through(PUBLIC_CLIENT, "192.0.2.1", now, 20, SECOND), 6);
    assert_int_equal(public_limits_wait_ms(&limits, PUBLIC_CLIENT, "192.0.2.1",
                                           1, now + 20 * SECOND),
                     40 * SECOND);
    assert_true(takes(PUBLIC_CLIENT, "192.0.2.2", now));
    assert_true(takes(PUBLIC_CLIENT, "192.0.2.1", now + MINUTE));
}

static void sixty_a_day(void **state)
{
    int64_t now = 5 * HOUR;

    (void)state;
    assert_int_equal(through(PUBLIC_CLIENT, "192.0.2.1", now, 200, MINUTE), 60);
    int64_t wait_ms = public_limits_wait_ms(&limits, PUBLIC_CLIENT, "192.0.2.1",
                                            1, now + 2 * HOUR);
    assert_int_equal(wait_ms, 22 * HOUR);
    assert_true(takes(PUBLIC_CLIENT, "192.0.2.1", now + 24 * HOUR));
}

static void who_is_the_same(void **state)
{
    static const struct {
        enum public_limit kind;
        const char *one, *other;
        bool same;
    } rows[] = {
        { PUBLIC_CLIENT, "192.0.2.1", "192.0.2.1", true },
        { PUBLIC_CLIENT, "192.0.2.1", "192.0.2.2", false },
        { PUBLIC_CLIENT, "2001:db8::1", "2001:db8::ffff:1:2:3", true },
        { PUBLIC_CLIENT, "2001:db8::1", "2001:db8:0:1::1", false },
        { PUBLIC_NET, "192.0.2.1", "192.0.2.255", true },
        { PUBLIC_NET, "192.0.2.1", "192.0.3.1", false },
        { PUBLIC_NET, "2001:db8::1", "2001:db8:0:ffff::1", true },
        { PUBLIC_NET, "2001:db8::1", "2001:db8:1::1", false },
        { PUBLIC_DOMAIN, "example.com", "mail.example.com", true },
        { PUBLIC_DOMAIN, "a.example.co.uk", "b.example.co.uk", true },
        { PUBLIC_DOMAIN, "a.example.co.uk", "a.example2.co.uk", false },
        { PUBLIC_DOMAIN, "example.com", "example.net", false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err err;
        assert_true(public_limits_init(&limits, &err));
        through(rows[i].kind, rows[i].one, HOUR, 100, 0);
        if (takes(rows[i].kind, rows[i].other, HOUR) == rows[i].same)
            fail_msg("%s and %s", rows[i].one, rows[i].other);
    }
}

static void four_an_hour(void **state)
{
    static const enum public_limit kinds[] = { PUBLIC_DOMAIN, PUBLIC_NET };
    static const char *const whom[] = { "example.com", "192.0.2.1" };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(through(kinds[i], whom[i], HOUR, 10, MINUTE), 4);
        assert_int_equal(public_limits_wait_ms(&limits, kinds[i], whom[i], 1,
                                               HOUR + 50 * MINUTE),
                         10 * MINUTE);
        assert_true(takes(kinds[i], whom[i], 2 * HOUR));
    }
    /* What is counted of one kind counts for no other. */
    assert_true(takes(PUBLIC_CLIENT, "192.0.2.1", HOUR));
}

/* One question about many servers counts as many. */
static void many_at_once(void **state)
{
    (void)state;
    assert_int_equal(
        public_limits_wait_ms(&limits, PUBLIC_CLIENT, "192.0.2.1", 6, HOUR), 0);
    assert_int_equal(
        public_limits_wait_ms(&limits, PUBLIC_CLIENT, "192.0.2.1", 7, HOUR),
        MINUTE);
    assert_int_equal(through(PUBLIC_CLIENT, "192.0.2.1", HOUR, 4, SECOND), 4);
    int64_t now = HOUR + 10 * SECOND;
    assert_int_equal(
        public_limits_wait_ms(&limits, PUBLIC_CLIENT, "192.0.2.1", 2, now), 0);
    assert_int_equal(
        public_limits_wait_ms(&limits, PUBLIC_CLIENT, "192.0.2.1", 3, now),
        50 * SECOND);
}

/* 20,000 visitors take no more memory than one, and those of now count. */
static void it_stays_small(void **state)
{
    (void)state;
    assert_true(sizeof limits < 2 * 1024 * 1024);
    for (int i = 0; i < 20000; i++)
        (void)takes(
            PUBLIC_CLIENT,
            arena_printf(arena, "10.%d.%d.%d", i >> 16, i >> 8 & 255, i & 255),
            HOUR + i);
    int64_t now = HOUR + 20000;
    assert_int_equal(through(PUBLIC_CLIENT, "192.0.2.1", now, 20, 1), 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(six_a_minute, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sixty_a_day, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_is_the_same, set_up, tear_down),
        cmocka_unit_test_setup_teardown(four_an_hour, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_stays_small, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
