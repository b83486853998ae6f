/*
 * Forms: what a browser sends is read, to the letter; what it never sends is
 * refused as a whole.
 */
#include "net/web_form.h"

#include "fixture.h"

/* "name=value|name=value"; "!": broken; "+": too long. */
static const char *read_all(const char *body, size_t len)
{
    struct web_form f = { .len = 0 };
    enum web_form_fault fault = web_form_read(arena, body, len, &f);
    struct buf b;

    if (fault != WEB_FORM_FINE)
        return fault == WEB_FORM_BROKEN ? "!" : "+";
    buf_init(&b, arena, 64 * 1024);
    for (size_t i = 0; i < f.len; i++)
        buf_printf(&b, "%s%s=%s", i ? "|" : "", f.fields[i].name,
                   f.fields[i].value);
    return b.text;
}

static void test_forms(void **state)
{
    static const struct {
        const char *what, *body, *fields;
    } rows[] = {
        { "nothing", "", "" },
        { "one", "what=mail.example.com", "what=mail.example.com" },
        { "several", "what=a&program=gmail&csrf-1=x_-",
          "what=a|program=gmail|csrf-1=x_-" },
        { "an empty one", "what=&b=1", "what=|b=1" },
        { "no value", "what", "what=" },
        { "blanks", "what=a+b%20c", "what=a b c" },
        { "a plus", "what=a%2Bb%2bc", "what=a+b+c" },
        { "our own marks", "what=a%26b%3Dc=d", "what=a&b=c=d" },
        { "UTF-8", "what=%C3%A9%F0%9F%93%A7", "what=\xc3\xa9\xf0\x9f\x93\xa7" },
        { "UTF-8 as it is", "what=\xc3\xa9", "what=\xc3\xa9" },
        { "lines", "what=a%0D%0Ab%0Ac%0Dd%0D%0D%0A", "what=a\nb\nc\nd\n\n" },
        { "markup", "what=%22%3E%3Cscript%3E", "what=\"><script>" },
        { "twice", "what=a&what=b", "!" },
        { "twice, once empty", "what=a&b=1&what", "!" },
        { "a cut escape", "what=a%4", "!" },
        { "a bare %", "what=100%", "!" },
        { "no hex", "what=%zz", "!" },
        { "half hex", "what=%4g", "!" },
        { "a sign", "what=%+1", "!" },
        { "unicode escape", "what=%u0041", "!" },
        { "escaped NUL", "what=a%00b", "!" },
        { "cut UTF-8", "what=%C3", "!" },
        { "overlong", "what=%C0%AF", "!" },
        { "surrogate", "what=%ED%A0%80", "!" },
        { "a bare line end", "what=a\nb", "!" },
        { "a bare blank", "what=a b", "!" },
        { "no name", "=a", "!" },
        { "an escaped name", "w%68at=a", "!" },
        { "an empty field", "a=1&&b=2", "!" },
        { "a last &", "a=1&", "a=1" },
        { "a semicolon", "a=1;b=2", "a=1;b=2" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *got = read_all(rows[i].body, strlen(rows[i].body));
        if (!same(got, rows[i].fields))
            fail_msg("%s: \"%s\", not \"%s\"", rows[i].what, got,
                     rows[i].fields);
    }
    assert_string_equal(read_all("what=a\0b", 8), "!");
    assert_string_equal(read_all("wh\0at=a", 7), "!");
    /* Nothing behind the end is looked at. */
    assert_string_equal(read_all("what=%41B", 7), "!");
    assert_string_equal(read_all("what=%41B", 8), "what=A");
}

static const char *with_value(const char *unit, size_t times)
{
    struct buf b;

    buf_init(&b, arena, 64 * 1024);
    buf_text(&b, "what=");
    for (size_t i = 0; i < times; i++)
        buf_text(&b, unit);
    return read_all(b.text, b.len);
}

static const char *with_fields(size_t len)
{
    struct buf b;

    buf_init(&b, arena, 64 * 1024);
    for (size_t i = 0; i < len; i++)
        buf_printf(&b, "%sf%zu=1", i ? "&" : "", i);
    return read_all(b.text, b.len);
}

static void test_limits(void **state)
{
    char name[80] = { 0 };

    (void)state;
    assert_int_equal(strlen(with_value("a", 8192)), 5 + 8192);
    assert_string_equal(with_value("a", 8193), "+");
    assert_int_equal(strlen(with_value("%41", 8192)), 5 + 8192);
    assert_string_equal(with_value("%41", 8193), "+");
    assert_int_not_equal(with_fields(32)[0], '!');
    assert_string_equal(with_fields(33), "!");
    memset(name, 'n', 64);
    assert_int_equal(strlen(read_all(name, 64)), 65);
    name[64] = 'n';
    assert_string_equal(read_all(name, 65), "!");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_limits),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
