#include "net/proxy.h"
#include "net/proxy_talk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void test_read(void **state)
{
    static const struct {
        const char *text, *host;
        int port;
        const char *user, *password, *again;
    } rows[] = {
        { "socks5://192.0.2.1:1080", "192.0.2.1", 1080, NULL, NULL,
          "socks5://192.0.2.1:1080" },
        { "http://[2001:DB8::1]:3128", "2001:db8::1", 3128, NULL, NULL,
          "http://[2001:db8::1]:3128" },
        { "socks5://me:se:cret@proxy.example.com:1080", "proxy.example.com",
          1080, "me", "se:cret", "socks5://me@proxy.example.com:1080" },
        { "http://a%40b:x%3A%2f%25@localhost:1", "localhost", 1, "a@b", "x:/%",
          "http://a%40b@localhost:1" },
        { "http://a:p@ss@localhost:1", "localhost", 1, "a", "p@ss",
          "http://a@localhost:1" },
    };
    struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct proxy p;
        struct err err;
        assert_true(proxy_read(a, rows[i].text, &p, &err));
        assert_string_equal(p.host, rows[i].host);
        assert_int_equal(p.port, rows[i].port);
        assert_int_equal(p.user != NULL, rows[i].user != NULL);
        if (p.user) {
            assert_string_equal(p.user, rows[i].user);
            assert_string_equal(p.password, rows[i].password);
        }
        assert_string_equal(proxy_text(a, &p), rows[i].again);
    }
    arena_free(a);
}

/* Whatever is wrong with it, the password is not in the message. */
static void test_unreadable(void **state)
{
    static const char *const rows[] = {
        "",
        "socks5://",
        "socks4://192.0.2.1:1080",
        "192.0.2.1:1080",
        "socks5://192.0.2.1",
        "socks5://192.0.2.1:0",
        "socks5://192.0.2.1:65536",
        "socks5://:1080",
        "http://me:sesame@",
        "http://me:sesame@:80",
        "http://me:sesame@bad name:80",
        "http://sesame@192.0.2.1:80",
        "http://:sesame@192.0.2.1:80",
        "http://me:@192.0.2.1:80",
        "http://me:sesame%@192.0.2.1:80",
        "http://me:sesame%4@192.0.2.1:80",
        "http://me:sesame%00@192.0.2.1:80",
        "http://m%3ae:sesame@192.0.2.1:80",
        "http://me:sesame@192.0.2.1:80/path",
        "socks4://me:sesame@192.0.2.1:80",
    };
    struct arena *a = arena_new();
    char *long_one = arena_alloc(a, 400, 1);

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct proxy p;
        struct err err;
        if (proxy_read(a, rows[i], &p, &err))
            fail_msg("\"%s\" was read", rows[i]);
        assert_null(strstr(err.text, "sesame"));
    }
    memset(long_one, 'x', 399);
    memcpy(long_one, "http://me:", 10);
    memcpy(long_one + 380, "@192.0.2.1:80", 14);
    struct proxy p;
    struct err err;
    assert_false(proxy_read(a, long_one, &p, &err));
    arena_free(a);
}

#define S(text) text, sizeof text - 1

struct row {
    const char *what;
    const char *proxy, *address;
    const char *says; /* all of it, in a row */
    size_t says_len;
    const char *hears; /* all of it */
    size_t hears_len;
    int outcome;        /* -1: it is not over */
    const char *detail; /* part of it */
    size_t left;        /* of what it says, for the server's */
};

#define SOCKS  "socks5://192.0.2.1:1080"
#define SIGNED "socks5://me:sesame@192.0.2.1:1080"
#define HTTP   "http://192.0.2.1:3128"
#define HTTP_S "http://me:sesame@192.0.2.1:3128"
#define TO4    "\5\1\0"
#define ASK4   "\5\1\0\1\xc0\0\2\x19\0\x19"
#define ASKS   "CONNECT 192.0.2.25:25 HTTP/1.1\r\nHost: 192.0.2.25:25\r\n\r\n"

