/*
 * The web server, against browsers that are none: what each is told, how long
 * it may take for it, and what it costs.
 */
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "fixture.h"
#include "web_stage.h"

static struct web_stage s;
static const char *names[] = { "ours" };
static const struct web_server_options quick = {
    .place = { .address = "127.0.0.1" },
    .hosts = { names, 1 },
    .request_ms = 300,
    .idle_ms = 1300,
    .stream_ms = 900,
};
static struct web_server_options patient = {
    .place = { .address = "127.0.0.1" },
    .hosts = { names, 1 },
};

static size_t count(const char *text, const char *of)
{
    size_t len = 0;

    for (const char *at = text; (at = strstr(at, of)) != NULL; at++)
        len++;
    return len;
}

static const char *repeat(const char *before, const char *unit, size_t times,
                          const char *behind)
{
    struct buf b;

    buf_init(&b, arena, 1024 * 1024);
    buf_text(&b, before);
    for (size_t i = 0; i < times; i++)
        buf_printf(&b, "%s", unit);
    buf_text(&b, behind);
    return b.text;
}

/* Who is refused is told nothing else, and is hung up on. */
static void check_refusal(const char *what, const char *said, bool by_us)
{
    static const char *const always[] = {
        "Content-Security-Policy: default-src 'none'; style-src 'self'; "
        "script-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'\r\n",
        "X-Content-Type-Options: nosniff\r\n",
        "Referrer-Policy: same-origin\r\n",
        "Cross-Origin-Opener-Policy: same-origin\r\n",
        "Cross-Origin-Resource-Policy: same-origin\r\n",
        "Cache-Control: no-store\r\n",
        "X-Robots-Tag: noindex\r\n",
    };

    for (size_t i = 0; by_us && i < sizeof always / sizeof *always; i++)
        if (!strstr(said, always[i]))
            fail_msg("%s: no %s in %s", what, always[i], said);
    if (strstr(said, "Access-Control") || strstr(said, "evil") ||
        strstr(said, "Server:"))
        fail_msg("%s: it says too much: %s", what, said);
}

