#include "advise/template.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

static struct json *parsed(struct arena *a, const char *text)
{
    struct json *j = NULL;
    struct err err = { 0 };

    if (!json_parse(a, text, strlen(text), "data", &j, &err))
        fail_msg("%s", err.text);
    return j;
}

static const char *partial_of(void *arg, const char *name)
{
    return json_find_text(arg, name);
}

#define DATA                                                                   \
    "{\"host\":\"mail.example.com\",\"port\":587,\"bad\":\"a\\nb\","           \
    "\"names\":[\"a\",\"b\"],\"quote\":\"it's $(x)\",\"opt\":\"-rf\","         \
    "\"semi\":\"a; b\",\"star\":\"*.example.com\",\"empty\":\"\","             \
    "\"none\":null,\"html\":\"<a href='x'>&\\\"\"}"

static const struct row {
    const char *what;
    enum template_escape escape;
    const char *text, *expected, *why;
} rows[] = {
    { "a blank", TEMPLATE_TEXT, "{{host}}:{{port}}", "mail.example.com:587",
      NULL },
    { "a list", TEMPLATE_TEXT, "{{#names}}\n- {{.}}\n{{/names}}\n",
      "- a\n- b\n", NULL },
    { "an empty text is nothing", TEMPLATE_TEXT, "{{^empty}}none{{/empty}}",
      "none", NULL },
    { "nothing fills it", TEMPLATE_TEXT, "a\n{{gone}}", NULL,
      "t: line 2: {{gone}} is filled by nothing" },
    { "null does not fill it", TEMPLATE_TEXT, "{{none}}", NULL, "{{none}}" },
    { "a list is no text", TEMPLATE_TEXT, "{{names}}", NULL, "a list" },
    { "a line end in a value", TEMPLATE_TEXT, "{{bad}}", NULL, "control" },
    { "HTML", TEMPLATE_HTML, "{{html}}",
      "&lt;a href=&#39;x&#39;&gt;&amp;&quot;", NULL },
    { "a plain word", TEMPLATE_SHELL, "check {{host}}",
      "check mail.example.com", NULL },
    { "a star is quoted", TEMPLATE_SHELL, "{{star}}", "'*.example.com'", NULL },
    { "a quote is quoted", TEMPLATE_SHELL, "{{quote}}", "'it'\\''s $(x)'",
      NULL },
    { "an empty word", TEMPLATE_SHELL, "{{empty}}", "''", NULL },
    { "an option", TEMPLATE_SHELL, "{{opt}}", NULL, "option" },
    { "a value", TEMPLATE_CONFIG, "a = {{star}}", "a = *.example.com", NULL },
    { "a second statement", TEMPLATE_CONFIG, "{{semi}}", NULL, "{{semi}}" },
    { "an empty value", TEMPLATE_CONFIG, "{{empty}}", NULL, "{{empty}}" },
    { "round the escaping", TEMPLATE_TEXT, "{{{host}}}", NULL, "escaping" },
    { "round it by &", TEMPLATE_TEXT, "{{& host}}", NULL, "escaping" },
    { "other delimiters", TEMPLATE_TEXT, "{{=<% %>=}}", NULL, "delimiters" },
    { "an open tag", TEMPLATE_TEXT, "{{host", NULL, "not closed" },
    { "an open section", TEMPLATE_TEXT, "{{#host}}x", NULL,
      "no end: {{host}}" },
    { "an end alone", TEMPLATE_TEXT, "{{/host}}", NULL, "never began" },
    { "crossed sections", TEMPLATE_TEXT, "{{#host}}{{#port}}{{/host}}", NULL,
      "{{port}}" },
    { "an empty name", TEMPLATE_TEXT, "{{ }}", NULL, "a name" },
    { "a blank in a name", TEMPLATE_TEXT, "{{a b}}", NULL, "a name" },
    { "a missing partial", TEMPLATE_TEXT, "{{> gone}}", NULL, "not there" },
    { "a partial without end", TEMPLATE_TEXT, "{{> loop}}", NULL,
      "too deeply" },
    { "an indented partial", TEMPLATE_TEXT, "a\n  {{> two}}\nb",
      "a\n  1\n\n  2\nb", NULL },
};