static const struct row rows[] = {
    { "through", SOCKS, "192.0.2.25",
      S("\5\0\5\0\0\1\1\2\3\4\5\6"
        "220 hello"),
      S(TO4 ASK4), OUTCOME_OK, NULL, 9 },
    { "bound to IPv6", SOCKS, "192.0.2.25",
      S("\5\0\5\0\0\4"
        "0123456789abcdefPP"
        "2"),
      S(TO4 ASK4), OUTCOME_OK, NULL, 1 },
    { "bound to a name", SOCKS, "192.0.2.25", S("\5\0\5\0\0\3\3abcPP22"),
      S(TO4 ASK4), OUTCOME_OK, NULL, 2 },
    { "IPv6", SOCKS, "2001:db8::19", S("\5\0\5\0\0\1\1\2\3\4\5\6"),
      S(TO4 "\5\1\0\4\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x19\0\x19"),
      OUTCOME_OK, NULL, 0 },
    { "to the proxy alone", SOCKS, NULL, S("\5\0"), S(TO4), OUTCOME_OK, NULL,
      0 },
    { "signed in", SIGNED, "192.0.2.25", S("\5\2\1\0\5\0\0\1\1\2\3\4\5\6"),
      S("\5\2\0\2"
        "\1\2me\6sesame" ASK4),
      OUTCOME_OK, NULL, 0 },
    { "no need to sign in", SIGNED, NULL, S("\5\0"), S("\5\2\0\2"), OUTCOME_OK,
      NULL, 0 },
    { "wrong password", SIGNED, NULL, S("\5\2\1\1"),
      S("\5\2\0\2"
        "\1\2me\6sesame"),
      OUTCOME_NOT_TRIED, "does not accept this user", 0 },
    { "password wanted", SOCKS, NULL, S("\5\xff"), S(TO4), OUTCOME_NOT_TRIED,
      "asks for a user", 0 },
    { "a method that was not offered", SOCKS, NULL, S("\5\2"), S(TO4),
      OUTCOME_NOT_TRIED, "does not speak as one", 0 },
    { "another version", SOCKS, NULL, S("\4\0"), S(TO4), OUTCOME_NOT_TRIED,
      "does not speak as one", 0 },
    { "a web server", SOCKS, NULL, S("HTTP/1.1 400\r\n"), S(TO4),
      OUTCOME_NOT_TRIED, "does not speak as one", 12 },
    { "garbage for an answer", SOCKS, "192.0.2.25", S("\5\0xxxx"), S(TO4 ASK4),
      OUTCOME_NOT_TRIED, "does not speak as one", 0 },
    { "an address of no kind", SOCKS, "192.0.2.25", S("\5\0\5\0\0\7"),
      S(TO4 ASK4), OUTCOME_NOT_TRIED, "does not speak as one", 0 },
    { "an unknown reply", SOCKS, "192.0.2.25", S("\5\0\5\x09\0\1"), S(TO4 ASK4),
      OUTCOME_NOT_TRIED, "does not speak as one", 0 },
    { "failed", SOCKS, "192.0.2.25", S("\5\0\5\1\0\1"), S(TO4 ASK4),
      OUTCOME_NOT_TRIED, "the proxy failed", 0 },
    { "not allowed", SOCKS, "192.0.2.25", S("\5\0\5\2\0\1"), S(TO4 ASK4),
      OUTCOME_NOT_TRIED, "the proxy does not allow", 0 },
    { "no network", SOCKS, "192.0.2.25", S("\5\0\5\3\0\1"), S(TO4 ASK4),
      OUTCOME_UNREACHABLE, "the proxy has no connection", 0 },
    { "no host", SOCKS, "192.0.2.25", S("\5\0\5\4\0\1"), S(TO4 ASK4),
      OUTCOME_UNREACHABLE, "the proxy has no connection", 0 },
    { "refused by the server", SOCKS, "192.0.2.25", S("\5\0\5\5\0\1"),
      S(TO4 ASK4), OUTCOME_REFUSED, "the server refused", 0 },
    { "the server is silent", SOCKS, "192.0.2.25", S("\5\0\5\6\0\1"),
      S(TO4 ASK4), OUTCOME_TIMED_OUT, "no answer to the proxy's", 0 },
    { "no CONNECT", SOCKS, "192.0.2.25", S("\5\0\5\7\0\1"), S(TO4 ASK4),
      OUTCOME_NOT_TRIED, "no such connections", 0 },
    { "no IPv6 there", SOCKS, "192.0.2.25", S("\5\0\5\x08\0\1"), S(TO4 ASK4),
      OUTCOME_NOT_TRIED, "this kind of address", 0 },
    { "half an answer", SOCKS, "192.0.2.25", S("\5\0\5\0\0\3\3abc"),
      S(TO4 ASK4), -1, NULL, 0 },

    { "HTTP, through", HTTP, "192.0.2.25",
      S("HTTP/1.1 200 OK\r\nVia: x\r\n\r\n220 hello"), S(ASKS), OUTCOME_OK,
      NULL, 9 },
    { "HTTP, bare line ends", HTTP, "192.0.2.25", S("HTTP/1.0 200\n\n220"),
      S(ASKS), OUTCOME_OK, NULL, 3 },
    { "HTTP, an interim answer", HTTP, "192.0.2.25",
      S("HTTP/1.1 103 x\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\n\r\n2"), S(ASKS),
      OUTCOME_OK, NULL, 1 },
    { "HTTP, IPv6", HTTP, "2001:db8::19", S("HTTP/1.1 200 OK\r\n\r\n"),
      S("CONNECT [2001:db8::19]:25 HTTP/1.1\r\nHost: [2001:db8::19]:25\r\n"
        "\r\n"),
      OUTCOME_OK, NULL, 0 },
    { "HTTP, to the proxy alone", HTTP, NULL, S(""), S(""), OUTCOME_OK, NULL,
      0 },
    { "HTTP, signed in", HTTP_S, "192.0.2.25", S("HTTP/1.1 200 OK\r\n\r\n"),
      S("CONNECT 192.0.2.25:25 HTTP/1.1\r\nHost: 192.0.2.25:25\r\n"
        "Proxy-Authorization: Basic bWU6c2VzYW1l\r\n\r\n"),
      OUTCOME_OK, NULL, 0 },
    { "HTTP, password wanted", HTTP, "192.0.2.25", S("HTTP/1.1 407 x\r\n\r\n"),
      S(ASKS), OUTCOME_NOT_TRIED, "asks for a user", 0 },
    { "HTTP, wrong password", HTTP_S, "192.0.2.25", S("HTTP/1.1 407 x\r\n\r\n"),
      S("CONNECT 192.0.2.25:25 HTTP/1.1\r\nHost: 192.0.2.25:25\r\n"
        "Proxy-Authorization: Basic bWU6c2VzYW1l\r\n\r\n"),
      OUTCOME_NOT_TRIED, "does not accept this user", 0 },
    { "HTTP, not allowed", HTTP, "192.0.2.25", S("HTTP/1.1 403 No\r\n\r\n"),
      S(ASKS), OUTCOME_NOT_TRIED, "does not allow this connection", 0 },
    { "HTTP, no way", HTTP, "192.0.2.25", S("HTTP/1.1 502 No\r\n\r\n"), S(ASKS),
      OUTCOME_NOT_TRIED, "does not make this connection (it answers 502)", 0 },
    { "HTTP, garbage", HTTP, "192.0.2.25", S("220 mail.example.com ESMTP\r\n"),
      S(ASKS), OUTCOME_NOT_TRIED, "does not speak as one", 16 },
    { "HTTP, a short line", HTTP, "192.0.2.25", S("220 hi\r\n"), S(ASKS),
      OUTCOME_NOT_TRIED, "does not speak as one", 0 },
    { "HTTP, no number", HTTP, "192.0.2.25", S("HTTP/1.1 2x0 OK\r\n"), S(ASKS),
      OUTCOME_NOT_TRIED, "does not speak as one", 5 },
    { "HTTP, half an answer", HTTP, "192.0.2.25",
      S("HTTP/1.1 200 OK\r\nVia: x\r\n"), S(ASKS), -1, NULL, 0 },
};

