/*
 * Many at once, and those who take more than their share.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "fixture.h"
#include "web_stage.h"

static struct web_stage s;
static const char *names[] = { "ours" };
static const struct web_server_options patient = {
    .place = { .address = "127.0.0.1" },
    .hosts = { names, 1 },
};

static void test_crowd(void **state)
{
    enum { CROWD = 300, PLACES = 64 };
    struct web_server_options o = patient;
    int fd[CROWD];
    bool ended = false;

    (void)state;
    o.connections_max = PLACES;
    web_stage_open(&s, &o);
    web_stage_ask(&s, LAST("/hello"));
    usleep(50000);
    size_t before = web_stage_files(&s);
    for (int i = 0; i < CROWD; i++)
        fd[i] = web_stage_dial(&s);
    usleep(100000);
    /* The one before may not be put away yet. */
    if (web_stage_files(&s) > before + PLACES ||
        web_stage_files(&s) < before + PLACES - 1)
        fail_msg("%zu files, after %zu", web_stage_files(&s), before);
    /* All ask, all are answered. */
    for (int i = 0; i < CROWD; i++)
        web_stage_say(fd[i], LAST("/hello"));
    for (int i = 0; i < CROWD; i++) {
        if (web_stage_status(web_stage_hear(fd[i], 2000, &ended)) != 200)
            fail_msg("number %d was not answered", i);
        close(fd[i]);
    }
    /* They dawdle: somebody who does not is served soon. */
    for (int i = 0; i < CROWD; i++) {
        fd[i] = web_stage_dial(&s);
        web_stage_say(fd[i], POST("Content-Length: 9000\r\n", "what="));
    }
    int64_t began = clock_monotonic_ms();
    const char *said = web_stage_ask(&s, LAST("/hello"));
    int64_t took = clock_monotonic_ms() - began;
    if (web_stage_status(said) != 200 || took > 3000)
        fail_msg("after %d ms: %s", (int)took, said);
    for (int i = 0; i < CROWD; i++)
        close(fd[i]);
    web_stage_close(&s);
}

/* Nobody can be let in: that costs nothing, and is said once. */
static void expect_patience(const char *what, bool told)
{
    int fd[30];
    char said[8192] = "";

    web_stage_use_up(&s, true);
    for (size_t i = 0; i < 30; i++)
        fd[i] = web_stage_dial(&s);
    int64_t cpu = web_stage_cpu_ms(&s);
    usleep(500000);
    cpu = web_stage_cpu_ms(&s) - cpu;
    ssize_t len = read(s.says, said, sizeof said - 1);
    if (cpu > 60 || len > 1000 || (told && !strstr(said, "let in")))
        fail_msg("%s: %d ms of CPU; it says: %s", what, (int)cpu, said);
    for (size_t i = 0; i < 30; i++)
        close(fd[i]);
    web_stage_use_up(&s, false);
}

static void test_no_descriptors(void **state)
{
    struct rlimit before;
    bool ended = false;

    (void)state;
    getrlimit(RLIMIT_NOFILE, &before);
    const struct rlimit few = { 120, before.rlim_max };
    setrlimit(RLIMIT_NOFILE, &few);
    web_stage_open(&s, &patient);
    expect_patience("pages", true);
    assert_int_equal(web_stage_status(web_stage_ask(&s, LAST("/hello"))), 200);
    web_stage_close(&s);
    web_stage_open_http01(&s);
    expect_patience("http-01", true);
    assert_int_equal(web_stage_status(web_stage_ask(&s, LAST("/hello"))), 200);
    web_stage_close(&s);
    web_stage_open_alpn(&s);
    expect_patience("tls-alpn-01", false);
    int fd = web_stage_dial(&s);
    web_stage_say(fd, "no TLS at all, but read");
    web_stage_hear(fd, 2000, &ended);
    assert_true(ended);
    close(fd);
    web_stage_close(&s);
    setrlimit(RLIMIT_NOFILE, &before);
}

