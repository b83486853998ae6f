/*
 * The gate: everything that evhttp 2.1.12 lets through and no browser sends,
 * everything that a page of somebody else's can make a browser send.
 */
#include "net/web_gate.h"

#include "fixture.h"

#define LOCAL "127.0.0.1:8080"
#define FORM  "Content-Type: application/x-www-form-urlencoded\n"
#define POST_FROM(origin)                                                      \
    "Host: " LOCAL "\nOrigin: " origin "\n" FORM "Content-Length: 3\n"
#define POST POST_FROM("http://" LOCAL)

enum { LINES_ROOM = 80 };

static const char *hosts[] = { LOCAL, "localhost:8080", "[::1]:8080" };
static const struct web_gate_rules here = { .hosts = { hosts, 3 } };

/* "Name: value\n" each; the value goes on behind the first colon. */
static size_t lines_of(const char *text, struct web_gate_line *out)
{
    size_t len = 0;

    while (*text && len < LINES_ROOM) {
        size_t n = strcspn(text, "\n"), name = strcspn(text, ":");
        size_t blank = text[name + 1] == ' ';
        out[len++] = (struct web_gate_line){
            arena_text_n(arena, text, name),
            arena_text_n(arena, text + name + 1 + blank, n - name - 1 - blank),
        };
        text += n + 1;
    }
    return len;
}

/* 0: it came in. */
static int judge(const struct web_gate_rules *r, const char *method,
                 const char *target, const char *header,
                 struct web_gate_pass *pass)
{
    struct web_gate_line lines[LINES_ROOM];
    const struct web_gate_request q = { .method = method,
                                        .target = target,
                                        .lines = lines,
                                        .len = lines_of(header, lines),
                                        .peer = "127.0.0.1" };
    const struct web_gate_refusal *no = web_gate_judge(arena, r, &q, pass);

    if (no && (!strchr(no->words, '\n') || strlen(no->words) < 10))
        fail_msg("%d is refused with \"%s\"", no->status, no->words);
    return no ? no->status : 0;
}

struct row {
    const char *what, *method, *target, *header;
    int status;
};

static void expect(const struct web_gate_rules *r, const struct row *rows,
                   size_t len)
{
    for (size_t i = 0; i < len; i++) {
        struct web_gate_pass pass = { .path = NULL };
        int got =
            judge(r, rows[i].method, rows[i].target, rows[i].header, &pass);
        if (got != rows[i].status)
            fail_msg("%s: %d, not %d", rows[i].what, got, rows[i].status);
        if (!got != (pass.path != NULL))
            fail_msg("%s: %d, and its parts are %s", rows[i].what, got,
                     pass.path ? "told" : "not told");
    }
}

#define EXPECT(rules, rows) expect(rules, rows, sizeof rows / sizeof *rows)

static void test_hosts(void **state)
{
    static const struct row rows[] = {
        { "ours", "GET", "/", "Host: " LOCAL "\n", 0 },
        { "by name", "GET", "/", "Host: localhost:8080\n", 0 },
        { "IPv6", "GET", "/", "Host: [::1]:8080\n", 0 },
        { "in capitals", "GET", "/", "HOST: LocalHost:8080\n", 0 },
        { "none", "GET", "/", "", 421 },
        { "empty", "GET", "/", "Host: \n", 421 },
        { "a port alone", "GET", "/", "Host: :8080\n", 421 },
        { "no port", "GET", "/", "Host: 127.0.0.1\n", 421 },
        { "another port", "GET", "/", "Host: 127.0.0.1:8081\n", 421 },
        { "a longer port", "GET", "/", "Host: 127.0.0.1:80800\n", 421 },
        { "a dot", "GET", "/", "Host: localhost.:8080\n", 421 },
        { "nip.io", "GET", "/", "Host: 127.0.0.1.nip.io:8080\n", 421 },
        { "rebound", "GET", "/", "Host: evil.test:8080\n", 421 },
        { "0.0.0.0", "GET", "/", "Host: 0.0.0.0:8080\n", 421 },
        { "127.1", "GET", "/", "Host: 127.1:8080\n", 421 },
        { "with a name", "GET", "/", "Host: a@127.0.0.1:8080\n", 421 },
        { "folded", "GET", "/", "Host: " LOCAL " evil\n", 421 },
        { "two", "GET", "/", "Host: " LOCAL "\nHost: " LOCAL "\n", 400 },
        { "two, one foreign", "GET", "/", "Host: evil\nHost: " LOCAL "\n",
          400 },
        { "a blank before the colon", "GET", "/", "Host : " LOCAL "\n", 400 },
        { "foreign, and another method", "PUT", "/", "Host: evil\n", 421 },
        { "absolute", "GET", "http://evil/p", "Host: " LOCAL "\n", 421 },
        { "absolute, ours", "GET", "http://" LOCAL "/", "Host: " LOCAL "\n",
          421 },
        { "two slashes", "GET", "//evil/p", "Host: " LOCAL "\n", 421 },
    };

    (void)state;
    EXPECT(&here, rows);
}