static void test_rows(void **state)
{
    struct arena *a = arena_new();
    struct json *data = parsed(a, DATA);
    struct json *partials =
        parsed(a, "{\"loop\":\"{{> loop}}\",\"two\":\"1\\n\\n2\\n\"}");

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *r = &rows[i];
        struct template_options o = { .name = "t",
                                      .escape = r->escape,
                                      .strict = true,
                                      .partial = partial_of,
                                      .arg = partials };
        struct err err = { 0 };
        struct buf out;
        buf_init(&out, a, 1000);
        bool good = template_render(r->text, data, &o, &out, &err);
        const char *got = good ? out.text : err.text;
        bool fits = r->expected ? good && strcmp(got, r->expected) == 0
                                : !good && strstr(got, r->why);
        if (!fits)
            fail_msg("%s: got \"%s\", wanted \"%s\"", r->what, got,
                     r->expected ? r->expected : r->why);
    }
    arena_free(a);
}

static void test_uses(void **state)
{
    static const struct template_use wanted[] = {
        { TEMPLATE_BLANK, "host", NULL }, { TEMPLATE_SECTION, "names", NULL },
        { TEMPLATE_BLANK, ".", "names" }, { TEMPLATE_INVERTED, "names", NULL },
        { TEMPLATE_PARTIAL, "p", NULL },  { TEMPLATE_BLANK, "port", NULL },
    };
    struct arena *a = arena_new();
    struct template_options o = { .name = "t",
                                  .partial = partial_of,
                                  .arg = parsed(a, "{\"p\":\"{{port}}\"}") };
    struct template_use *uses = NULL;
    size_t len = 0;
    struct err err = { 0 };

    (void)state;
    assert_true(template_uses(
        a,
        "{{host}}{{! no }}{{#names}}{{.}}{{/names}}{{^names}}{{> p}}{{/names}}",
        &o, &uses, &len, &err));
    assert_int_equal(len, sizeof wanted / sizeof *wanted);
    for (size_t i = 0; i < len; i++) {
        assert_int_equal(uses[i].tag, wanted[i].tag);
        assert_string_equal(uses[i].name, wanted[i].name);
        if (wanted[i].within)
            assert_string_equal(uses[i].within, wanted[i].within);
        else
            assert_null(uses[i].within);
    }
    assert_false(template_uses(a, "{{#x}}", &o, &uses, &len, &err));
    arena_free(a);
}

/* The Mustache specification's own cases: HTML, and nothing is missed. */
static void run_case(struct arena *a, const char *module, const struct json *t)
{
    const struct json *found = json_find(t, "partials");
    struct template_options o = { .name = json_find_text(t, "name"),
                                  .escape = TEMPLATE_HTML,
                                  .raw = true,
                                  .partial = partial_of,
                                  .arg = json_copy(a, found) };
    const char *expected = json_find_text(t, "expected");
    struct err err = { 0 };
    struct buf out;

    buf_init(&out, a, 10000);
    if (!template_render(json_find_text(t, "template"), json_find(t, "data"),
                         &o, &out, &err))
        fail_msg("%s: %s", module, err.text);
    if (strcmp(out.text, expected) != 0)
        fail_msg("%s: %s: got \"%s\", wanted \"%s\"", module, o.name, out.text,
                 expected);
}

static void test_specification(void **state)
{
    static const char *const modules[] = { "comments", "interpolation",
                                           "sections", "inverted", "partials" };
    const char *vectors = getenv("CERTMEND_VECTORS");
    struct arena *a = arena_new();

    (void)state;
    if (!vectors)
        vectors = "../shared/vectors";
    if (!file_exists(arena_printf(a, "%s/mustache", vectors))) {
        arena_free(a);
        skip();
    }
    for (size_t i = 0; i < sizeof modules / sizeof *modules; i++) {
        const char *path =
            arena_printf(a, "%s/mustache/%s.json", vectors, modules[i]);
        const char *text = NULL;
        size_t len = 0;
        struct json *j = NULL;
        struct err err = { 0 };
        if (!file_read(a, path, 1 << 20, &text, &len, &err) ||
            !json_parse(a, text, len, path, &j, &err))
            fail_msg("%s", err.text);
        JSON_EACH (t, json_find(j, "tests"))
            run_case(a, modules[i], t);
    }
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_uses),
        cmocka_unit_test(test_specification),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
