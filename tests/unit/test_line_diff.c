/* What becomes of a file, as people read it and patch(1) takes it. */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/line_diff.h"

static struct line_diff_text of(const char *text, size_t len)
{
    return (struct line_diff_text){ text, len };
}

static const char *diff(const char *before, const char *after)
{
    struct buf out;

    buf_init(&out, arena, 1 << 20);
    line_diff("/etc/x.cf", of(before, strlen(before)), of(after, strlen(after)),
              &out);
    return out.text;
}

#define HEAD "--- etc/x.cf\n+++ etc/x.cf\n"

static const struct {
    const char *what, *before, *after, *expected;
} rows[] = {
    { "the same", "a\nb\n", "a\nb\n", "" },
    { "both empty", "", "", "" },
    { "one line in the middle", "1\n2\n3\n4\n5\n6\n7\n8\n9\n",
      "1\n2\n3\n4\nfive\n6\n7\n8\n9\n",
      HEAD "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n" },
    { "the first", "1\n2\n", "one\n2\n",
      HEAD "@@ -1,2 +1,2 @@\n-1\n+one\n 2\n" },
    { "one alone", "1\n", "one\n", HEAD "@@ -1 +1 @@\n-1\n+one\n" },
    { "put in at the end", "1\n", "1\n2\n", HEAD "@@ -1 +1,2 @@\n 1\n+2\n" },
    { "into nothing", "", "1\n", HEAD "@@ -0,0 +1 @@\n+1\n" },
    { "to nothing", "1\n", "", HEAD "@@ -1 +0,0 @@\n-1\n" },
    { "no newline at the end stays none", "1\n2", "one\n2",
      HEAD "@@ -1,2 +1,2 @@\n-1\n+one\n 2\n\\ No newline at end of file\n" },
    { "a newline comes", "1", "1\n",
      HEAD "@@ -1 +1 @@\n-1\n\\ No newline at end of file\n+1\n" },
    { "two far apart", "a\n1\n2\n3\n4\n5\n6\n7\nb\n",
      "A\n1\n2\n3\n4\n5\n6\n7\nB\n",
      HEAD "@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n "
           "7\n-b\n+B\n" },
    { "two near each other", "a\n1\n2\n3\n4\n5\n6\nb\n",
      "A\n1\n2\n3\n4\n5\n6\nB\n",
      HEAD "@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B\n" },
    { "carriage returns stay", "1\r\n2\r\n", "1\r\ntwo\r\n",
      HEAD "@@ -1,2 +1,2 @@\n 1\r\n-2\r\n+two\r\n" },
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *got = diff(rows[i].before, rows[i].after);
        if (strcmp(got, rows[i].expected) != 0)
            fail_msg("%s: \"%s\", not \"%s\"", rows[i].what, got,
                     rows[i].expected);
    }
}

/* ---- what patch makes of it ---- */

static unsigned seed = 7;

static unsigned dice(unsigned sides)
{
    seed = seed * 1103515245u + 12345u;
    return (seed >> 16) % sides;
}

static const char *some_lines(size_t most)
{
    struct buf b;
    size_t n = dice((unsigned)most);

    buf_init(&b, arena, 1 << 20);
    for (size_t i = 0; i < n; i++)
        buf_printf(&b, "%c%s", 'a' + (char)dice(4),
                   i + 1 < n || dice(3) ? "\n" : "");
    return b.text;
}

/* Lines go, come and change. */
static const char *changed(const char *text)
{
    struct buf b;

    buf_init(&b, arena, 1 << 20);
    for (; *text; text++) {
        if (*text == '\n' || dice(6))
            buf_char(&b, *text);
        else if (dice(2))
            buf_text(&b, "new\nlines");
    }
    return b.text;
}

static void write_file(const char *path, const char *text)
{
    struct err err;

    if (!file_write(path, text, strlen(text), FILE_PUBLIC, &err))
        fail_msg("%s", err.text);
}

static void test_patch_takes_it(void **state)
{
    char top[] = "/tmp/certmend-diff-XXXXXX";
    struct err err;

    (void)state;
    if (system("command -v patch >/dev/null") != 0)
        skip();
    assert_non_null(mkdtemp(top));
    const char *file = arena_printf(arena, "%s/etc/x.cf", top);
    assert_int_equal(system(arena_printf(arena, "mkdir %s/etc", top)), 0);
    for (int i = 0; i < 150; i++) {
        /* Now and then more than is told line by line. */
        const char *before = some_lines(i % 30 == 29 ? 2000 : 60);
        const char *after = i % 30 == 29 ? some_lines(2000) : changed(before);
        const char *got = NULL;
        size_t len = 0;
        write_file(file, before);
        write_file(arena_printf(arena, "%s/p", top), diff(before, after));
        if (system(arena_printf(arena,
                                "cd %s && { [ ! -s p ] || patch -s -p0 --fuzz=0"
                                " <p; } && { [ -e etc/x.cf ] || : >etc/x.cf; }",
                                top)) != 0)
            fail_msg("patch says no to:\n%s", diff(before, after));
        assert_true(file_read(arena, file, 1 << 20, &got, &len, &err));
        assert_string_equal(got, after);
    }
    assert_int_equal(system(arena_printf(arena, "rm -rf %s", top)), 0);
}

static void test_new_file(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, arena, 1000);
    line_diff("/etc/new", of(NULL, 0), of("1\n", 2), &out);
    assert_string_equal(out.text,
                        "--- /dev/null\n+++ etc/new\n@@ -0,0 +1 @@\n+1\n");
}

static void test_shown(void **state)
{
    static const char raw[] = "-a\tb\x1b[31m\r\n+\tc\n";
    struct buf out;

    (void)state;
    buf_init(&out, arena, 1000);
    line_diff_shown(raw, sizeof raw - 1, 2, &out);
    assert_string_equal(out.text, "  -a       b?[31m\n  +        c\n");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_rows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_patch_takes_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_new_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_shown, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