static void test_methods_and_ways(void **state)
{
    static const struct row rows[] = {
        { "HEAD", "HEAD", "/", "Host: " LOCAL "\n", 405 },
        { "OPTIONS", "OPTIONS", "*", "Host: " LOCAL "\n", 405 },
        { "in small letters", "get", "/", "Host: " LOCAL "\n", 405 },
        { "CONNECT", "CONNECT", "a:1", "Host: " LOCAL "\n", 405 },
        { "a way", "GET", "/a/Zz_-9/letter", "Host: " LOCAL "\n", 0 },
        { "a query", "GET", "/a/1?for=gmail&x=1", "Host: " LOCAL "\n", 0 },
        { "an empty query", "GET", "/?", "Host: " LOCAL "\n", 0 },
        { "escaped slash", "GET", "/a%2fb", "Host: " LOCAL "\n", 404 },
        { "escaped dots", "GET", "/%2e%2e/x", "Host: " LOCAL "\n", 404 },
        { "escaped NUL", "GET", "/a%00", "Host: " LOCAL "\n", 404 },
        { "up", "GET", "/a/../b", "Host: " LOCAL "\n", 404 },
        { "two dots in a name", "GET", "/a..b", "Host: " LOCAL "\n", 404 },
        { "here", "GET", "/a/./b", "Host: " LOCAL "\n", 404 },
        { "hidden", "GET", "/.git/config", "Host: " LOCAL "\n", 404 },
        { "two slashes within", "GET", "/a//b", "Host: " LOCAL "\n", 404 },
        { "raw bytes", "GET", "/\xff\xfe", "Host: " LOCAL "\n", 404 },
        { "a blank", "GET", "/a b", "Host: " LOCAL "\n", 404 },
        { "a fragment", "GET", "/a#b", "Host: " LOCAL "\n", 404 },
        { "backslash", "GET", "/\\evil", "Host: " LOCAL "\n", 404 },
        { "escaped in a query", "GET", "/?q=%41", "Host: " LOCAL "\n", 404 },
        { "two queries", "GET", "/?a=1?b=2", "Host: " LOCAL "\n", 404 },
        { "nothing", "GET", "", "Host: " LOCAL "\n", 421 },
    };
    char target[300] = "/";

    (void)state;
    EXPECT(&here, rows);
    memset(target + 1, 'a', 256);
    const struct row way[] = { { "257 bytes of a way", "GET", target,
                                 "Host: " LOCAL "\n", 404 } };
    EXPECT(&here, way);
    target[256] = '\0';
    const struct row fits[] = { { "256 bytes of a way", "GET", target,
                                  "Host: " LOCAL "\n", 0 } };
    EXPECT(&here, fits);
}

static const char *many_lines(size_t len)
{
    struct buf b;

    buf_init(&b, arena, 64 * 1024);
    buf_text(&b, "Host: " LOCAL "\n");
    for (size_t i = 1; i < len; i++)
        buf_printf(&b, "X-%zu: 1\n", i);
    return b.text;
}

