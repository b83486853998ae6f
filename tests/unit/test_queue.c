#include "probe/queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Looks that are started go nowhere here: they are in flight until they are
 * done. */
static size_t started;

void scan_start(struct scan *l)
{
    (void)l;
    started++;
}

enum { LOOKS = 40, FLOWN = 8 };

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eight_to_one_address),
        cmocka_unit_test(one_to_one_port),
        cmocka_unit_test(so_many_in_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
