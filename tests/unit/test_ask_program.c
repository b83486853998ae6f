/*
 * What a program answers, and one that floods, hangs, dies or leaves a helper
 * behind.
 */
#include "machine/ask_program.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "fixture.h"

static struct machine_root own = { -1, "/" };

static struct program_answer ask(const char *script, bool *good,
                                 struct err *err)
{
    const char *const argv[] = { "sh", "-c", script, "asked", NULL };
    struct program_answer answer = { 0 };

    *good = ask_program(arena, &own, argv, &answer, err);
    return answer;
}

static void tells_what_was_said(void **state)
{
    static const struct {
        const char *script;
        int status;
        const char *output, *complaint;
    } rows[] = {
        { "echo one; echo two", 0, "one\ntwo\n", "" },
        { "echo warning >&2; echo answer", 0, "answer\n", "warning" },
        { "echo first >&2; echo last >&2; exit 3", 3, "", "last" },
        { "printf 'a\\033[31mred\\n' >&2", 0, "", "a?[31mred" },
        { "cat", 0, "", "" }, /* no input */
        { "kill -9 $$", -1, "", "" },
        { "printf 'a\\0b'", 0, "a", "" },
        { "echo $HOME$CERTMEND_SECRET$LC_ALL", 0, "C\n", "" },
        { "pwd", 0, "/\n", "" },
        { "ls /proc/self/fd | wc -l", 0, "4\n", "" },
        { "echo why >&2; echo file test failed >&2; exit 1", 1, "", "why" },
        { "echo test failed >&2; exit 1", 1, "", "test failed" },
        { "i=0; while [ $i -lt 9000 ]; do echo complaint $i >&2; "
          "i=$((i+1)); done",
          0, "", "complaint 8999" },
    };

    (void)state;
    setenv("CERTMEND_SECRET", "secret", 1);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err err = { 0 };
        bool good = false;
        struct program_answer got = ask(rows[i].script, &good, &err);
        if (!good || got.status != rows[i].status ||
            !same(got.output, rows[i].output) ||
            !same(got.complaint, rows[i].complaint))
            fail_msg("%s: %d \"%s\" \"%s\" %s", rows[i].script, got.status,
                     got.output, got.complaint, err.text);
    }
}

static void stops_a_flood(void **state)
{
    struct err err = { 0 };
    bool good = true;

    (void)state;
    ask("yes", &good, &err);
    assert_false(good);
    assert_non_null(strstr(err.text, "more than 4 MiB"));
}

/* A helper with our pipes in its hands keeps nobody waiting, and goes. */
static void waits_for_no_helper(void **state)
{
    int64_t before = clock_monotonic_ms();
    struct err err = { 0 };
    bool good = false;
    struct program_answer got = ask("sleep 60 & echo $!", &good, &err);

    (void)state;
    assert_true(good);
    assert_int_equal(got.status, 0);
    assert_true(clock_monotonic_ms() - before < ASK_LIMIT_MS / 2);
    pid_t helper = (pid_t)strtol(got.output, NULL, 10);
    for (int i = 0; i < 100 && kill(helper, 0) == 0; i++)
        usleep(10000);
    /* A zombie that nobody takes up has ended, too. */
    const char *state_of = arena_printf(
        arena, "grep -c '^State:.[SR]' /proc/%d/status", (int)helper);
    got = ask(state_of, &good, &err);
    assert_true(good);
    assert_true(got.output[0] != '1');
}

static void says_that_there_is_none(void **state)
{
    const char *const argv[] = { "certmend-no-such-program", NULL };
    const struct machine_root inside = { -1, "/proc/812/root" };
    struct program_answer answer;
    struct err err;

    (void)state;
    assert_false(ask_program(arena, &own, argv, &answer, &err));
    assert_non_null(strstr(err.text, "no such program"));
    assert_false(ask_program(arena, &inside, argv, &answer, &err));
    assert_non_null(strstr(err.text, "in a container"));
}

/* Another folder as root has no shell in it: ours is not run instead. */
static void stays_in_its_root(void **state)
{
    static const char *const argv[] = { "sh", "-c", "true", NULL };
    char top[] = "/tmp/certmend-ask-XXXXXX";
    struct machine_root root;
    struct program_answer answer;
    struct err err;

    (void)state;
    assert_non_null(mkdtemp(top));
    assert_true(machine_root_open(arena, top, &root, &err));
    assert_false(ask_program(arena, &root, argv, &answer, &err));
    machine_root_close(&root);
    rmdir(top);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_what_was_said),
        cmocka_unit_test(stops_a_flood),
        cmocka_unit_test(waits_for_no_helper),
        cmocka_unit_test(says_that_there_is_none),
        cmocka_unit_test(stays_in_its_root),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