static void test_header(void **state)
{
    const struct row rows[] = {
        { "no name", "GET", "/", "Host: " LOCAL "\n: x\n", 400 },
        { "a name in two", "GET", "/", "Host: " LOCAL "\nX Y: x\n", 400 },
        { "a name in UTF-8", "GET", "/", "Host: " LOCAL "\nX\xc3\xa9: x\n",
          400 },
        { "a carriage return", "GET", "/", "Host: " LOCAL "\nX: a\rb\n", 400 },
        { "an escape", "GET", "/", "Host: " LOCAL "\nX: a\x1b[31m\n", 400 },
        { "UTF-8 in a value", "GET", "/", "Host: " LOCAL "\nX: \xc3\xa9\n", 0 },
        { "64 lines", "GET", "/", many_lines(64), 0 },
        { "65 lines", "GET", "/", many_lines(65), 400 },
        { "two Cookies", "GET", "/",
          "Host: " LOCAL "\nCookie: a=1\ncookie: a=2\n", 400 },
        { "two Origins", "POST", "/", POST "Origin: http://" LOCAL "\n", 400 },
        { "two lengths", "POST", "/", POST "Content-Length: 3\n", 400 },
        { "two types", "POST", "/", POST FORM, 400 },
        { "two lines of no interest", "GET", "/",
          "Host: " LOCAL "\nX: 1\nX: 2\n", 0 },
    };

    (void)state;
    EXPECT(&here, rows);
}

static void test_origins(void **state)
{
    static const struct row rows[] = {
        { "our form", "POST", "/look", POST, 0 },
        { "by name", "POST", "/look",
          "Host: localhost:8080\nOrigin: http://localhost:8080\n" FORM
          "Content-Length: 0\n",
          0 },
        { "ours by another of our names", "POST", "/look",
          POST_FROM("http://localhost:8080"), 403 },
        { "no origin", "POST", "/look",
          "Host: " LOCAL "\n" FORM "Content-Length: 3\n", 403 },
        { "null", "POST", "/look", POST_FROM("null"), 403 },
        { "empty", "POST", "/look", POST_FROM(""), 403 },
        { "another port", "POST", "/look", POST_FROM("http://127.0.0.1:8002"),
          403 },
        { "no port", "POST", "/look", POST_FROM("http://127.0.0.1"), 403 },
        { "https", "POST", "/look", POST_FROM("https://" LOCAL), 403 },
        { "with a slash", "POST", "/look", POST_FROM("http://" LOCAL "/"),
          403 },
        { "a longer one", "POST", "/look", POST_FROM("http://" LOCAL ".evil"),
          403 },
        { "read from elsewhere", "GET", "/",
          "Host: " LOCAL "\nOrigin: http://evil.test\n", 403 },
        { "read by us", "GET", "/",
          "Host: " LOCAL "\nOrigin: http://" LOCAL "\n", 0 },
        { "sent by us", "POST", "/", POST "Sec-Fetch-Site: same-origin\n", 0 },
        { "sent from our site", "POST", "/", POST "Sec-Fetch-Site: same-site\n",
          403 },
        { "sent from elsewhere", "POST", "/",
          POST "Sec-Fetch-Site: cross-site\nSec-Fetch-Mode: navigate\n"
               "Sec-Fetch-Dest: document\n",
          403 },
        { "sent by nobody", "POST", "/", POST "Sec-Fetch-Site: none\n", 403 },
        { "typed", "GET", "/", "Host: " LOCAL "\nSec-Fetch-Site: none\n", 0 },
        { "a link from elsewhere", "GET", "/",
          "Host: " LOCAL "\nSec-Fetch-Site: cross-site\n"
          "Sec-Fetch-Mode: navigate\nSec-Fetch-Dest: document\n",
          0 },
        { "in a frame", "GET", "/",
          "Host: " LOCAL "\nSec-Fetch-Site: cross-site\n"
          "Sec-Fetch-Mode: navigate\nSec-Fetch-Dest: iframe\n",
          403 },
        { "as a script", "GET", "/page.js",
          "Host: " LOCAL "\nSec-Fetch-Site: same-site\n"
          "Sec-Fetch-Mode: no-cors\nSec-Fetch-Dest: script\n",
          403 },
        { "fetched from another port", "GET", "/",
          "Host: " LOCAL "\nSec-Fetch-Site: same-site\n"
          "Sec-Fetch-Mode: cors\nSec-Fetch-Dest: empty\n",
          403 },
        { "nothing else is said", "GET", "/",
          "Host: " LOCAL "\nSec-Fetch-Site: cross-site\n", 403 },
        { "an unknown word", "GET", "/",
          "Host: " LOCAL "\nSec-Fetch-Site: SAME-ORIGIN\n", 403 },
    };

    (void)state;
    EXPECT(&here, rows);
}

