#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "net/http.h"
#include "net/loop.h"
#include "peer.h"

static struct arena *arena;
static struct loop *loop;
static struct http *http;

static int set_up(void **state)
{
    struct err err;

    (void)state;
    arena = arena_new();
    return loop_new(&loop, &err) && http_new(loop, NULL, &http, &err) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    http_free(http);
    loop_free(loop);
    arena_free(arena);
    return 0;
}

static void came(void *arg, const struct fetch *fetch)
{
    const struct fetch **out = arg;

    *out = fetch;
}

static const struct fetch *get(const char *url, uint16_t port, int64_t wait_ms)
{
    static const char *const here[] = { "127.0.0.1" };
    const struct fetch *fetch = NULL;
    struct http_get order = {
        .url = url,
        .addresses = here,
        .addresses_len = 1,
        .port = port,
        .wait_ms = wait_ms,
    };
    struct err err;

    http_ask(http, arena, &order, came, &fetch);
    assert_null(fetch);
    assert_true(loop_run(loop, &err));
    assert_non_null(fetch);
    return fetch;
}

#define ANSWERS(name, text)                                                    \
    static const struct peer_step name[] = { { PEER_HEAR, "GET /x", 0 },       \
                                             { PEER_SAY, text, 0 },            \
                                             { PEER_END, NULL, 0 } }

ANSWERS(body, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
ANSWERS(missing, "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n");
ANSWERS(moved, "HTTP/1.1 301 Moved\r\nLocation: /y\r\nContent-Length: 0\r\n"
               "\r\n");
ANSWERS(nonsense, "220 mx.example.com ESMTP\r\n");
static const struct peer_step silence[] = { { PEER_HEAR, "GET", 0 },
                                            { PEER_END, NULL, 0 } };
static const struct peer_step hangs_up[] = { { PEER_HEAR, "GET", 0 },
                                             { PEER_HANG_UP, NULL, 0 } };

static void test_fetch(void **state)
{
    static const struct {
        const char *what, *url;
        const struct peer_step *script; /* NULL: nobody is there */
        enum outcome expected;
        int status;
        const char *body, *location;
    } rows[] = {
        { "a body", "http://a.example.com/x", body, OUTCOME_OK, 200, "hello",
          NULL },
        { "nothing there", "http://a.example.com/x", missing, OUTCOME_OK, 404,
          "", NULL },
        { "a redirect", "http://a.example.com:8080/x", moved, OUTCOME_OK, 301,
          "", "http://a.example.com:8080/y" },
        { "silence", "http://a.example.com/x", silence, OUTCOME_TIMED_OUT, 0,
          "", NULL },
        { "a hang-up", "http://a.example.com/x", hangs_up, OUTCOME_CLOSED, 0,
          "", NULL },
        { "another service", "http://a.example.com/x", nonsense,
          OUTCOME_PROTOCOL_ERROR, 0, "", NULL },
        { "nobody", "http://a.example.com/x", NULL, OUTCOME_REFUSED, 0, "",
          NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct peer *p =
            rows[i].script
                ? peer_start(&(struct peer_order){ .script = rows[i].script })
                : NULL;
        const struct fetch *f = get(rows[i].url, p ? peer_port(p) : 1, 300);
        if (f->attempt.outcome != rows[i].expected ||
            f->status != rows[i].status)
            fail_msg("%s: expected %d, status %d, got %d, status %d (%s)",
                     rows[i].what, rows[i].expected, rows[i].status,
                     f->attempt.outcome, f->status, f->attempt.detail);
        assert_string_equal(f->url, rows[i].url);
        assert_string_equal((const char *)f->body, rows[i].body);
        assert_int_equal(f->body_len, strlen(rows[i].body));
        if (rows[i].location)
            assert_string_equal(f->location, rows[i].location);
        else
            assert_null(f->location);
        if (p)
            peer_stop(p);
    }
}

static void test_too_much(void **state)
{
    struct buf text;

    (void)state;
    buf_init(&text, arena, 2 * FETCH_MAX);
    buf_printf(&text, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n",
               2 * FETCH_MAX);
    while (!text.full)
        buf_text(&text, "0123456789");
    struct peer_step script[] = { { PEER_HEAR, "GET", 0 },
                                  { PEER_SAY, text.text, 0 },
                                  { PEER_END, NULL, 0 } };
    struct peer *p = peer_start(&(struct peer_order){ .script = script });
    const struct fetch *f = get("http://a.example.com/", peer_port(p), 5000);
    assert_int_equal(f->attempt.outcome, OUTCOME_OK);
    assert_int_equal(f->body_len, FETCH_MAX);
    peer_stop(p);
}

/* Nobody here trusts the peer's certificate. */
static void test_untrusted(void **state)
{
    static const struct peer_step script[] = { { PEER_TLS, NULL, 0 },
                                               { PEER_END, NULL, 0 } };
    struct peer *p = peer_start(&(struct peer_order){
        .script = script,
        .tls = peer_tls("a.example.com", "DNS:a.example.com", "ec") });

    (void)state;
    const struct fetch *f = get("https://a.example.com/", peer_port(p), 5000);
    assert_int_equal(f->attempt.outcome, OUTCOME_UNTRUSTED);
    assert_non_null(f->attempt.detail);
    peer_stop(p);
}

static void test_places(void **state)
{
    static const struct {
        const char *url, *host; /* NULL: none */
        uint16_t port;
    } rows[] = {
        { "http://a.example.com/x", "a.example.com", 80 },
        { "https://a.example.com", "a.example.com", 443 },
        { "http://a.example.com:8080/", "a.example.com", 8080 },
        { "http://[2001:db8::1]/", "2001:db8::1", 80 },
        { "ldap://a.example.com/cn=x", NULL, 0 },
        { "file:///etc/passwd", NULL, 0 },
        { "http://user:word@a.example.com/", NULL, 0 },
        { "http://", NULL, 0 },
        { "a.example.com", NULL, 0 },
        { "", NULL, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct http_place place = { 0 };
        bool is_url = http_place(http, arena, rows[i].url, &place);
        if (is_url != (rows[i].host != NULL))
            fail_msg("%s: expected %s, got %s", rows[i].url, rows[i].host,
                     place.host);
        if (!is_url)
            continue;
        assert_string_equal(place.host, rows[i].host);
        assert_int_equal(place.port, rows[i].port);
    }
}

/* What is under way when the http is dropped is never told. */
static void test_dropped(void **state)
{
    struct peer *p = peer_start(&(struct peer_order){ .script = silence });
    const struct fetch *fetch = NULL;
    static const char *const here[] = { "127.0.0.1" };
    struct http_get order = {
        .url = "http://a.example.com/x",
        .addresses = here,
        .addresses_len = 1,
        .port = peer_port(p),
        .wait_ms = 60 * 1000,
    };

    (void)state;
    http_ask(http, arena, &order, came, &fetch);
    tear_down(NULL);
    assert_null(fetch);
    peer_stop(p);
    assert_int_equal(set_up(NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fetch),   cmocka_unit_test(test_too_much),
        cmocka_unit_test(test_places),  cmocka_unit_test(test_untrusted),
        cmocka_unit_test(test_dropped),
    };

    return cmocka_run_group_tests_name("http", tests, set_up, tear_down);
}