/* As many bytes at once as it may be given. */
static void play(const struct row *row, size_t most)
{
    struct arena *a = arena_new();
    struct proxy p;
    struct err err;
    struct proxy_talk t;
    size_t given = 0, heard = 0;

    assert_true(proxy_read(a, row->proxy, &p, &err));
    proxy_talk_start(&t, a, &p, row->address, 25);
    for (;;) {
        if (heard + t.out_len > row->hears_len ||
            memcmp(t.out_len ? t.out : (const uint8_t *)"", row->hears + heard,
                   t.out_len) != 0)
            fail_msg("%s: it is told something else", row->what);
        heard += t.out_len;
        t.out_len = 0;
        size_t len = row->says_len - given;
        len = len < t.want ? len : t.want;
        len = len < most ? len : most;
        if (t.over || !len)
            break;
        proxy_talk_take(&t, (const uint8_t *)row->says + given, len);
        given += len;
    }
    assert_int_equal(heard, row->hears_len);
    if (t.over != (row->outcome >= 0) ||
        (t.over && (int)t.outcome != row->outcome) ||
        row->says_len - given != row->left)
        fail_msg("%s: outcome %d, %zu left", row->what, (int)t.outcome,
                 row->says_len - given);
    if (row->detail && (!t.detail || !strstr(t.detail, row->detail)))
        fail_msg("%s: \"%s\"", row->what, t.detail);
    if (!t.over) {
        proxy_talk_hung_up(&t);
        assert_true(t.over);
        assert_int_equal(t.outcome, OUTCOME_NOT_TRIED);
    }
    arena_free(a);
}

static void test_talks(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        play(&rows[i], SIZE_MAX);
        play(&rows[i], 1);
    }
}

static void test_too_long(void **state)
{
    struct arena *a = arena_new();
    struct proxy p;
    struct err err;
    struct proxy_talk t;
    static const char begin[] = "HTTP/1.1 200 ";
    size_t given = 0;

    (void)state;
    assert_true(proxy_read(a, HTTP, &p, &err));
    proxy_talk_start(&t, a, &p, "192.0.2.25", 25);
    for (; !t.over && given < 100000; given++)
        proxy_talk_take(&t,
                        given < sizeof begin - 1
                            ? (const uint8_t *)begin + given
                            : (const uint8_t *)"x",
                        1);
    assert_true(t.over);
    assert_int_equal(given, PROXY_TALK_HEADER_MAX);
    assert_int_equal(t.outcome, OUTCOME_NOT_TRIED);
    assert_non_null(strstr(t.detail, "too long"));
    arena_free(a);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_talks),
        cmocka_unit_test(test_too_long),
    };

    return cmocka_run_group_tests_name("proxy", tests, NULL, NULL);
}
