#include "base/term.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

static const struct row {
    const char *what, *input;
    int indent, width;
    const char *expected;
} rows[] = {
    { "nothing", "", 2, 10, "" },
    { "a short line", "one two", 0, 10, "one two\n" },
    { "exactly full", "one two", 0, 7, "one two\n" },
    { "one too long", "one two", 0, 6, "one\ntwo\n" },
    { "indented", "one two three", 2, 10, "  one two\n  three\n" },
    { "a long word", "a abcdefghijkl b", 1, 8, " a\n abcdefghijkl\n b\n" },
    { "many blanks", " one   two ", 0, 20, "one two\n" },
    { "own line ends", "one\n\ntwo\n", 1, 20, " one\n\n two\n" },
    { "UTF-8 counts as characters", "\xc3\xa4\xc3\xa4 \xc3\xb6", 0, 4,
      "\xc3\xa4\xc3\xa4 \xc3\xb6\n" },
};

static void test_wrap(void **state)
{
    struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf out;
        buf_init(&out, a, 200);
        term_wrap(&out, rows[i].input, rows[i].indent, rows[i].width);
        if (strcmp(out.text, rows[i].expected) != 0)
            fail_msg("%s: got \"%s\", wanted \"%s\"", rows[i].what, out.text,
                     rows[i].expected);
    }
    arena_free(a);
}

static void test_no_colour(void **state)
{
    struct arena *a = arena_new();

    (void)state;
    term_no_color();
    assert_string_equal(term_styled(a, TERM_BAD, "x"), "x");
    assert_true(term_width() >= 40);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrap),
        cmocka_unit_test(test_no_colour),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
