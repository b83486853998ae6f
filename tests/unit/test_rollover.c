/* From one key to the next: how long is waited, and what is written down. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "act/rollover.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/folder.h"

/* In seconds. The wait of two times 100 s began at 1000 s after a start of the
 * machine, when its clock said 5000000. The second look comes after `first`. */
static const struct {
    const char *what;
    struct rollover_clock first, second;
    int64_t left_s; /* after both */
    int64_t jump_s; /* of the clock, seen by the second look */
} waits[] = {
    { "nothing has gone by",
      { "a", 1000, 5000000 },
      { "a", 1000, 5000000 },
      200,
      0 },
    { "half of it", { "a", 1050, 5000050 }, { "a", 1100, 5000100 }, 100, 0 },
    { "all of it", { "a", 1100, 5000100 }, { "a", 1200, 5000200 }, 0, 0 },
    { "a second too few",
      { "a", 1100, 5000100 },
      { "a", 1199, 5000199 },
      1,
      0 },
    { "long over", { "a", 1100, 5000100 }, { "a", 90000, 5089000 }, 0, 0 },
    { "a clock that was set ahead shortens nothing",
      { "a", 1010, 5000010 },
      { "a", 1020, 5600020 },
      180,
      600000 },
    { "nor does one that was set back lengthen it",
      { "a", 1010, 5000010 },
      { "a", 1110, 1000110 },
      90,
      -4000000 },
    { "a new start: what came before the last look counts",
      { "a", 1060, 5000060 },
      { "b", 20, 5000500 },
      120,
      0 },
    { "a new start, long ago",
      { "a", 1060, 5000060 },
      { "b", 140, 5000700 },
      0,
      0 },
    { "carried to a machine that has run for long",
      { "a", 1060, 5000060 },
      { "b", 9000000, 5000070 },
      130,
      0 },
    { "the same, and its clock is behind",
      { "a", 1060, 5000060 },
      { "b", 9000000, 4000000 },
      140,
      0 },
    { "put back to an older state",
      { "a", 1060, 5000060 },
      { "a", 700, 5000700 },
      140,
      1000 },
    { "no id: a clock that runs on is the same start",
      { "", 1060, 5000060 },
      { "", 1070, 5000070 },
      130,
      0 },
    { "no id: one that begins anew is not",
      { "", 1060, 5000060 },
      { "", 30, 5000500 },
      110,
      0 },
};

static void test_waits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
        const struct rollover_clock begun = { waits[i].first.boot, 1000000,
                                              5000000 };
        struct rollover_clock first = waits[i].first;
        struct rollover_clock second = waits[i].second;
        struct rollover r = { .ttl_s = 100 };
        first.boot_ms *= 1000;
        second.boot_ms *= 1000;
        rollover_wait_begin(&r, &begun);
        int64_t ignored = rollover_wait_left_ms(&r, &first);
        (void)ignored;
        int64_t jump_s = rollover_clock_jump(&r, &second);
        int64_t left_ms = rollover_wait_left_ms(&r, &second);
        if (left_ms != waits[i].left_s * 1000 || jump_s != waits[i].jump_s)
            fail_msg("%s: %lld ms left, the clock jumped %lld s", waits[i].what,
                     (long long)left_ms, (long long)jump_s);
    }
}

/* No name server can make us wait for ever. */
static void test_longest(void **state)
{
    const struct rollover_clock now = { "a", 0, 0 };
    struct rollover r = { .ttl_s = INT32_MAX };

    (void)state;
    rollover_wait_begin(&r, &now);
    assert_int_equal(rollover_wait_left_ms(&r, &now), INT64_C(14000) * DAY_S);
}

static char dir[] = "/tmp/certmend-rollover-XXXXXX";

static struct store opened(struct arena *a)
{
    struct store s = { .lock = -1 };
    struct err err;

    assert_true(store_open(a, dir, &s, &err));
    return s;
}

