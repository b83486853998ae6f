#include "base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/folder.h"

static char dir[] = "/tmp/certmend-test-XXXXXX";
static struct arena *arena;

static const char *at(const char *name)
{
    return arena_printf(arena, "%s/%s", dir, name);
}

static int set_up(void **state)
{
    (void)state;
    arena = arena_new();
    umask(022);
    return mkdtemp(dir) ? 0 : -1;
}

static int tear_down(void **state)
{
    struct err err;

    (void)state;
    if (!folder_remove(dir, &err))
        fail_msg("%s", err.text);
    arena_free(arena);
    return 0;
}

static void test_modes(void **state)
{
    static const struct {
        const char *what;
        enum file_mode mode;
        bool first, second; /* written to a new file, to an existing one */
        mode_t bits;
    } rows[] = {
        { "public", FILE_PUBLIC, true, true, 0644 },
        { "private", FILE_PRIVATE, true, true, 0600 },
        { "public-new", FILE_PUBLIC_NEW, true, false, 0644 },
        { "private-new", FILE_PRIVATE_NEW, true, false, 0600 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *path = at(rows[i].what);
        const char *text = NULL, *wanted = rows[i].second ? "two" : "one";
        size_t len = 0;
        struct err err = { 0 };
        struct stat st;
        if (file_write(path, "one", 3, rows[i].mode, &err) != rows[i].first)
            fail_msg("%s, first: %s", rows[i].what, err.text);
        if (file_write(path, "two", 3, rows[i].mode, &err) != rows[i].second)
            fail_msg("%s, second: %s", rows[i].what, err.text);
        assert_true(file_read(arena, path, 3, &text, &len, &err));
        assert_int_equal(len, 3);
        assert_string_equal(text, wanted);
        assert_int_equal(stat(path, &st), 0);
        if ((st.st_mode & 0777) != rows[i].bits)
            fail_msg("%s: mode %o, wanted %o", rows[i].what,
                     (unsigned)st.st_mode & 0777, (unsigned)rows[i].bits);
    }
}

static void test_no_leftovers(void **state)
{
    const char *const *names = NULL;
    size_t len = 0;
    struct err err = { 0 };

    (void)state;
    assert_true(file_write(at("b.json"), "x", 1, FILE_PUBLIC, &err));
    assert_true(file_write(at("a.json"), "x", 1, FILE_PUBLIC, &err));
    assert_true(file_write(at(".c.json"), "x", 1, FILE_PUBLIC, &err));
    assert_true(file_list(arena, dir, ".json", &names, &len, &err));
    assert_int_equal(len, 2);
    assert_string_equal(names[0], "a.json");
    assert_string_equal(names[1], "b.json");
    assert_true(file_list(arena, dir, ".tmp", &names, &len, &err));
    assert_int_equal(len, 0);
    unlink(at(".c.json"));
}

static void test_failures(void **state)
{
    const char *text = NULL;
    size_t len = 0;
    struct err err = { 0 };

    (void)state;
    assert_false(file_read(arena, at("gone"), 9, &text, &len, &err));
    assert_non_null(strstr(err.text, "No such file"));
    assert_false(file_read(arena, dir, 9, &text, &len, &err));
    assert_true(file_write(at("long"), "0123456789", 10, FILE_PUBLIC, &err));
    assert_false(file_read(arena, at("long"), 9, &text, &len, &err));
    assert_non_null(strstr(err.text, "longer than 9 bytes"));
    assert_null(text);
    assert_false(file_write(at("no/such"), "x", 1, FILE_PUBLIC, &err));
    assert_false(file_write(dir, "x", 1, FILE_PUBLIC, &err));
    assert_false(file_write("/dev/full", "x", 1, FILE_PUBLIC, &err));
    assert_non_null(strstr(err.text, "No space"));
    assert_true(file_write("/dev/null", "x", 1, FILE_PUBLIC, &err));
    assert_true(file_exists("/dev/full"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_modes),
        cmocka_unit_test(test_no_leftovers),
        cmocka_unit_test(test_failures),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