static void test_answers(void **state)
{
    const struct {
        const char *what, *words;
        int status;
        bool by_evhttp; /* which answers in a page of its own */
        const char *body;
    } rows[] = {
        { "a page", LAST("/hello"), 200, false, "\r\n\r\n127.0.0.1" },
        { "1.0", "GET /hello HTTP/1.0\r\nHost: ours\r\n\r\n", 200, false, "" },
        { "later", LAST("/later"), 200, false, "\r\n\r\nlater" },
        { "a form",
          POST("Content-Length: 10\r\nConnection: close\r\n", "what=a%26b"),
          200, false, "\r\n\r\na&b" },
        { "what a handler got wrong", LAST("/bad"), 500, false, "" },
        { "HEAD", "HEAD /hello HTTP/1.1\r\nHost: ours\r\n\r\n", 405, false,
          "Allow: GET, POST\r\n" },
        { "HEAD with a body",
          "HEAD /hello HTTP/1.1\r\nHost: ours\r\nContent-Length: 5\r\n\r\nGET ",
          405, false, "" },
        { "OPTIONS", "OPTIONS * HTTP/1.1\r\nHost: ours\r\n\r\n", 405, false,
          "" },
        { "PUT", "PUT / HTTP/1.1\r\nHost: ours\r\nContent-Length: 0\r\n\r\n",
          405, false, "" },
        { "TRACE", "TRACE / HTTP/1.1\r\nHost: ours\r\n\r\n", 405, false, "" },
        { "CONNECT", "CONNECT evil:1 HTTP/1.1\r\nHost: ours\r\n\r\n", 405,
          false, "" },
        { "BREW", "BREW / HTTP/1.1\r\nHost: ours\r\n\r\n", 501, true, "" },
        { "no Host", "GET /hello HTTP/1.1\r\n\r\n", 421, false, "" },
        { "two Hosts", "GET / HTTP/1.1\r\nHost: ours\r\nHost: evil\r\n\r\n",
          400, false, "" },
        { "another Host", "GET / HTTP/1.1\r\nHost: evil\r\n\r\n", 421, false,
          "" },
        { "the same by a line ending",
          "GET /hello HTTP/1.1\nHost: ours\n"
          "Connection: close\n\n",
          200, false, "" },
        { "an absolute address",
          "GET http://evil/hello HTTP/1.1\r\nHost: ours\r\n\r\n", 421, false,
          "" },
        { "two slashes", GET("//evil/hello"), 421, false, "" },
        { "an escaped slash", GET("/%2fhello"), 404, false, "" },
        { "up", GET("/a/../hello"), 404, false, "" },
        { "a blank", GET("/hel lo"), 404, false, "" },
        { "Host with a blank", "GET / HTTP/1.1\r\nHost : ours\r\n\r\n", 400,
          false, "" },
        { "a folded Host", "GET / HTTP/1.1\r\nHost: ours\r\n evil\r\n\r\n", 421,
          false, "" },
        { "a line without a name",
          "GET / HTTP/1.1\r\nHost: ours\r\n: evil"
          "\r\n\r\n",
          400, false, "" },
        { "length and chunks",
          POST("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
               "0\r\n\r\n"),
          400, true, "" },
        { "chunks",
          POST("Transfer-Encoding: chunked\r\n", "6\r\nwhat=a\r\n0\r\n\r\n"),
          400, false, "" },
        { "two lengths, and a request in what is over",
          POST("Content-Length: 6\r\nContent-Length: 60\r\n",
               "what=a" GET("/hello")),
          400, false, "" },
        { "+6", POST("Content-Length: +6\r\n", "what=a"), 400, false, "" },
        { "-1", POST("Content-Length: -1\r\n", "what=a"), 400, true, "" },
        { "6x", POST("Content-Length: 6x\r\n", "what=a"), 400, true, "" },
        { "no length", POST("", GET("/hello")), 411, false, "" },
        { "a page with a body",
          "GET /hello HTTP/1.1\r\nHost: ours\r\nContent-Length: 5\r\n\r\n12345",
          400, false, "" },
        { "a broken form", POST("Content-Length: 6\r\n", "what=%"), 400, false,
          "" },
        { "a field that is too long",
          repeat(POST("Content-Length: 9005\r\n", "what="), "a", 9000, ""), 413,
          false, "too much text" },
        { "a header that is too long",
          repeat("GET / HTTP/1.1\r\nHost: ours\r\nX: ", "evil", 3000,
                 "\r\n\r\n"),
          400, true, "" },
        { "no line end", repeat("GET /", "a", 9000, ""), 400, true, "" },
        { "many lines",
          repeat("GET / HTTP/1.1\r\nHost: ours\r\n", "X: 1\r\n", 1000, "\r\n"),
          400, false, "" },
        { "a body that is too long", POST("Content-Length: 65537\r\n", ""), 413,
          true, "" },
        { "the same, asking first",
          POST("Content-Length: 500000\r\nExpect: 100-continue\r\n", ""), 413,
          true, "" },
        { "too many chunks",
          repeat(POST("Transfer-Encoding: chunked\r\n", ""), "1\r\na\r\n",
                 70000, ""),
          413, true, "" },
        { "TLS", "\x16\x03\x01\x02\r\n\r\n", 400, true, "" },
    };

    (void)state;
    web_stage_open(&s, &patient);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *said = web_stage_ask(&s, rows[i].words);
        if (web_stage_status(said) != rows[i].status)
            fail_msg("%s: \"%.200s\", not %d", rows[i].what, said,
                     rows[i].status);
        if (count(said, "HTTP/1.") != 1)
            fail_msg("%s: more than one answer: %s", rows[i].what, said);
        if (!strstr(said, rows[i].body) || strstr(said, "secret"))
            fail_msg("%s: no \"%s\" in \"%s\"", rows[i].what, rows[i].body,
                     said);
        if (rows[i].status >= 400 && rows[i].status != 500)
            check_refusal(rows[i].what, said, !rows[i].by_evhttp);
    }
    const char *said = web_stage_ask(&s, rows[5].words);
    if (strcmp(strstr(said, "\r\n\r\n"), "\r\n\r\n") != 0)
        fail_msg("HEAD has a body: %s", said);
    web_stage_close(&s);
}

