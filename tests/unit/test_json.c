#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

/* Read and printed again on one line; NULL: refused, and why holds `why`. */
static const struct row {
    const char *what, *input, *expected, *why;
} rows[] = {
    { "an object", "{\"a\": 1, \"A\": [true, null]}",
      "{\"a\":1,\"A\":[true,null]}\n", NULL },
    { "a bare value", " \"x\" ", "\"x\"\n", NULL },
    { "a byte order mark", "\xef\xbb\xbf{}", "{}\n", NULL },
    { "whole numbers", "[1e3, 1764000000, -4294967296, 9007199254740991]",
      "[1000,1764000000,-4294967296,9007199254740991]\n", NULL },
    { "a fraction", "[0.5]", "[0.5]\n", NULL },
    { "escapes", "\"a\\n\\u00e9\\\"\"", "\"a\\n\xc3\xa9\\\"\"\n", NULL },
    { "a surrogate pair", "\"\\ud83d\\ude00\"", "\"\xf0\x9f\x98\x80\"\n",
      NULL },
    { "nothing", "", NULL, "line 1" },
    { "text behind it", "{} x", NULL, "should have ended" },
    { "two documents", "{}\n{}", NULL, "line 2" },
    { "an escaped NUL", "\"a\\u0000b\"", NULL, "NUL" },
    { "half a surrogate pair", "\"\\ud83d\"", NULL, "line 1" },
    { "the same key twice", "{\"a\":1,\"b\":2,\"a\":3}", NULL, "\"a\"" },
    { "the same key twice, deep", "[{\"x\":{\"a\":1,\"\\u0061\":3}}]", NULL,
      "twice" },
    { "invalid UTF-8", "\"a\xff\"", NULL, "UTF-8" },
    { "a surrogate in UTF-8", "\"\xed\xa0\x80\"", NULL, "UTF-8" },
    { "a control byte", "\"a\nb\"", NULL, "control" },
    { "an escape byte outside", "\x1b{}", NULL, "does not know" },
    { "a leading zero", "[01]", NULL, "number" },
    { "a bare point", "[1.]", NULL, "number" },
    { "too large a number", "[1e999]", NULL, "too large" },
    { "a missing comma", "{\n\"a\": 1\n\"b\": 2}", NULL, "line 3" },
    { "an open text", "[\"a", NULL, "not closed" },
    { "an open text with an escape", "[\"a\\", NULL, "not closed" },
    { "an open array", "[1", NULL, "line 1" },
    { "a trailing comma", "[1,]", NULL, "line 1" },
    { "a wrong word", "[tru]", NULL, "line 1" },
};

static void test_parse(void **state)
{
    struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *r = &rows[i];
        struct json *j = NULL;
        struct err err = { 0 };
        struct buf out;
        buf_init(&out, a, 1000);
        bool good = json_parse(a, r->input, strlen(r->input), "x", &j, &err);
        if (good)
            json_print(j, false, &out);
        const char *got = good ? out.text : err.text;
        bool fits = r->expected ? good && strcmp(got, r->expected) == 0
                                : !good && strstr(got, r->why);
        if (!fits)
            fail_msg("%s: %s: got %s, wanted %s", r->what, r->input, got,
                     r->expected ? r->expected : r->why);
    }
    arena_free(a);
}

static void test_depth(void **state)
{
    static const struct {
        int depth;
        bool good;
    } depths[] = { { JSON_DEPTH_MAX, true }, { JSON_DEPTH_MAX + 1, false } };
    struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct buf text;
        struct json *j = NULL;
        struct err err = { 0 };
        buf_init(&text, a, 1000);
        for (int d = 0; d < depths[i].depth; d++)
            buf_char(&text, '[');
        for (int d = 0; d < depths[i].depth; d++)
            buf_char(&text, ']');
        if (json_parse(a, text.text, text.len, "x", &j, &err) != depths[i].good)
            fail_msg("depth %d: %s", depths[i].depth, err.text);
    }
    arena_free(a);
}

