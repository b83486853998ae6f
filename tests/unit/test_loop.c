#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "net/connection.h"
#include "net/loop.h"
#include "peer.h"

struct log {
    struct loop *loop;
    char text[16];
    size_t len;
};

struct bell {
    struct log *log;
    char sign;
    struct timer timer;
    struct watch watch;
};

static void note(struct bell *b, char sign)
{
    if (b->log->len < sizeof b->log->text - 1)
        b->log->text[b->log->len++] = sign;
}

static void rings(void *arg)
{
    struct bell *b = arg;

    note(b, b->sign);
}

static void is_ready(void *arg, bool ready)
{
    note(arg, ready ? 'r' : 't');
}

static int set_up(void **state)
{
    static struct log log;
    struct err err;

    log = (struct log){ 0 };
    assert_true(loop_new(&log.loop, &err));
    *state = &log;
    return 0;
}

static int tear_down(void **state)
{
    struct log *log = *state;

    loop_free(log->loop);
    return 0;
}

static void run(struct log *log)
{
    struct err err;

    assert_true(loop_run(log->loop, &err));
}

static struct bell bell(struct log *log, char sign)
{
    return (struct bell){ .log = log, .sign = sign };
}

static void set(struct bell *b, int64_t after_ms)
{
    b->timer.call = rings;
    b->timer.arg = b;
    timer_set(b->log->loop, &b->timer, after_ms);
}

static void test_timers(void **state)
{
    struct log *log = *state;
    struct bell a = bell(log, 'a'), b = bell(log, 'b'), c = bell(log, 'c'),
                d = bell(log, 'd');

    set(&a, 20);
    set(&b, 5);
    set(&c, 10);
    set(&d, -1);
    timer_stop(&c.timer);
    timer_stop(&c.timer);
    set(&b, 30); /* moved */
    assert_int_equal(log->len, 0);
    run(log);
    assert_string_equal(log->text, "dab");
}

static void stops(void *arg)
{
    loop_stop(arg);
}

static void test_stop(void **state)
{
    struct log *log = *state;
    struct bell late = bell(log, 'x');

    late.timer = (struct timer){ .call = stops, .arg = log->loop };
    timer_set(log->loop, &late.timer, 5);
    struct bell never = bell(log, 'n');
    set(&never, 60 * 1000);
    run(log);
    timer_stop(&never.timer);
    assert_string_equal(log->text, "");
    run(log); /* nothing is set: over at once */
}

static void test_watches(void **state)
{
    struct log *log = *state;
    struct bell a = bell(log, ' '), b = bell(log, ' ');
    int fds[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    a.watch = (struct watch){ .call = is_ready, .arg = &a };
    b.watch = (struct watch){ .call = is_ready, .arg = &b };
    watch_set(log->loop, &a.watch, fds[0], WATCH_READ, 10);
    watch_set(log->loop, &b.watch, fds[0], WATCH_WRITE, 1000);
    run(log);
    assert_string_equal(log->text, "rt");
    assert_int_equal(write(fds[1], "x", 1), 1);
    watch_set(log->loop, &a.watch, fds[0], WATCH_READ, 1000);
    run(log);
    assert_string_equal(log->text, "rtr");
    close(fds[0]);
    close(fds[1]);
}

/* ---- a connection ---- */

struct call {
    struct connection connection;
    enum outcome outcome;
    bool done;
};

static void is_done(void *arg, enum outcome outcome)
{
    struct call *c = arg;

    c->outcome = outcome;
    c->done = true;
}

static void test_wire(void **state)
{
    static const struct peer_step greets[] = { { PEER_SAY, "hello\r\n", 0 },
                                               { PEER_HANG_UP, NULL, 0 } };
    static const struct {
        const char *what, *address;
        bool dead_port;
        enum outcome expected;
    } rows[] = {
        { "a server", "127.0.0.1", false, OUTCOME_OK },
        { "nobody", "127.0.0.1", true, OUTCOME_REFUSED },
        { "no address", "mail.example.com", false, OUTCOME_UNREACHABLE },
        { "broadcast", "255.255.255.255", false, OUTCOME_UNREACHABLE },
    };
    struct log *log = *state;
    struct arena *a = arena_new();
    struct peer *p = peer_start(&(struct peer_order){ .script = greets });

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct call c = { .connection = { .loop = log->loop, .arena = a } };
        c.connection.call = is_done;
        c.connection.arg = &c;
        connection_connect(&c.connection, rows[i].address,
                           rows[i].dead_port ? 1 : peer_port(p), 1000);
        assert_false(c.done);
        run(log);
        if (c.outcome != rows[i].expected)
            fail_msg("%s: expected %d, got %d (%s)", rows[i].what,
                     rows[i].expected, c.outcome, c.connection.detail);
        assert_true((c.outcome == OUTCOME_OK) == !c.connection.detail);
        connection_close(&c.connection);
    }
    peer_stop(p);
    arena_free(a);
}

static void test_wire_moves(void **state)
{
    static const struct peer_step script[] = { { PEER_HEAR, "hello", 0 },
                                               { PEER_SAY, "yes", 0 },
                                               { PEER_HANG_UP, NULL, 0 } };
    struct log *log = *state;
    struct arena *a = arena_new();
    struct peer *p = peer_start(&(struct peer_order){ .script = script });
    struct call c = { .connection = { .loop = log->loop, .arena = a } };
    char bytes[16];
    size_t moved = 0;

    c.connection.call = is_done;
    c.connection.arg = &c;
    connection_connect(&c.connection, "127.0.0.1", peer_port(p), 1000);
    run(log);
    assert_string_equal(connection_own_address(&c.connection), "127.0.0.1");
    assert_int_equal(
        connection_read(&c.connection, bytes, sizeof bytes, &moved),
        OUTCOME_NOT_TRIED);
    connection_wait(&c.connection, WATCH_READ, 10);
    run(log);
    assert_int_equal(c.outcome, OUTCOME_TIMED_OUT);
    assert_int_equal(connection_write(&c.connection, "hello\r\n", 7, &moved),
                     OUTCOME_OK);
    connection_wait(&c.connection, WATCH_READ, 1000);
    run(log);
    assert_int_equal(
        connection_read(&c.connection, bytes, sizeof bytes, &moved),
        OUTCOME_OK);
    assert_memory_equal(bytes, "yes", 3);
    connection_wait(&c.connection, WATCH_READ, 1000);
    run(log);
    assert_int_equal(
        connection_read(&c.connection, bytes, sizeof bytes, &moved),
        OUTCOME_CLOSED);
    connection_close(&c.connection);
    connection_close(&c.connection);
    peer_stop(p);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_timers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_stop, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_watches, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_wire, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_wire_moves, set_up, tear_down),
    };

    return cmocka_run_group_tests_name("loop", tests, NULL, NULL);
}
