#include "page/page_render.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "crypto/digest.h"
#include "run/page_alone.h"

enum { PAGE_MAX = 1000 * 1000 };

static struct json *parsed(struct arena *a, const char *text)
{
    struct json *j = NULL;
    struct err err = { 0 };

    if (!json_parse(a, text, strlen(text), "data", &j, &err))
        fail_msg("%s", err.text);
    return j;
}

static const char *rendered(struct arena *a, struct page_request p)
{
    struct err err = { 0 };
    struct buf out;

    buf_init(&out, a, PAGE_MAX);
    if (!page_render(a, &p, &out, &err))
        fail_msg("%s: %s", p.name, err.text);
    return out.text;
}

static void assert_holds(const char *what, const char *page, const char *wanted)
{
    if (!strstr(page, wanted))
        fail_msg("%s: \"%s\" is not in:\n%s", what, wanted, page);
}

static void assert_lacks(const char *what, const char *page,
                         const char *unwanted)
{
    if (strstr(page, unwanted))
        fail_msg("%s: \"%s\" is in:\n%s", what, unwanted, page);
}

static const char heading_of[] = "{\"kind\":\"fault\",\"heading\":%s}";

/* Bytes of strangers, each where it would do harm. */
static const struct row {
    const char *what, *value /* as JSON */, *wanted, *unwanted;
} rows[] = {
    { "an element", "\"<script>alert(1)</script>\"", "&lt;script&gt;",
      "<script>alert" },
    { "the end of an attribute", "\"\\\" onload='x'\"",
      "&quot; onload=&#39;x&#39;", "\" onload" },
    { "a backtick", "\"`x`\"", "&#96;x&#96;", "`x`" },
    { "an entity", "\"&lt;\"", "&amp;lt;", NULL },
    { "a blank of ours", "\"{{title}}\"", "{{title}}", NULL },
    { "text that turns around", "\"a\\u202ecod.exe\"", "a\\u202ecod.exe",
      "\u202e" },
    { "an isolate", "\"\\u2066x\"", "\\u2066x", "\u2066" },
    { "a bell", "\"\\u0007x\"", "\\u0007x", "\a" },
    { "an escape", "\"\\u001b[31m\"", "\\u001b[31m", "\033" },
    { "an end of line stays one", "\"one\\ntwo\"", "one\ntwo", NULL },
    { "letters of the world", "\"m\u00fcller \u043f\u043e\u0447\u0442\u0430\"",
      "m\u00fcller \u043f\u043e\u0447\u0442\u0430", NULL },
};

static void test_strangers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *a = arena_new();
        const struct row *r = &rows[i];
        const char *text = arena_printf(a, heading_of, r->value);
        const char *page =
            rendered(a, (struct page_request){ .name = "message",
                                               .title = "a title",
                                               .data = parsed(a, text) });
        assert_holds(r->what, page, r->wanted);
        if (r->unwanted)
            assert_lacks(r->what, page, r->unwanted);
        arena_free(a);
    }
}

/* A browser takes a style sheet only by the hash of exactly its bytes. */
static void test_one_file(void **state)
{
    struct arena *a = arena_new();
    struct err err = { 0 };
    struct buf out;
    const char *begin, *end;
    const struct page_request p = {
        .name = "message",
        .title = "a & b",
        .data = parsed(a, "{\"kind\":\"info\",\"heading\":\"h\"}"),
        .served = true, /* and is no more */
    };

    (void)state;
    buf_init(&out, a, PAGE_MAX);
    assert_true(page_alone(a, &p, &out, &err));
    begin = strstr(out.text, "<style>") + strlen("<style>");
    end = strstr(begin, "</style>");
    assert_non_null(end);
    assert_holds(
        "the hash", out.text,
        arena_printf(a, "default-src 'none'; style-src 'sha256-%s'\"",
                     digest_sha256_base64(a, begin, (size_t)(end - begin))));
    assert_holds("the title", out.text, "<title>a &amp; b</title>");
    assert_lacks("one file", out.text, "<script");
    assert_lacks("one file", out.text, "<link");
    assert_lacks("one file", out.text, "<form");
    assert_lacks("one file", out.text, "href=\"/");
    assert_lacks("one file", out.text, "{{");
    arena_free(a);
}

