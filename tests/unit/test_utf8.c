#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/json.h"
#include "base/utf8.h"

static const struct {
    const char *what, *text, *mended, *harmless;
} rows[] = {
    { "plain", "mail.example.com", "mail.example.com", "mail.example.com" },
    { "letters", "m\xc3\xbcller \xe2\x82\xac", "m\xc3\xbcller \xe2\x82\xac",
      "m\xc3\xbcller \xe2\x82\xac" },
    { "an escape", "a\x1b[2J", "a\x1b[2J", "a?[2J" },
    { "a C1 escape",
      "a\xc2\x9b"
      "2J",
      "a\xc2\x9b"
      "2J",
      "a?2J" },
    { "turned around", "\xe2\x80\xaemoc", "\xe2\x80\xaemoc", "?moc" },
    { "no UTF-8", "a\xff\xfe", "a??", "a??" },
    { "cut", "a\xe2\x82", "a??", "a??" },
    { "a surrogate", "\xed\xa0\x80", "???", "???" },
    { "nothing", "", "", "" },
};

static void mends(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[64];
        struct err err = { 0 };
        strcpy(text, rows[i].text);
        utf8_mend(text, false);
        if (strcmp(text, rows[i].mended) != 0)
            fail_msg("%s: \"%s\"", rows[i].what, text);
        utf8_mend(text, true);
        if (strcmp(text, rows[i].harmless) != 0)
            fail_msg("%s: \"%s\"", rows[i].what, text);
        err_set(&err, ERR_INPUT, "%s", rows[i].text);
        if (strcmp(err.text, rows[i].harmless) != 0)
            fail_msg("%s: a message says \"%s\"", rows[i].what, err.text);
    }
}

/* Cut by columns: a wide character is there or not, a joining mark stays with
 * its letter. */
static void fits(void **state)
{
    static const struct {
        const char *text;
        int columns;
        size_t bytes;
    } cuts[] = {
        { "abc", 3, 3 },
        { "abc", 2, 2 },
        { "abc", 0, 0 },
        { "abc", -1, 0 },
        { "\xe6\xa0\xaa\xe5\xbc\x8f", 4, 6 }, /* two of two columns */
        { "\xe6\xa0\xaa\xe5\xbc\x8f", 3, 3 },
        { "\xe6\xa0\xaa", 1, 0 },
        { "e\xcc\x81x", 1, 3 }, /* U+0301 joins */
        { "\xff\xff", 1, 1 },   /* no UTF-8: a column a byte */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++)
        if (utf8_fit(cuts[i].text, cuts[i].columns) != cuts[i].bytes)
            fail_msg("%s in %d columns: %zu bytes", cuts[i].text,
                     cuts[i].columns, utf8_fit(cuts[i].text, cuts[i].columns));
}

/* A message that is full is cut between two letters. */
static void full_messages(void **state)
{
    struct err err = { 0 };

    (void)state;
    for (size_t pad = 0; pad < 4; pad++) {
        struct arena *a = arena_new();
        char *letters = arena_alloc(a, 4, sizeof err.text);
        memset(letters, 'a', pad);
        while (strlen(letters) < sizeof err.text)
            strcat(letters, "\xe2\x82\xac");
        err_set(&err, ERR_INPUT, "%s", letters);
        assert_int_equal(utf8_valid(err.text, strlen(err.text)),
                         strlen(err.text));
        err_add(&err, "\xc2\x9b%s", letters);
        assert_int_equal(utf8_valid(err.text, strlen(err.text)),
                         strlen(err.text));
        assert_int_equal(err.text[0], '?');
        arena_free(a);
    }
}

/* Whatever is put into a tree, what comes out is JSON. */
static void json_is_utf8(void **state)
{
    struct arena *a = arena_new();
    struct json *j = json_object(a), *again = NULL;
    struct err err = { 0 };
    struct buf out;

    (void)state;
    json_put_text(a, j, "path", "a\xff.pem");
    buf_init(&out, a, 100);
    json_print(j, false, &out);
    assert_true(json_parse(a, out.text, out.len, "x", &again, &err));
    assert_string_equal(json_find_text(again, "path"), "a?.pem");
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mends),
        cmocka_unit_test(fits),
        cmocka_unit_test(full_messages),
        cmocka_unit_test(json_is_utf8),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
