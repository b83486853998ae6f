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
    { "wide characters take two columns", "\xe4\xb8\xad\xe6\x96\x87 a", 0, 5,
      "\xe4\xb8\xad\xe6\x96\x87\na\n" },
    { "marks take none", "e\xcc\x81\xcc\xa3 a", 0, 3, "e\xcc\x81\xcc\xa3 a\n" },
    { "what is no UTF-8 takes one each", "\xff\xfe a", 0, 4, "\xff\xfe a\n" },
};

static const struct {
    const char *what;
    struct term_row row;
    int width;
    const char *expected;
} table_rows[] = {
    { "beside", { "  ", "ab", 3, "one two" }, 80, "  ab   one two\n" },
    { "folded beside",
      { "  ", "ab", 3, "one two three four five six seven eight" },
      40,
      "  ab   one two three four five six seven\n       eight\n" },
    { "a label too long for its column",
      { "", "abcdef", 3, "one" },
      80,
      "abcdef  one\n" },
    { "no room beside: below, and the label folded too",
      { "  7  ", "a label that goes on and on and on and on", 20, "one two" },
      40,
      "  7  a label that goes on and on and on\n     and on\n       one "
      "two\n" },
    { "80 columns are a table, whatever the label",
      { "", "0123456789012345678901234567890123456789012345678901234567", 20,
        "one" },
      80,
      "0123456789012345678901234567890123456789012345678901234567  one\n" },
    { "a wide label is padded by its columns",
      { "", "\xe4\xb8\xad", 4, "one" },
      80,
      "\xe4\xb8\xad    one\n" },
    { "nothing beside", { "", "ab", 2, "" }, 80, "ab  \n" },
};

static void test_row(void **state)
{
    struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < sizeof table_rows / sizeof *table_rows; i++) {
        struct buf out;
        buf_init(&out, a, 400);
        term_row(&out, &table_rows[i].row, table_rows[i].width);
        if (strcmp(out.text, table_rows[i].expected) != 0)
            fail_msg("%s: got \"%s\", wanted \"%s\"", table_rows[i].what,
                     out.text, table_rows[i].expected);
    }
    arena_free(a);
}

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
    assert_in_range(term_width(), 40, 120);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrap),
        cmocka_unit_test(test_row),
        cmocka_unit_test(test_no_colour),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
