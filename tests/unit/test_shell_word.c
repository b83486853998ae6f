/*
 * A path in a command that is printed: the shell takes it for one word, and
 * for what it is.
 */
#include "base/shell_word.h"

#include "fixture.h"

#include <stdio.h>
#include <string.h>

#include "act/key_file.h"
#include "base/file.h"
#include "crypto/key.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
    const char *path, *word;
} rows[] = {
    { "/etc/certmend/live/a.example/privkey.pem",
      "/etc/certmend/live/a.example/privkey.pem" },
    { "", "''" },
    { "a b", "'a b'" },
    { "a;reboot", "'a;reboot'" },
    { "$(reboot)", "'$(reboot)'" },
    { "`reboot`", "'`reboot`'" },
    { "it's", "'it'\\''s'" },
    { "a\"b\\c", "'a\"b\\c'" },
    { "~root/*", "'~root/*'" },
    { "-R", "./-R" },
    { "-R /", "'./-R /'" },
    { "a\nb", "'a\nb'" },
};

static void test_word(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(shell_word_path(arena, rows[i].path), rows[i].word);
}

/* The shell gives back what went in. */
static void test_shell(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char back[200] = "";
        FILE *shell = popen(arena_printf(arena, "printf %%s %s",
                                         shell_word_path(arena, rows[i].path)),
                            "r");
        assert_non_null(shell);
        size_t len = fread(back, 1, sizeof back - 1, shell);
        back[len] = '\0';
        assert_int_equal(pclose(shell), 0);
        const char *cut = rows[i].path[0] == '-' ? back + 2 : back;
        assert_string_equal(cut, rows[i].path);
    }
}

/* What certmend says of a key that everybody may read, run as it is said. */
static void test_key_that_is_open(void **state)
{
    char dir[] = "/tmp/certmend-word-XXXXXX";
    char said[2000] = "";
    struct stat what;
    struct key *key = NULL;
    struct err err;

    (void)state;
    assert_non_null(mkdtemp(dir));
    const char *path = arena_printf(arena, "%s/it's; false", dir);
    const char *log = arena_printf(arena, "%s/log", dir);
    assert_true(file_write(path, "no key", 6, FILE_PUBLIC, &err));
    assert_int_equal(chmod(path, 0644), 0);
    int before = dup(STDERR_FILENO);
    assert_non_null(freopen(log, "w", stderr));
    assert_false(key_file_read(&(struct key_file){ .path = path }, &key, &err));
    fflush(stderr);
    dup2(before, STDERR_FILENO);
    close(before);
    FILE *f = fopen(log, "r");
    assert_non_null(f);
    said[fread(said, 1, sizeof said - 1, f)] = '\0';
    fclose(f);
    char *command = strstr(said, "chmod 600");
    assert_non_null(command);
    *strstr(command, "\" takes") = '\0';
    assert_int_equal(system(command), 0);
    assert_int_equal(stat(path, &what), 0);
    assert_int_equal(what.st_mode & 0777, 0600);
    unlink(path);
    unlink(log);
    rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_word),
        cmocka_unit_test(test_shell),
        cmocka_unit_test(test_key_that_is_open),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