static void test_one_after_the_other(void **state)
{

    (void)state;
    web_stage_open(&s, &patient);
    const char *said =
        web_stage_ask(&s, GET("/later") POST("Content-Length: 6\r\n", "what=b")
                              LAST("/hello"));
    const char *first = strstr(said, "\r\n\r\nlater");
    const char *second = first ? strstr(first, "\r\n\r\nb") : NULL;
    if (!second || !strstr(second, "\r\n\r\n127.0.0.1") ||
        count(said, "HTTP/1.1 200 OK") != 3)
        fail_msg("%s", said);
    web_stage_close(&s);
}

static void test_times(void **state)
{
    static const struct {
        const char *what, *first, *byte; /* one each 40 ms */
        int64_t least_ms, most_ms;
    } rows[] = {
        { "nothing", "", "", 250, 700 },
        { "a slow header", "GET / HTTP/1.1\r\nHost: ", "a", 250, 700 },
        { "a slow body", POST("Content-Length: 9000\r\n", "what="), "a", 250,
          700 },
        { "line ends", "", "\r\n", 0, 700 },
        { "nothing after an answer", GET("/hello"), "", 1250, 1900 },
        { "a slow header after an answer", GET("/hello") "GET / HTTP", "1", 250,
          700 },
        { "a slow way, a little after an answer", GET("/hello"), "a", 250,
          900 },
        { "no answer", GET("/never"), "", 850, 1500 },
        { "a stream", GET("/stream"), "", 850, 1500 },
        { "a stream, talked into", GET("/stream"), "a", 850, 1500 },
    };
    enum { ROWS = sizeof rows / sizeof *rows };
    int64_t began = 0, ms[ROWS] = { 0 };
    int fd[ROWS];
    bool ended = false;

    (void)state;
    web_stage_open(&s, &quick);
    began = clock_monotonic_ms();
    for (size_t i = 0; i < ROWS; i++) {
        fd[i] = web_stage_dial(&s);
        web_stage_say(fd[i], rows[i].first);
    }
    while (clock_monotonic_ms() - began < 2000) {
        usleep(40000);
        for (size_t i = 0; i < ROWS; i++) {
            web_stage_say(fd[i], rows[i].byte);
            web_stage_hear(fd[i], 0, &ended);
            if (ended && !ms[i])
                ms[i] = clock_monotonic_ms() - began;
        }
    }
    for (size_t i = 0; i < ROWS; i++) {
        close(fd[i]);
        if (ms[i] < rows[i].least_ms || ms[i] > rows[i].most_ms || !ms[i])
            fail_msg("%s: ended after %d ms", rows[i].what, (int)ms[i]);
    }
    const char *left = web_stage_ask(&s, LAST("/left"));
    if (!strstr(left, "\r\n\r\n3"))
        fail_msg("three lost their answer: %s", left);
    web_stage_close(&s);
}

static void expect_left(size_t len)
{
    const char *want = arena_printf(arena, "\r\n\r\n%zu", len);
    int64_t until = clock_monotonic_ms() + 1000;
    const char *said = "";

    while (!strstr(said, want) && clock_monotonic_ms() < until) {
        usleep(10000);
        said = web_stage_ask(&s, LAST("/left"));
    }
    if (!strstr(said, want))
        fail_msg("%zu have left, not: %s", len, said);
}

static void test_leaving(void **state)
{
    static const char *const ways[] = { GET("/never"), GET("/stream"),
                                        GET("/never") GET("/hello") };
    const struct linger at_once = { .l_onoff = 1 };
    size_t left = 0;

    (void)state;
    web_stage_open(&s, &patient);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        for (int how = 0; how < 3; how++) {
            bool ended = false;
            int fd = web_stage_dial(&s);
            web_stage_say(fd, ways[i]);
            web_stage_hear(fd, 30, &ended);
            if (how == 1)
                setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
            if (how == 2)
                shutdown(fd, SHUT_WR);
            else
                close(fd);
            expect_left(++left);
            if (how == 2)
                close(fd);
        }
    }
    /* Requests whose browser went are let go of, too. */
    size_t before = web_stage_memory(&s);
    for (int i = 0; i < 1000; i++) {
        int fd = web_stage_dial(&s);
        web_stage_say(fd, repeat("GET /never HTTP/1.1\r\nHost: ours\r\nX: ",
                                 "0123456789", 700, "\r\n\r\n"));
        close(fd);
    }
    expect_left(left + 1000);
    if (web_stage_memory(&s) > before + 4096 * ROOMY)
        fail_msg("%zu KB became %zu", before, web_stage_memory(&s));
    web_stage_close(&s);
}