static void test_per_client(void **state)
{
    struct web_server_options o = patient;
    int fd[5];
    bool ended = false;

    (void)state;
    o.per_client_max = 4;
    web_stage_open(&s, &o);
    for (int i = 0; i < 5; i++) {
        fd[i] = web_stage_dial(&s);
        usleep(5000);
    }
    web_stage_hear(fd[4], 500, &ended);
    assert_true(ended);
    close(fd[4]);
    /* One of the four only rests: it makes way. */
    web_stage_say(fd[2], GET("/hello"));
    assert_int_equal(web_stage_status(web_stage_hear(fd[2], 100, &ended)), 200);
    assert_false(ended);
    assert_int_equal(web_stage_status(web_stage_ask(&s, LAST("/hello"))), 200);
    web_stage_hear(fd[2], 500, &ended);
    assert_true(ended);
    web_stage_hear(fd[0], 50, &ended);
    assert_false(ended);
    for (int i = 0; i < 4; i++)
        close(fd[i]);
    web_stage_close(&s);
}

#define FOR(path, client)                                                      \
    "GET " path " HTTP/1.1\r\nHost: ours\r\nConnection: "                      \
    "close\r\nX-Forwarded-For: 10.9.8.7, " client "\r\n\r\n"

static void test_behind_proxy(void **state)
{
    struct web_server_options o = patient;
    int fd[10];
    bool ended = false;

    (void)state;
    o.proxy = "127.0.0.1";
    o.per_client_max = 3;
    web_stage_open(&s, &o);
    for (int i = 0; i < 10; i++) {
        fd[i] = web_stage_dial(&s);
        web_stage_say(fd[i], FOR("/never", "203.0.113.1"));
        const char *said = web_stage_hear(fd[i], 20, &ended);
        if (web_stage_status(said) != (i < 3 ? 0 : 429))
            fail_msg("number %d: %s", i, said);
    }
    const char *said = web_stage_ask(&s, FOR("/hello", "2001:db8::9"));
    if (!strstr(said, "\r\n\r\n2001:db8::9"))
        fail_msg("%s", said);
    assert_int_equal(web_stage_status(web_stage_ask(&s, LAST("/hello"))), 400);
    for (int i = 0; i < 10; i++)
        close(fd[i]);
    web_stage_close(&s);
    o.proxy = "192.0.2.1";
    web_stage_open(&s, &o);
    said = web_stage_ask(&s, FOR("/hello", "203.0.113.1"));
    assert_int_equal(web_stage_status(said), 403);
    web_stage_close(&s);
}

static void test_unread(void **state)
{
    enum { READERS = 60 };
    int fd[READERS];

    (void)state;
    web_stage_open(&s, &patient);
    web_stage_ask(&s, LAST("/big"));
    size_t before = web_stage_memory(&s);
    for (int i = 0; i < READERS; i++) {
        int few = 4096;
        fd[i] = web_stage_dial(&s);
        setsockopt(fd[i], SOL_SOCKET, SO_RCVBUF, &few, sizeof few);
        web_stage_say(fd[i], GET("/big"));
    }
    usleep(200000);
    const char *said = web_stage_ask(&s, LAST("/big"));
    if (strlen(said) < 1024 * 1024)
        fail_msg("%zu bytes for who reads", strlen(said));
    if (web_stage_memory(&s) > before + 24 * 1024 * ROOMY)
        fail_msg("%zu KB became %zu", before, web_stage_memory(&s));
    for (int i = 0; i < READERS; i++)
        close(fd[i]);
    web_stage_close(&s);
}

#define CLEAN(test) cmocka_unit_test_teardown(test, put_away)

static int put_away(void **state)
{
    (void)state;
    if (s.pid > 0)
        kill(s.pid, SIGKILL);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLEAN(test_crowd),      CLEAN(test_no_descriptors),
        CLEAN(test_per_client), CLEAN(test_behind_proxy),
        CLEAN(test_unread),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
