/* Settings of other programs, hostile ones among them: what they say is read,
 * what only running them would tell is said to be unknown. */
#include "fixture.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "act/import_text.h"
#include "base/file.h"
#include "base/folder.h"

static char top[] = "/tmp/certmend-import-XXXXXX";

static void ini_values(void **state)
{
    static const struct {
        const char *what, *text, *section, *key;
        const char *values[4];
        unsigned bad_line;
    } rows[] = {
        { "plain", "a = b c \n", "", "a", { "b c" }, 0 },
        { "no blanks, no newline", "a=b", "", "a", { "b" }, 0 },
        { "section", "[r]\na = 1\n", "r", "a", { "1" }, 0 },
        { "its section", "[ r ]\n[[m]]\nx.y = /w\n", "m", "x.y", { "/w" }, 0 },
        { "list", "[r]\na = x, y,\n", "r", "a", { "x", "y" }, 0 },
        { "list of one", "a = x,\n", "", "a", { "x" }, 0 },
        { "quoted", "a = 'b, #c'\n", "", "a", { "b, #c" }, 0 },
        { "double", "a = \"it's\" # no\n", "", "a", { "it's" }, 0 },
        { "triple over lines",
          "a = '''say \"it's\"\nfoo'''\nb = c\n",
          "",
          "a",
          { "say \"it's\"\nfoo" },
          0 },
        { "behind a triple", "a = '''\n'''\nb = c\n", "", "b", { "c" }, 0 },
        { "comment", "# a = b\n\n  # x\na = c # d\n", "", "a", { "c" }, 0 },
        { "CRLF", "a = b\r\nc = d\r\n", "", "a", { "b" }, 0 },
        { "empty value", "a =\n", "", "a", { "" }, 0 },
        { "no row", "a = b\nrm -rf\n", "", "a", { "b" }, 2 },
        { "open quote", "a = 'b\nc = d'\n", "", "a", { NULL }, 1 },
        { "open triple", "x = 1\na = '''b\n", "", "a", { NULL }, 2 },
        { "behind a quote", "a = 'b' c\n", "", "a", { NULL }, 1 },
        { "no end of a section", "[r\na = b\n", "", "a", { NULL }, 1 },
        { "two and one", "[[r]\n", "", "a", { NULL }, 1 },
        { "no key", " = b\n", "", "", { NULL }, 1 },
        { "brackets", "]][[", "", "", { NULL }, 1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct import_ini ini = import_ini_read(arena, rows[i].text);
        const struct import_ini_row *found = NULL;
        if (ini.bad_line != rows[i].bad_line)
            fail_msg("%s: line %u, not %u", rows[i].what, ini.bad_line,
                     rows[i].bad_line);
        for (size_t k = 0; k < ini.len; k++)
            if (same(ini.rows[k].section, rows[i].section) &&
                same(ini.rows[k].key, rows[i].key))
                found = &ini.rows[k];
        if (!found != !rows[i].values[0])
            fail_msg("%s: %s", rows[i].what, found ? "found" : "not found");
        for (size_t k = 0; found && k < found->len; k++)
            if (!same(found->values[k], rows[i].values[k]))
                fail_msg("%s: \"%s\"", rows[i].what, found->values[k]);
        if (found && rows[i].values[found->len])
            fail_msg("%s: %zu values", rows[i].what, found->len);
    }
}

static void shell_values(void **state)
{
    /* `value` NULL: not to be known. */
    static const struct {
        const char *what, *text, *value;
    } rows[] = {
        { "bare", "X=abc\n", "abc" },
        { "single", "X='a b' # c\n", "a b" },
        { "double", "X=\"a \\\"b\\\"\"\n", "a \"b\"" },
        { "glued", "X='it'\"'\"'s'\n", "it's" },
        { "export", "export X=a\n", "a" },
        { "the last counts", "X=a\nX=b\n", "b" },
        { "of another", "B=/base\nX=\"${B}/x\"\n", "/base/x" },
        { "of another, bare", "B=/base\nX=$B/x\n", "/base/x" },
        { "in single quotes nothing is", "X='$B `id`'\n", "$B `id`" },
        { "indented", "  X=a;\n", "a" },
        { "over lines", "X='a\nb'\n", "a\nb" },
        { "comment", "#X=a\nX=b\n", "b" },
        { "program", "X=$(id)\n", NULL },
        { "program in quotes", "X=\"$(touch /tmp/x)\"\n", NULL },
        { "old program", "X=`id`\n", NULL },
        { "old program in quotes", "X=\"`id`\"\n", NULL },
        { "unset", "X=$NOBODY\n", NULL },
        { "otherwise", "X=${NOBODY:-a}\n", NULL },
        { "with a command", "X=a id\n", NULL },
        { "pipe", "X=a|id\n", NULL },
        { "open single", "X='a\n", NULL },
        { "open double", "X=\"a\n", NULL },
        { "made again by a program", "X=a\nX=$(id)\n", NULL },
        { "pattern", "X=/etc/*\n", NULL },
        { "home", "X=~/x\n", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct import_shell s = { 0 };
        import_shell_read(arena, rows[i].text, &s);
        const char *value = import_shell_find(&s, "X");
        if (!same(value, rows[i].value) ||
            import_shell_is_unknown(&s, "X") != !rows[i].value)
            fail_msg("%s: \"%s\"", rows[i].what, value ? value : "(none)");
    }
}

static void lines_that_are_programs(void **state)
{
    struct import_shell s = { 0 };

    (void)state;
    import_shell_read(arena, "A=1\n\nif true; then\n  B=2\nfi\n", &s);
    assert_int_equal(4, s.len);
    assert_null(s.all[1].name);
    assert_int_equal(3, s.all[1].line);
    assert_int_equal(5, s.all[3].line);
}

static void unwraps(void **state)
{
    static const struct {
        const char *what, *value, *plain;
    } rows[] = {
        { "as it is", "abc", "abc" },
        { "wrapped", "__ACME_BASE64__START_YSAmJiBi__ACME_BASE64__END_",
          "a && b" },
        { "no end", "__ACME_BASE64__START_YSAmJiBi", NULL },
        { "no base64", "__ACME_BASE64__START_%%__ACME_BASE64__END_", NULL },
        { "a NUL in it", "__ACME_BASE64__START_YQBi__ACME_BASE64__END_", NULL },
        { "no text", "__ACME_BASE64__START_//79__ACME_BASE64__END_", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *plain = import_unwrap(arena, rows[i].value);
        if (!same(plain, rows[i].plain))
            fail_msg("%s: \"%s\"", rows[i].what, plain ? plain : "(none)");
    }
}

static const char *at(const char *name)
{
    return arena_printf(arena, "%s/%s", top, name);
}

static void put(const char *name, const void *bytes, size_t len, mode_t mode)
{
    struct err err;

    unlink(at(name));
    assert_true(file_write(at(name), bytes, len, FILE_PRIVATE, &err));
    assert_int_equal(0, chmod(at(name), mode));
}

static void files(void **state)
{
    static const struct {
        const char *what, *text;
        size_t len; /* 0: that of the text */
        mode_t mode;
        const char *why; /* NULL: read */
    } rows[] = {
        { "plain", "a = b\n", 0, 0644, NULL },
        { "everybody's", "a = b\n", 0, 0666, "another user" },
        { "a NUL", "a\0b", 3, 0600, "no text" },
        { "no UTF-8", "\xff\xfe", 0, 0600, "no text" },
    };
    const char *text = NULL;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        put("f", rows[i].text, rows[i].len ? rows[i].len : strlen(rows[i].text),
            rows[i].mode);
        const char *why = import_text_read(arena, at("f"), &text);
        if (!why != !rows[i].why || (why && !strstr(why, rows[i].why)))
            fail_msg("%s: %s", rows[i].what, why ? why : "read");
    }
    char *big = arena_alloc(arena, IMPORT_TEXT_MAX + 1, 1);
    memset(big, 'a', IMPORT_TEXT_MAX + 1);
    put("f", big, IMPORT_TEXT_MAX + 1, 0600);
    assert_non_null(
        strstr(import_text_read(arena, at("f"), &text), "too long"));
    /* Nobody waits for a pipe. */
    unlink(at("f"));
    assert_int_equal(0, mkfifo(at("f"), 0600));
    assert_non_null(strstr(import_text_read(arena, at("f"), &text), "no file"));
}

/* Whoever may write to the folder puts another file there. */
static void folder_of_another(void **state)
{
    const char *text = NULL;

    (void)state;
    put("f", "a", 1, 0600);
    assert_int_equal(0, chmod(top, 0777));
    const char *why = import_text_read(arena, at("f"), &text);
    assert_int_equal(0, chmod(top, 0700));
    assert_non_null(why);
    assert_non_null(strstr(why, "replaced by another"));
    assert_null(import_text_read(arena, at("f"), &text));
}

static int make(void **state)
{
    (void)state;
    return mkdtemp(top) ? 0 : -1;
}

static int unmake(void **state)
{
    struct err err;

    (void)state;
    return folder_remove(top, &err) ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(ini_values, set_up, tear_down),
        cmocka_unit_test_setup_teardown(shell_values, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lines_that_are_programs, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(unwraps, set_up, tear_down),
        cmocka_unit_test_setup_teardown(files, set_up, tear_down),
        cmocka_unit_test_setup_teardown(folder_of_another, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, make, unmake);
}