static void test_file(void **state)
{
    struct arena *a = arena_new();
    struct store s = opened(a);
    const char *old[] = { "3 1 1 aa", "3 1 2 bb" }, *next[] = { "3 1 1 cc" };
    struct rollover_place place = { "_25._tcp.mail.example.org",
                                    { old, 2 },
                                    { next, 1 } };
    const struct rollover r = {
        .stage = ROLLOVER_SETTLE,
        .old_key = "aa",
        .rollover_key = "cc",
        .places = &place,
        .len = 1,
        .ttl_s = 3600,
        .waited_ms = 17,
        .last = { "boot", 1234, 1800000000 },
    };
    struct rollover *got = NULL;
    struct err err;

    (void)state;
    assert_true(rollover_read(&s, "mail", &got, &err));
    assert_null(got);
    assert_true(rollover_write(&s, "mail", &r, &err));
    assert_true(rollover_read(&s, "mail", &got, &err));
    assert_int_equal(got->stage, ROLLOVER_SETTLE);
    assert_string_equal(got->places[0].owner, place.owner);
    assert_int_equal(got->places[0].old.len, 2);
    assert_string_equal(got->places[0].old.text[1], "3 1 2 bb");
    assert_string_equal(got->places[0].next.text[0], "3 1 1 cc");
    assert_int_equal(got->ttl_s, 3600);
    assert_int_equal(got->waited_ms, 17);
    assert_int_equal(got->last.boot_ms, 1234);
    assert_int_equal(got->last.now_s, 1800000000);
    assert_true(rollover_end(&s, "mail", &err));
    assert_true(rollover_end(&s, "mail", &err));
    assert_true(rollover_read(&s, "mail", &got, &err));
    assert_null(got);
    arena_free(a);
}

static const char *const broken[] = {
    "",
    "[]",
    "{}",
    "{\"stage\":\"wait\"}",
    "{\"stage\":\"gone\",\"old_key\":\"a\",\"next_key\":\"b\",\"boot\":\"\","
    "\"at\":\"2026-01-01T00:00:00Z\",\"records\":[{\"owner\":\"x\","
    "\"old\":[],\"next\":[\"3 1 1 aa\"]}]}",
    "{\"stage\":\"wait\",\"old_key\":\"a\",\"next_key\":\"b\",\"boot\":\"\","
    "\"at\":\"2026-01-01T00:00:00Z\",\"records\":[]}",
    "{\"stage\":\"wait\",\"old_key\":\"a\",\"next_key\":\"b\",\"boot\":\"\","
    "\"at\":\"then\",\"records\":[{\"owner\":\"x\",\"old\":[],"
    "\"next\":[\"3 1 1 aa\"]}]}",
};

/* What is damaged is told, and never taken for "none under way". */
static void test_damaged(void **state)
{
    struct arena *a = arena_new();
    struct store s = opened(a);
    const char *folder = arena_printf(a, "%s/rollover", dir);
    const char *path = arena_printf(a, "%s/mail.json", folder);
    struct rollover *got = NULL;
    struct err err;

    (void)state;
    assert_true(folder_make(folder, FOLDER_PRIVATE, &err));
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        assert_true(
            file_write(path, broken[i], strlen(broken[i]), FILE_PRIVATE, &err));
        if (rollover_read(&s, "mail", &got, &err))
            fail_msg("read: %s", broken[i]);
    }
    arena_free(a);
}

static int set_up(void **state)
{
    (void)state;
    return mkdtemp(dir) && chmod(dir, 0700) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    struct err ignored;
    struct arena *a = arena_new();

    (void)state;
    bool gone = folder_remove(arena_printf(a, "%s/rollover", dir), &ignored) &&
                folder_remove(dir, &ignored);
    arena_free(a);
    return gone ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_waits),
        cmocka_unit_test(test_longest),
        cmocka_unit_test(test_file),
        cmocka_unit_test(test_damaged),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