static void test_stream(void **state)
{
    bool ended = false;

    (void)state;
    web_stage_open(&s, &patient);
    int fd = web_stage_dial(&s);
    web_stage_say(fd, GET("/stream"));
    const char *said = web_stage_hear(fd, 200, &ended);
    if (ended || !strstr(said, "Content-Type: text/event-stream") ||
        !strstr(said, "Content-Security-Policy: default-src 'none'") ||
        count(said, "event: news\ndata: one\ndata: two\ndata: three\n\n") < 3)
        fail_msg("%s", said);
    close(fd);
    /* One who never reads is given up. */
    expect_left(1);
    size_t before = web_stage_memory(&s);
    int few = 4096;
    fd = web_stage_dial(&s);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &few, sizeof few);
    web_stage_say(fd, GET("/flood"));
    int64_t until = clock_monotonic_ms() + 8000;
    while (!strstr(web_stage_ask(&s, LAST("/left")), "\r\n\r\n2") &&
           clock_monotonic_ms() < until)
        usleep(20000);
    expect_left(2);
    close(fd);
    if (web_stage_memory(&s) > before + 1024 * ROOMY)
        fail_msg("%zu KB became %zu", before, web_stage_memory(&s));
    web_stage_close(&s);
}

/* What is sent to a server that does not listen now stays outside. */
static void test_talking_in(void **state)
{
    static const char *const ways[] = { GET("/stream"), GET("/never") };

    (void)state;
    web_stage_open(&s, &patient);
    web_stage_ask(&s, LAST("/hello"));
    size_t before = web_stage_memory(&s);
    for (size_t i = 0; i < 2; i++) {
        int fd = web_stage_dial(&s);
        static const char bytes[64 * 1024];
        int64_t until = clock_monotonic_ms() + 400;
        web_stage_say(fd, ways[i]);
        usleep(50000);
        while (clock_monotonic_ms() < until) {
            ssize_t sent =
                send(fd, bytes, sizeof bytes, MSG_NOSIGNAL | MSG_DONTWAIT);
            if (sent < 0)
                usleep(2000);
        }
        if (web_stage_memory(&s) > before + 1024 * ROOMY)
            fail_msg("%zu KB became %zu", before, web_stage_memory(&s));
        close(fd);
    }
    web_stage_close(&s);
}

/* It ends while it owes answers. */
static void test_end(void **state)
{
    static const char *const ways[] = { GET("/never"), GET("/stream"),
                                        GET("/big"), "GET /", "" };
    int fd[5];

    (void)state;
    web_stage_open(&s, &patient);
    for (size_t i = 0; i < 5; i++) {
        fd[i] = web_stage_dial(&s);
        web_stage_say(fd[i], ways[i]);
    }
    usleep(50000);
    web_stage_close(&s);
    for (size_t i = 0; i < 5; i++)
        close(fd[i]);
}

/* Names it makes of the place where it listens. */
static void test_own_names(void **state)
{
    struct web_server_options o = { .place = { .address = "127.0.0.1" } };
    static const struct {
        const char *host;
        int status;
    } rows[] = { { "127.0.0.1:%u", 200 }, { "localhost:%u", 200 },
                 { "[::1]:%u", 421 },     { "127.0.0.1", 421 },
                 { "0.0.0.0:%u", 421 },   { "", 421 } };

    (void)state;
    web_stage_open(&s, &o);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *percent = strchr(rows[i].host, '%');
        size_t len =
            percent ? (size_t)(percent - rows[i].host) : strlen(rows[i].host);
        const char *host =
            arena_printf(arena, "%.*s%s", (int)len, rows[i].host,
                         percent ? arena_printf(arena, "%u", s.port) : "");
        const char *said =
            web_stage_ask(&s, arena_printf(arena,
                                           "GET / HTTP/1.1\r\nHost: %s\r\n"
                                           "Connection: close\r\n\r\n",
                                           host));
        if (web_stage_status(said) != rows[i].status)
            fail_msg("%s: %s", host, said);
    }
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
        CLEAN(test_answers), CLEAN(test_one_after_the_other),
        CLEAN(test_times),   CLEAN(test_leaving),
        CLEAN(test_stream),  CLEAN(test_talking_in),
        CLEAN(test_end),     CLEAN(test_own_names),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
