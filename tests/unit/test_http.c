#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "dns_server.h"
#include "net/http.h"
#include "net/loop.h"
#include "net/resolve.h"
#include "peer.h"

/* "here" answers, "gone" is no host, "empty" has no address. */
static const struct zone_record zone[] = {
    { "here.lab", DNS_A, RDATA("\x7f\0\0\1") },
    { "empty.lab", DNS_TXT, RDATA("\1x") },
    { .owner = NULL },
};

static struct arena *arena;
static struct loop *loop;
static struct dns_server dns;

static int set_up(void **state)
{
    struct err err;

    (void)state;
    arena = arena_new();
    dns = dns_server_start(zone);
    return loop_new(&loop, &err) && dns.pid > 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    dns_server_stop(&dns);
    loop_free(loop);
    arena_free(arena);
    return 0;
}

/* Whatever is asked for is answered on this port. */
static struct http *open_session(uint16_t port, struct resolver *resolver)
{
    struct connect_to rule = { .host = "", .to_host = "", .to_port = port };
    struct http_options o = {
        .loop = loop,
        .resolver = resolver,
        .connect_to = { arena_copy(arena, &rule, sizeof rule), 1 },
    };
    struct http *http = NULL;
    struct err err;

    assert_true(http_new(&o, &http, &err));
    return http;
}

static void came(void *arg, const struct http_reply *reply)
{
    const struct http_reply **out = arg;

    *out = reply;
    loop_stop(loop);
}

static const char *const here[] = { "127.0.0.1" };

static const struct http_reply *get(const char *url, uint16_t port,
                                    int64_t wait_ms)
{
    const struct http_reply *reply = NULL;
    struct http *http = open_session(port, NULL);
    struct http_request q = {
        .method = "GET",
        .url = url,
        .addresses = here,
        .addresses_len = 1,
        .wait_ms = wait_ms,
    };
    struct err err;

    http_send(http, arena, &q, came, &reply);
    assert_null(reply);
    assert_true(loop_run(loop, &err));
    assert_non_null(reply);
    http_free(http);
    return reply;
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
        const struct http_reply *f =
            get(rows[i].url, p ? peer_port(p) : 1, 300);
        if (f->attempt.outcome != rows[i].expected ||
            f->status != rows[i].status)
            fail_msg("%s: expected %d, status %d, got %d, status %d (%s)",
                     rows[i].what, rows[i].expected, rows[i].status,
                     f->attempt.outcome, f->status, f->attempt.detail);
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
    const struct http_reply *f =
        get("http://a.example.com/", peer_port(p), 5000);
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
    const struct http_reply *f =
        get("https://a.example.com/", peer_port(p), 5000);
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
        { "http://A.Example.COM./", "a.example.com", 80 },
        { "http://%61.example.com/", "a.example.com", 80 },
        { "http://a%20b.example.com/", NULL, 0 },
        { "http://", NULL, 0 },
        { "a.example.com", NULL, 0 },
        { "", NULL, 0 },
    };

    struct http *http = open_session(1, NULL);

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
    http_free(http);
}

/* A name without addresses is looked up, once; what leads nowhere is told from
 * the loop, and nothing is sent. */
