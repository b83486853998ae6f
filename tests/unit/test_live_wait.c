/*
 * A certificate that no TLSA record fitted: how long it waits once one does.
 */
#include "act/live_wait.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"

static struct arena *arena;
static struct store store = { .lock = -1 };
static char dir[] = "/tmp/certmend-wait-XXXXXX";

enum { HOUR_S = 3600, NO_RECORDS = -1 };

/* Asked of a server of the zone, or, with `server` NULL, of a resolver. */
static struct live_wait see(const char *certificate, enum live_wait_state state,
                            int ttl_s, const char *server)
{
    const struct dns_answer answer = { .outcome = DNS_ANSWERED,
                                       .ttl_s = (uint32_t)ttl_s,
                                       .server = server };
    const struct dane_place place = { .owner = "_25._tcp.a",
                                      .answer = &answer };
    const struct dane_seen seen = { &place, ttl_s != NO_RECORDS, false };
    struct live_wait w;
    struct err err;

    const struct live_wait_look look = { certificate, &seen, state };
    if (!live_wait_count(&store, "a", &look, &w, &err))
        fail_msg("%s", err.text);
    return w;
}

static const char *file(void)
{
    return arena_printf(arena, "%s/archive/a/waiting.json", dir);
}

static void check_left(const char *what, const struct live_wait *w, int64_t s)
{
    /* So long a test takes at most. */
    enum { SLACK_MS = 30 * 1000 };

    if (w->left_ms > s * 1000 || w->left_ms < s * 1000 - SLACK_MS)
        fail_msg("%s: %lld ms are left, not %lld s", what,
                 (long long)w->left_ms, (long long)s);
}

static void test_no_mismatch_no_wait(void **state)
{
    (void)state;
    struct live_wait w = see("new", LIVE_WAIT_FITS, HOUR_S, "192.0.2.1");
    assert_false(w.is_on || w.left_ms);
    w = see("new", LIVE_WAIT_LOST, NO_RECORDS, NULL);
    assert_false(w.is_on);
    assert_false(file_exists(file()));
}

static void test_counts_from_the_first_sight(void **state)
{
    (void)state;
    struct live_wait w =
        see("new", LIVE_WAIT_MISMATCH, 5 * HOUR_S, "192.0.2.1");
    assert_true(w.is_on && !w.first_seen);
    w = see("new", LIVE_WAIT_FITS, HOUR_S, "192.0.2.1");
    check_left("the older, longer time", &w, 10 * HOUR_S);
    assert_true(w.first_seen > 0);
    w = see("new", LIVE_WAIT_LOST, NO_RECORDS, NULL);
    check_left("lost, the count goes on", &w, 10 * HOUR_S);
    w = see("new", LIVE_WAIT_MISMATCH, HOUR_S, "192.0.2.1");
    assert_true(w.is_on && !w.first_seen);
    w = see("new", LIVE_WAIT_FITS, NO_RECORDS, NULL);
    check_left("all taken away: older answers are held", &w, 10 * HOUR_S);
    w = see("another", LIVE_WAIT_FITS, HOUR_S, "192.0.2.1");
    assert_false(w.is_on);
    live_wait_end(&store, "a");
    assert_false(file_exists(file()));
}

static void test_a_resolver_says_what_is_left(void **state)
{
    (void)state;
    struct live_wait w = see("new", LIVE_WAIT_MISMATCH, 20, NULL);
    w = see("new", LIVE_WAIT_FITS, 20, NULL);
    check_left("a day each", &w, 48 * HOUR_S);
    live_wait_end(&store, "a");
}

static void test_it_ends(void **state)
{
    (void)state;
    struct live_wait w = see("new", LIVE_WAIT_MISMATCH, 0, "192.0.2.1");
    const char *text = NULL;
    size_t len = 0;
    struct err err;

    w = see("new", LIVE_WAIT_FITS, HOUR_S, "192.0.2.1");
    assert_true(file_read(arena, file(), 4096, &text, &len, &err));
    const char *at = strstr(text, "\"waited_ms\"");
    assert_non_null(at);
    at = strchr(at, ':') + 1;
    const char *more =
        arena_printf(arena, "%.*s99999999999%s", (int)(at - text), text,
                     at + strspn(at, " \t0"));
    assert_true(file_write(file(), more, strlen(more), FILE_PRIVATE, &err));
    w = see("new", LIVE_WAIT_FITS, HOUR_S, "192.0.2.1");
    assert_true(w.is_on && w.first_seen);
    assert_int_equal(w.left_ms, 0);
    live_wait_end(&store, "a");
}

static void test_damaged_it_begins_anew(void **state)
{
    static const char *const rows[] = {
        "", "{", "{}", "{\"certificate\":\"new\",\"waited_ms\":99999999999}",
        "{\"certificate\":\"new\",\"first_seen\":\"2020-01-01T00:00:00Z\"}"
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err err;
        assert_true(
            file_write(file(), rows[i], strlen(rows[i]), FILE_PRIVATE, &err));
        struct live_wait w = see("new", LIVE_WAIT_FITS, HOUR_S, "192.0.2.1");
        assert_true(w.is_on);
        check_left(rows[i], &w, 2 * HOUR_S);
    }
    live_wait_end(&store, "a");
}

static int set_up(void **state)
{
    (void)state;
    arena = arena_new();
    if (!mkdtemp(dir))
        return -1;
    store.arena = arena;
    store.dir = dir;
    mkdir(arena_printf(arena, "%s/archive", dir), 0700);
    return mkdir(arena_printf(arena, "%s/archive/a", dir), 0700);
}

static int tear_down(void **state)
{
    (void)state;
    int gone = system(arena_printf(arena, "rm -rf %s", dir));
    arena_free(arena);
    return gone;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_mismatch_no_wait),
        cmocka_unit_test(test_counts_from_the_first_sight),
        cmocka_unit_test(test_a_resolver_says_what_is_left),
        cmocka_unit_test(test_it_ends),
        cmocka_unit_test(test_damaged_it_begins_anew),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
