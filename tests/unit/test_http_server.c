#include "net/http_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "net/loop.h"

static struct arena *arena;
static struct loop *loop;

static int set_up(void **state)
{
    struct err err;

    (void)state;
    arena = arena_new();
    return loop_new(&loop, &err) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    loop_free(loop);
    arena_free(arena);
    return 0;
}

/* A client that says its words at once and listens until the end. */
struct client {
    int fd;
    struct watch watch;
    struct buf heard;
};

static void hear(void *arg, bool ready)
{
    struct client *c = arg;
    char bytes[4096];
    ssize_t got = ready ? read(c->fd, bytes, sizeof bytes) : 0;

    if (got <= 0) {
        loop_stop(loop);
        return;
    }
    buf_bytes(&c->heard, bytes, (size_t)got);
    watch_set(loop, &c->watch, c->fd, WATCH_READ, 3000);
}

static const char *reply_to(uint16_t port, const char *words)
{
    struct client c = { .fd = socket(AF_INET, SOCK_STREAM, 0),
                        .watch = { .call = hear, .arg = &c } };
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port) };
    struct err err;

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(c.fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(write(c.fd, words, strlen(words)), strlen(words));
    buf_init(&c.heard, arena, 64 * 1024);
    watch_set(loop, &c.watch, c.fd, WATCH_READ, 3000);
    assert_true(loop_run(loop, &err));
    close(c.fd);
    return c.heard.text;
}

static void answer(void *arg, const struct http_server_request *query,
                   struct http_server_reply *reply)
{
    const char **seen = arg;

    *seen =
        arena_printf(arena, "%s|%s|%s", query->path, query->host, query->peer);
    if (strcmp(query->path, "/yes") == 0)
        *reply = (struct http_server_reply){ 200, "text/plain", "here", 4 };
}

static void test_answers(void **state)
{
    static const struct {
        const char *what, *words;
        const char *status;
        const char *seen; /* NULL: it was not asked */
        const char *body;
    } rows[] = {
        { "a page", "GET /yes HTTP/1.1\r\nHost: a.example\r\n\r\n", "200",
          "/yes|a.example|127.0.0.1", "\r\n\r\nhere" },
        { "with a query", "GET /yes?x=1 HTTP/1.0\r\n\r\n", "200",
          "/yes||127.0.0.1", "here" },
        { "HEAD", "HEAD /yes HTTP/1.1\r\nHost: a.example\r\n\r\n", "200",
          "/yes|a.example|127.0.0.1", "Content-Length: 4" },
        { "nothing there", "GET /no HTTP/1.1\r\nHost: a.example\r\n\r\n", "404",
          "/no|a.example|127.0.0.1", "" },
        { "escapes stay", "GET /%2e%2e/yes HTTP/1.0\r\n\r\n", "404",
          "/%2e%2e/yes||127.0.0.1", "" },
        { "POST", "POST /yes HTTP/1.0\r\nContent-Length: 1\r\n\r\nx", "501",
          NULL, "" },
        { "no HTTP", "\x16\x03\x01\x02\r\n\r\n", "400", NULL, "" },
    };
    const struct listen_place place = { .address = "127.0.0.1" };
    struct http_server *server = NULL;
    const char *seen = NULL;
    struct err err;

    (void)state;
    if (!http_server_new(loop, &place, answer, &seen, &server, &err))
        fail_msg("%s", err.text);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        seen = NULL;
        const char *said = reply_to(http_server_port(server), rows[i].words);
        if (strncmp(said, "HTTP/1.", 7) != 0 ||
            strncmp(said + 9, rows[i].status, 3) != 0)
            fail_msg("%s: \"%.20s\", not %s", rows[i].what, said,
                     rows[i].status);
        if (!seen != !rows[i].seen || (seen && strcmp(seen, rows[i].seen) != 0))
            fail_msg("%s: saw %s, not %s", rows[i].what, seen ? seen : "-",
                     rows[i].seen ? rows[i].seen : "-");
        if (!strstr(said, rows[i].body))
            fail_msg("%s: no \"%s\" in \"%s\"", rows[i].what, rows[i].body,
                     said);
    }
    http_server_free(server);
}

static void test_both_families(void **state)
{
    const struct listen_place place = { .address = NULL };
    struct listen_sockets s;
    struct err err;

    (void)state;
    if (!listen_open(&place, &s, &err))
        fail_msg("%s", err.text);
    assert_true(s.len >= 1);
    assert_int_not_equal(s.port, 0);
    listen_close(&s);
}

static void test_port_taken(void **state)
{
    struct listen_place place = { .address = "127.0.0.1" };
    struct listen_sockets first, second;
    struct err err;

    (void)state;
    assert_true(listen_open(&place, &first, &err));
    place.port = first.port;
    assert_false(listen_open(&place, &second, &err));
    assert_non_null(strstr(err.text, "Address already in use"));
    assert_non_null(strstr(err.text, "--webroot"));
    place.ours_alone = true;
    assert_false(listen_open(&place, &second, &err));
    assert_non_null(strstr(err.text, "--listen"));
    assert_null(strstr(err.text, "--webroot"));
    listen_close(&first);
    place.address = "192.0.2.1";
    assert_false(listen_open(&place, &second, &err));
    assert_non_null(strstr(err.text, "no such address"));
}

static void test_places(void **state)
{
    static const struct {
        const char *text;
        bool good;
        const char *address;
        uint16_t port;
    } rows[] = {
        { "192.0.2.1:8080", true, "192.0.2.1", 8080 },
        { "192.0.2.1", true, "192.0.2.1", 80 },
        { "[2001:DB8::1]:81", true, "2001:db8::1", 81 },
        { "2001:db8::1", true, "2001:db8::1", 80 },
        { ":8080", true, NULL, 8080 },
        { "8080", true, NULL, 8080 },
        { "192.0.2.1:", false, NULL, 0 },
        { "192.0.2.1:65536", false, NULL, 0 },
        { "mail.example.org:80", false, NULL, 0 },
        { "", false, NULL, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct listen_place p = { 0 };
        struct err err;
        bool good = listen_parse(arena, rows[i].text, 80, &p, &err);
        if (good != rows[i].good || p.port != rows[i].port)
            fail_msg("\"%s\": %d, port %u", rows[i].text, good, p.port);
        if (!p.address != !rows[i].address ||
            (p.address && strcmp(p.address, rows[i].address) != 0))
            fail_msg("\"%s\": %s", rows[i].text, p.address ? p.address : "-");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_both_families),
        cmocka_unit_test(test_port_taken),
        cmocka_unit_test(test_places),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