#define SENT "Host: " LOCAL "\nOrigin: http://" LOCAL "\n"

static void test_bodies(void **state)
{
    static const struct row rows[] = {
        { "with a charset", "POST", "/",
          SENT "Content-Type: application/x-www-form-urlencoded; "
               "charset=UTF-8\nContent-Length: 3\n",
          0 },
        { "in capitals", "POST", "/",
          SENT "content-type: APPLICATION/x-www-form-urlencoded\n"
               "content-length: 3\n",
          0 },
        { "no type", "POST", "/", SENT "Content-Length: 3\n", 415 },
        { "JSON", "POST", "/",
          SENT "Content-Type: application/json\nContent-Length: 3\n", 415 },
        { "text", "POST", "/",
          SENT "Content-Type: text/plain\nContent-Length: 3\n", 415 },
        { "parts", "POST", "/",
          SENT "Content-Type: multipart/form-data; boundary=x\n"
               "Content-Length: 3\n",
          415 },
        { "a longer type", "POST", "/",
          SENT "Content-Type: application/x-www-form-urlencodedx\n"
               "Content-Length: 3\n",
          415 },
        { "no length", "POST", "/", SENT FORM, 411 },
        { "+3", "POST", "/", SENT FORM "Content-Length: +3\n", 400 },
        { "-1", "POST", "/", SENT FORM "Content-Length: -1\n", 400 },
        { "3x", "POST", "/", SENT FORM "Content-Length: 3x\n", 400 },
        { "3, 3", "POST", "/", SENT FORM "Content-Length: 3, 3\n", 400 },
        { "0x3", "POST", "/", SENT FORM "Content-Length: 0x3\n", 400 },
        { "an empty length", "POST", "/", SENT FORM "Content-Length: \n", 400 },
        { "chunked", "POST", "/", SENT FORM "Transfer-Encoding: chunked\n",
          400 },
        { "chunked, with a length", "POST", "/",
          POST "Transfer-Encoding: identity\n", 400 },
        { "read with a body", "GET", "/",
          "Host: " LOCAL "\nContent-Length: 5\n", 400 },
        { "read, chunked", "GET", "/",
          "Host: " LOCAL "\nTransfer-Encoding: chunked\n", 400 },
        { "read with none", "GET", "/", "Host: " LOCAL "\nContent-Length: 0\n",
          0 },
    };

    (void)state;
    EXPECT(&here, rows);
}

static void test_parts(void **state)
{
    struct web_gate_pass p = { .path = NULL };

    (void)state;
    assert_int_equal(judge(&here, "GET", "/a/x?for=gmail",
                           "Host: " LOCAL "\nCookie: cm=1; b=2\n"
                           "Accept-Language: de, en\n"
                           "X-Forwarded-For: 203.0.113.9\n",
                           &p),
                     0);
    assert_int_equal(p.method, WEB_GET);
    assert_string_equal(p.path, "/a/x");
    assert_string_equal(p.query, "for=gmail");
    assert_string_equal(p.cookie, "cm=1; b=2");
    assert_string_equal(p.accept_language, "de, en");
    /* Anybody could say so. */
    assert_string_equal(p.client, "127.0.0.1");
    assert_int_equal(judge(&here, "POST", "/look", POST, &p), 0);
    assert_int_equal(p.method, WEB_POST);
    assert_null(p.query);
    assert_string_equal(p.cookie, "");
    assert_string_equal(p.accept_language, "");
}