static void test_looked_up(void **state)
{
    static const bool stopped = true;
    static const struct {
        const char *what, *url;
        const bool *stopped;
        const char *nowhere; /* NULL: it is fetched */
    } rows[] = {
        { "a host", "http://here.lab/x", NULL, NULL },
        { "the same", "http://here.lab/x", NULL, NULL },
        { "an address", "http://127.0.0.1/x", NULL, NULL },
        { "no host", "http://gone.lab/x", NULL, "there is no host gone.lab" },
        { "still none", "http://gone.lab/x", NULL,
          "there is no host gone.lab" },
        { "no address", "http://empty.lab/x", NULL,
          "the DNS has no address for empty.lab" },
        { "no answer", "http://servfail.lab/x", NULL,
          "the name servers do not tell the address of servfail.lab" },
        { "no URL", "gopher://here.lab/x", NULL, "it is no address" },
        { "not wanted", "http://here.lab/x", &stopped, "it was stopped" },
    };
    const struct resolver_options o = { .server = dns.at, .no_dnssec = true };
    struct peer *p = peer_start(&(struct peer_order){ .script = body });
    struct resolver *resolver = NULL;
    struct err err;

    (void)state;
    assert_true(resolver_new(loop, &o, &resolver, &err));
    struct http *http = open_session(peer_port(p), resolver);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct http_reply *reply = NULL;
        struct http_request q = { .method = "GET",
                                  .url = rows[i].url,
                                  .stopped = rows[i].stopped,
                                  .wait_ms = 5000 };
        http_send(http, arena, &q, came, &reply);
        assert_null(reply);
        assert_true(loop_run(loop, &err));
        assert_non_null(reply);
        if (!rows[i].nowhere != !reply->nowhere ||
            reply->status != (rows[i].nowhere ? 0 : 200))
            fail_msg("%s: status %d, %s", rows[i].what, reply->status,
                     reply->nowhere ? reply->nowhere : "sent");
        if (rows[i].nowhere)
            assert_string_equal(reply->nowhere, rows[i].nowhere);
    }
    assert_int_equal(peer_visits(p), 3);
    resolver_free(resolver);
    http_free(http);
    peer_stop(p);
}

/* Rules may send the addresses of a host to several ports: none is asked on the
 * port of another. */
static void test_rules_by_address(void **state)
{
    static const char *const two[] = { "127.0.0.1", "127.0.0.2" };
    struct peer *p = peer_start(&(struct peer_order){ .script = body });
    struct connect_to rules[] = { { "127.0.0.1", 80, "", peer_port(p) },
                                  { "127.0.0.2", 80, "", 1 } };
    struct http_options o = { .loop = loop, .connect_to = { rules, 2 } };
    struct http_request q = { .method = "GET",
                              .url = "http://a.example.com/x",
                              .addresses = two,
                              .addresses_len = 2,
                              .wait_ms = 5000 };
    const struct http_reply *reply = NULL;
    struct http *http = NULL;
    struct err err;

    (void)state;
    assert_true(http_new(&o, &http, &err));
    http_send(http, arena, &q, came, &reply);
    assert_true(loop_run(loop, &err));
    assert_int_equal(reply->status, 200);
    http_free(http);
    peer_stop(p);
}

/* What is under way when the session is dropped is never told: sent, looked
 * up, or about to be told that it leads nowhere. */
static void test_dropped(void **state)
{
    static const struct {
        const char *url;
        size_t addresses;
    } rows[] = {
        { "http://a.example.com/x", 1 },
        { "http://here.lab/x", 0 },
        { "gopher://a.example.com/x", 0 },
    };
    const struct resolver_options o = { .server = dns.at, .no_dnssec = true };
    struct peer *p = peer_start(&(struct peer_order){ .script = silence });

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct http_reply *reply = NULL;
        struct resolver *resolver = NULL;
        struct err err;
        struct http_request q = { .method = "GET",
                                  .url = rows[i].url,
                                  .addresses = here,
                                  .addresses_len = rows[i].addresses,
                                  .wait_ms = 60 * 1000 };
        assert_true(resolver_new(loop, &o, &resolver, &err));
        struct http *http = open_session(peer_port(p), resolver);
        struct arena *own = arena_new();
        http_send(http, own, &q, came, &reply);
        resolver_free(resolver);
        http_free(http);
        arena_free(own);
        assert_true(loop_run(loop, &err));
        assert_null(reply);
    }
    peer_stop(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fetch),
        cmocka_unit_test(test_too_much),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_untrusted),
        cmocka_unit_test(test_looked_up),
        cmocka_unit_test(test_dropped),
        cmocka_unit_test(test_rules_by_address),
    };

    return cmocka_run_group_tests_name("http", tests, set_up, tear_down);
}