static void test_served(void **state)
{
    struct arena *a = arena_new();
    const struct json *data = parsed(
        a, "{\"kind\":\"info\",\"heading\":\"h\",\"csrf_look\":\"tok\\\"en\","
           "\"refresh_s\":2}");
    const char *page = rendered(
        a, (struct page_request){
               .name = "message", .title = "t", .data = data, .served = true });

    (void)state;
    assert_holds("served", page,
                 "<link rel=\"stylesheet\" href=\"/page.css\">");
    assert_holds("served", page, "name=\"csrf\" value=\"tok&quot;en\"");
    assert_holds("served", page,
                 "<noscript><meta http-equiv=\"refresh\" "
                 "content=\"2\"></noscript>");
    assert_lacks("served", page, "<style");
    assert_lacks("served", page, "Content-Security-Policy");
    page = rendered(
        a, (struct page_request){
               .name = "message",
               .title = "t",
               .data = parsed(a, "{\"kind\":\"info\",\"heading\":\"h\"}"),
               .served = true });
    assert_lacks("without a session", page, "<form");
    arena_free(a);
}

static const char own_body[] =
    "<p class=\"name\">{{heading}}</p><p class=\"names\">a.b</p>"
    "<b class=\"name is-x\">one.two-three@x.</b>";

/* A folder of one's own needs hold what differs only; and a name is broken
 * where a reader would. */
static void test_folder(void **state)
{
    struct arena *a = arena_new();
    struct err err = { 0 };
    char dir[] = "/tmp/page-render-XXXXXX";
    struct buf out;

    (void)state;
    assert_non_null(mkdtemp(dir));
    const char *page = arena_printf(a, "%s/page", dir);
    const char *file = arena_printf(a, "%s/message.mustache", page);
    assert_int_equal(mkdir(page, 0700), 0);
    assert_true(
        file_write(file, own_body, strlen(own_body), FILE_PRIVATE, &err));
    struct page_request p = {
        .name = "message",
        .title = "t",
        .data = parsed(a, "{\"heading\":\"mail.example.com\"}"),
        .templates = dir,
    };
    const char *html = rendered(a, p);
    assert_holds("a name", html, "mail.<wbr>example.<wbr>com</p>");
    assert_holds("another class", html, "<p class=\"names\">a.b</p>");
    assert_holds("an address", html, ">one.<wbr>two-<wbr>three@<wbr>x.</b>");
    assert_holds("the frame", html, "<!doctype html>");

    assert_true(file_write(file, "{{{heading}}}", 13, FILE_PRIVATE, &err));
    buf_init(&out, a, PAGE_MAX);
    assert_false(page_render(a, &p, &out, &err));
    assert_non_null(strstr(err.text, "escaping"));
    assert_non_null(strstr(err.text, "the page \"message\": "));
    assert_int_equal(out.len, 0);
    unlink(file);
    rmdir(page);
    rmdir(dir);
    arena_free(a);
}

static void test_files(void **state)
{
    struct arena *a = arena_new();
    const char *type = NULL;

    (void)state;
    assert_non_null(page_file(NULL, a, "page.js", &type));
    assert_string_equal(type, "text/javascript; charset=utf-8");
    assert_null(page_file(NULL, a, "frame.mustache", &type));
    assert_null(page_file(NULL, a, "../openssl/server.cnf", &type));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strangers), cmocka_unit_test(test_one_file),
        cmocka_unit_test(test_served),    cmocka_unit_test(test_folder),
        cmocka_unit_test(test_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