static void test_proxy(void **state)
{
    static const char *names[] = { "check.example.org" };
    const struct web_gate_rules behind = { .hosts = { names, 1 },
                                           .origin =
                                               "https://check.example.org",
                                           .proxy = "127.0.0.1" };
    const struct web_gate_rules elsewhere = { .hosts = { names, 1 },
                                              .proxy = "192.0.2.80" };
    static const struct {
        const char *what, *header, *client; /* NULL: refused */
    } rows[] = {
        { "one", "X-Forwarded-For: 203.0.113.9\n", "203.0.113.9" },
        { "what the client says", "X-Forwarded-For: 10.0.0.1, 203.0.113.9\n",
          "203.0.113.9" },
        { "no blank", "X-Forwarded-For: 10.0.0.1,203.0.113.9\n",
          "203.0.113.9" },
        { "in two lines",
          "X-Forwarded-For: 10.0.0.1\nX-Forwarded-For: 203.0.113.9\n",
          "203.0.113.9" },
        { "IPv6", "X-Forwarded-For: 2001:DB8:0::1\n", "2001:db8::1" },
        { "IPv6 in brackets", "X-Forwarded-For: [2001:db8::1]\n",
          "2001:db8::1" },
        { "none", "", NULL },
        { "empty", "X-Forwarded-For: \n", NULL },
        { "nothing at the end", "X-Forwarded-For: 203.0.113.9, \n", NULL },
        { "a name", "X-Forwarded-For: evil.example\n", NULL },
        { "hidden", "X-Forwarded-For: unknown\n", NULL },
        { "script", "X-Forwarded-For: <script>\n", NULL },
    };
    struct web_gate_pass p = { .client = NULL };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *header =
            arena_printf(arena, "Host: check.example.org\n%s", rows[i].header);
        int got = judge(&behind, "GET", "/", header, &p);
        if (got != (rows[i].client ? 0 : 400) ||
            (!got && !same(p.client, rows[i].client)))
            fail_msg("%s: %d, %s", rows[i].what, got, p.client);
        assert_int_equal(judge(&elsewhere, "GET", "/", header, &p), 403);
    }
    static const struct row posts[] = {
        { "our form", "POST", "/",
          "Host: check.example.org\nOrigin: https://check.example.org\n"
          "X-Forwarded-For: 203.0.113.9\n" FORM "Content-Length: 3\n",
          0 },
        { "without TLS", "POST", "/",
          "Host: check.example.org\nOrigin: http://check.example.org\n"
          "X-Forwarded-For: 203.0.113.9\n" FORM "Content-Length: 3\n",
          403 },
        { "this machine's name", "GET", "/",
          "Host: localhost:8080\nX-Forwarded-For: 203.0.113.9\n", 421 },
    };
    EXPECT(&behind, posts);
}

static void test_values(void **state)
{
    static const struct web_field fields[] = { { "what", "a" }, { "b", "" } };
    const struct web_request q = { .arena = arena,
                                   .query = "for=gmail&print=1&x=&x=2",
                                   .cookie = "a=1; cm_8080=s3cret; b=2; b=3; "
                                             "xcm_8080=no;c=\"q\"",
                                   .fields = fields,
                                   .fields_len = 2 };
    const struct web_request bare = { .arena = arena, .cookie = "" };

    (void)state;
    assert_string_equal(web_request_cookie(&q, "cm_8080"), "s3cret");
    assert_string_equal(web_request_cookie(&q, "a"), "1");
    assert_string_equal(web_request_cookie(&q, "c"), "\"q\"");
    assert_null(web_request_cookie(&q, "b"));
    assert_null(web_request_cookie(&q, "cm"));
    assert_null(web_request_cookie(&bare, "cm"));
    assert_string_equal(web_request_query(&q, "for"), "gmail");
    assert_string_equal(web_request_query(&q, "print"), "1");
    assert_null(web_request_query(&q, "x"));
    assert_null(web_request_query(&bare, "for"));
    assert_string_equal(web_request_field(&q, "what"), "a");
    assert_string_equal(web_request_field(&q, "b"), "");
    assert_null(web_request_field(&q, "c"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hosts),  cmocka_unit_test(test_methods_and_ways),
        cmocka_unit_test(test_header), cmocka_unit_test(test_origins),
        cmocka_unit_test(test_bodies), cmocka_unit_test(test_parts),
        cmocka_unit_test(test_proxy),  cmocka_unit_test(test_values),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