/* Nothing behind `len` may be looked at. */
static void test_length(void **state)
{
    struct arena *a = arena_new();
    struct json *j = NULL;
    struct err err = { 0 };

    (void)state;
    assert_true(json_parse(a, "[1]garbage", 3, "x", &j, &err));
    assert_false(json_parse(a, "[1]", 2, "x", &j, &err));
    arena_free(a);
}

static void test_build_and_read(void **state)
{
    struct arena *a = arena_new();
    struct json *o = json_object(a);

    (void)state;
    json_put_text(a, o, "host", "mail.example.com");
    json_put_text(a, o, "none", NULL);
    json_put_number(a, o, "port", 587);
    json_put_bool(a, o, "yes", true);
    struct json *list = json_put_array(a, o, "names");
    json_add_text(a, list, "one");
    json_add_number(a, list, 2);
    json_put_text(a, json_add_object(a, list), "k", "v");

    assert_string_equal(json_find_text(o, "host"), "mail.example.com");
    assert_null(json_find_text(o, "Host"));
    assert_null(json_find_text(o, "none"));
    assert_null(json_find(NULL, "host"));
    assert_true(json_find_bool(o, "yes"));
    assert_int_equal((int)json_find_number(o, "port", 0), 587);
    assert_int_equal((int)json_find_number(o, "host", 7), 7);
    assert_int_equal(list->len, 3);
    assert_true(json_has_text(list, "one"));
    assert_false(json_has_text(list, "two"));
    struct buf out;
    buf_init(&out, a, 1000);
    json_print(json_copy(a, o), false, &out);
    assert_string_equal(out.text,
                        "{\"host\":\"mail.example.com\",\"none\":null,"
                        "\"port\":587,\"yes\":true,"
                        "\"names\":[\"one\",2,{\"k\":\"v\"}]}\n");
    arena_free(a);
}

static void test_equal(void **state)
{
    static const struct {
        const char *one, *other;
        bool equal;
    } pairs[] = {
        { "{\"a\":1,\"b\":[1,2]}", "{\"b\":[1,2],\"a\":1}", true },
        { "[1,2]", "[2,1]", false },
        { "[1]", "[1,2]", false },
        { "{\"a\":1}", "{\"b\":1}", false },
        { "\"x\"", "\"x\"", true },
        { "\"x\"", "\"y\"", false },
        { "true", "false", false },
        { "1", "true", false },
        { "1", "1.0", true },
    };
    struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct json *x = NULL, *y = NULL;
        struct err err = { 0 };
        assert_true(
            json_parse(a, pairs[i].one, strlen(pairs[i].one), "one", &x, &err));
        assert_true(json_parse(a, pairs[i].other, strlen(pairs[i].other),
                               "other", &y, &err));
        if (json_equal(x, y) != pairs[i].equal)
            fail_msg("%s and %s: equal was to be %d", pairs[i].one,
                     pairs[i].other, pairs[i].equal);
    }
    assert_true(json_equal(NULL, NULL));
    assert_false(json_equal(NULL, json_object(a)));
    arena_free(a);
}

static void test_need(void **state)
{
    struct arena *a = arena_new();
    struct json *o = json_object(a);
    const struct json *j = NULL;
    const char *text = NULL;
    int64_t n = 0;
    struct err err = { 0 };

    (void)state;
    json_put_text(a, o, "t", "x");
    json_put_number(a, o, "half", 0.5);
    json_put_number(a, o, "n", 3);
    assert_true(json_need_text(o, "t", "f", &text, &err));
    assert_true(json_need_int(o, "n", "f", &n, &err));
    assert_int_equal(n, 3);
    assert_false(json_need(o, "gone", JSON_TEXT, "f: rows[2]", &j, &err));
    assert_string_equal(err.text, "f: rows[2]: \"gone\" is missing");
    assert_false(json_need(o, "t", JSON_ARRAY, "f", &j, &err));
    assert_string_equal(err.text, "f: \"t\" has to be a list, not a text");
    assert_false(json_need_int(o, "half", "f", &n, &err));
    assert_string_equal(err.text, "f: \"half\" has to be a whole number");
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),          cmocka_unit_test(test_depth),
        cmocka_unit_test(test_length),         cmocka_unit_test(test_equal),
        cmocka_unit_test(test_build_and_read), cmocka_unit_test(test_need),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
