#include "probe/fetch_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { TURNS = 6 };

static char gone[TURNS + 1]; /* in which order they went: "ab" */
static size_t gone_len;
static struct fetch_turn turns[TURNS];
static struct fetch_line line;

static void go(void *arg)
{
    const struct fetch_turn *t = arg;

    gone[gone_len++] = (char)('a' + (t - turns));
    gone[gone_len] = '\0';
}

static void ask(size_t at, const char *whose, const char *address,
                uint16_t port)
{
    turns[at] = (struct fetch_turn){ .whose = whose,
                                     .address = address,
                                     .port = port,
                                     .go = go,
                                     .arg = &turns[at] };
    fetch_line_ask(&line, &turns[at]);
}

static int begin(void **state)
{
    (void)state;
    line = (struct fetch_line){ .buckets = { { 0 } } };
    gone_len = 0;
    gone[0] = '\0';
    return 0;
}

static const char one[] = "one", other[] = "other", third[] = "third";

static void one_target_at_a_time(void **state)
{
    (void)state;
    ask(0, one, "192.0.2.1", 80);
    ask(1, other, "192.0.2.1", 80); /* waits */
    ask(2, one, "192.0.2.1", 80);   /* its own go side by side */
    ask(3, other, "192.0.2.1", 443);
    ask(4, other, "192.0.2.2", 80);
    ask(5, third, "192.0.2.1", 80); /* waits behind b */
    assert_string_equal(gone, "acde");
    fetch_line_done(&line, &turns[0], false);
    assert_string_equal(gone, "acde");
    fetch_line_done(&line, &turns[2], false);
    assert_string_equal(gone, "acdeb");
    fetch_line_done(&line, &turns[1], false);
    assert_string_equal(gone, "acdebf");
    fetch_line_done(&line, &turns[5], false);
}

/* Ten seconds each would be an hour for a hoster's customers. */
static void nobody_waits_for_silence(void **state)
{
    (void)state;
    ask(0, one, "192.0.2.1", 80);
    ask(1, other, "192.0.2.1", 80);
    ask(2, third, "192.0.2.1", 80);
    assert_string_equal(gone, "a");
    fetch_line_done(&line, &turns[0], true);
    assert_string_equal(gone, "abc");
    fetch_line_done(&line, &turns[1], false); /* it answers after all */
    ask(3, one, "192.0.2.1", 80);
    assert_string_equal(gone, "abc");
    fetch_line_done(&line, &turns[2], false);
    assert_string_equal(gone, "abcd");
}

/* One target is given up: nothing of it goes any more, and others do. */
static void who_leaves_makes_room(void **state)
{
    (void)state;
    ask(0, one, "192.0.2.1", 80);
    ask(1, other, "192.0.2.1", 80);
    ask(2, third, "192.0.2.1", 80);
    ask(3, third, "192.0.2.1", 80);
    assert_string_equal(gone, "a");
    fetch_line_leave(&line, &turns[0]);
    fetch_line_leave(&line, &turns[1]); /* waited */
    assert_string_equal(gone, "a");
    fetch_line_left(&line, &turns[0]);
    assert_string_equal(gone, "acd");
}

/* On behalf of anybody: two at an address, at whichever of its ports, and looks
 * count, too. */
static void all_are_one_crowd(void **state)
{
    static struct crowd crowd;

    (void)state;
    crowd = (struct crowd){ .counts = true };
    line.crowd = &crowd;
    ask(0, one, "192.0.2.1", 80);
    ask(1, other, "192.0.2.1", 443);
    ask(2, third, "192.0.2.1", 8080); /* waits */
    ask(3, one, "192.0.2.2", 80);
    assert_string_equal(gone, "abd");
    fetch_line_done(&line, &turns[0], false);
    assert_string_equal(gone, "abdc");
    crowd_join(&crowd, "192.0.2.2"); /* somebody looks there */
    ask(4, one, "192.0.2.2", 80);    /* waits */
    assert_string_equal(gone, "abdc");
    crowd_leave(&crowd, "192.0.2.2");
    fetch_line_run(&line);
    assert_string_equal(gone, "abdce");
    fetch_line_leave(&line, &turns[3]);
    fetch_line_left(&line, &turns[3]);
    assert_int_equal(crowd_has_room(&crowd, "192.0.2.2"), true);
    assert_int_equal(crowd_has_room(&crowd, "192.0.2.1"), false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(one_target_at_a_time, begin),
        cmocka_unit_test_setup(nobody_waits_for_silence, begin),
        cmocka_unit_test_setup(who_leaves_makes_room, begin),
        cmocka_unit_test_setup(all_are_one_crowd, begin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
