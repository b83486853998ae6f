#include "probe/queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/clock.h"

/* Looks that are started go nowhere here: they are in flight until they are
 * done. */
static size_t started;

void scan_start(struct scan *l)
{
    (void)l;
    started++;
}

enum { LOOKS = 40, FLOWN = 8 };

static const char *const addresses[] = {
    "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4",
    "192.0.2.5", "192.0.2.6", "192.0.2.7", "192.0.2.8",
};

static void fill(struct queue *q, struct scan *scans, const char *address,
                 uint16_t first_port)
{
    for (size_t i = 0; i < LOOKS; i++) {
        scans[i] =
            (struct scan){ .place = { .address = address,
                                      .port = (uint16_t)(first_port + i) } };
        queue_add(q, &scans[i]);
    }
}

/* What the headers promise to those who are looked at. */
static void eight_to_one_address(void **state)
{
    static struct queue q;
    static struct scan ours[LOOKS], others[LOOKS];

    (void)state;
    q = (struct queue){ .most = 1000 };
    started = 0;
    fill(&q, ours, "192.0.2.1", 1000);
    queue_run(&q);
    assert_int_equal(started, FLOWN);
    fill(&q, others, "192.0.2.2", 1000);
    queue_run(&q);
    assert_int_equal(started, 2 * FLOWN);
    queue_done(&q, &ours[3]);
    queue_run(&q);
    assert_int_equal(started, 2 * FLOWN + 1);
}

/* Looks and fetches together. */
static void two_for_anybody(void **state)
{
    static struct queue q;
    static struct crowd crowd;
    static struct scan scans[LOOKS], others[LOOKS];

    (void)state;
    crowd = (struct crowd){ .counts = true };
    q = (struct queue){ .most = 1000, .crowd = &crowd };
    started = 0;
    fill(&q, scans, "192.0.2.1", 1000);
    queue_run(&q);
    assert_int_equal(started, 2);
    fill(&q, others, "192.0.2.2", 1000);
    queue_run(&q);
    assert_int_equal(started, 4);
    crowd_join(&crowd, "192.0.2.1"); /* somebody else, in another line */
    queue_done(&q, &scans[0]);
    queue_run(&q);
    assert_int_equal(started, 4);
    crowd_leave(&crowd, "192.0.2.1");
    queue_run(&q);
    assert_int_equal(started, 5);
}

static void one_to_one_port(void **state)
{
    static struct queue q;
    static struct scan same[3];

    (void)state;
    q = (struct queue){ .most = 1000 };
    started = 0;
    for (size_t i = 0; i < 3; i++) {
        same[i] =
            (struct scan){ .place = { .address = "192.0.2.1", .port = 25 } };
        queue_add(&q, &same[i]);
    }
    queue_run(&q);
    assert_int_equal(started, 1);
    queue_done(&q, &same[0]);
    queue_run(&q);
    assert_int_equal(started, 2);
}

static void many_to_a_silent_port(void **state)
{
    static struct queue q;
    static struct scan same[LOOKS];

    (void)state;
    q = (struct queue){ .most = 1000 };
    started = 0;
    for (size_t i = 0; i < LOOKS; i++) {
        same[i] =
            (struct scan){ .place = { .address = "192.0.2.1", .port = 25 } };
        queue_add(&q, &same[i]);
    }
    queue_run(&q);
    assert_int_equal(started, 1);
    same[0].cell.connect.outcome = OUTCOME_TIMED_OUT;
    queue_done(&q, &same[0]);
    queue_run(&q);
    assert_int_equal(started, 1 + FLOWN);
    for (size_t i = 1; i <= FLOWN; i++) { /* it answers after all */
        same[i].cell.connect.outcome = OUTCOME_OK;
        queue_done(&q, &same[i]);
    }
    queue_run(&q);
    assert_int_equal(started, 1 + FLOWN + 1);
}

static void so_many_in_all(void **state)
{
    static struct queue q;
    static struct scan ours[LOOKS];

    (void)state;
    q = (struct queue){ .most = 5 };
    started = 0;
    fill(&q, ours, "192.0.2.1", 1000);
    queue_run(&q);
    assert_int_equal(started, 5);
    queue_run(&q);
    assert_int_equal(started, 5);
}

static void so_many_in_a_second(void **state)
{
    static struct queue q;
    static struct scan ours[LOOKS];
    struct err err;

    (void)state;
    q = (struct queue){ .most = 1000, .a_second = 100 };
    started = 0;
    assert_true(loop_new(&q.loop, &err));
    for (size_t i = 0; i < LOOKS; i++) {
        ours[i] = (struct scan){ .place = { .address = addresses[i % 8],
                                            .port = (uint16_t)(i + 1) } };
        queue_add(&q, &ours[i]);
    }
    assert_int_equal(q.waiting_len, LOOKS);
    int64_t began_ms = clock_monotonic_ms();
    queue_run(&q);
    assert_int_equal(started, 1);
    queue_run(&q); /* as another one is added */
    assert_int_equal(started, 1);
    assert_true(loop_run(q.loop, &err)); /* until no timer is set any more */
    int64_t took_ms = clock_monotonic_ms() - began_ms;
    assert_int_equal(started, LOOKS);
    assert_int_equal(q.waiting_len, 0);
    if (took_ms < (LOOKS - 1) * 10 - 10)
        fail_msg("%d in %d ms", LOOKS, (int)took_ms);
    loop_free(q.loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eight_to_one_address),
        cmocka_unit_test(two_for_anybody),
        cmocka_unit_test(one_to_one_port),
        cmocka_unit_test(many_to_a_silent_port),
        cmocka_unit_test(so_many_in_all),
        cmocka_unit_test(so_many_in_a_second),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
