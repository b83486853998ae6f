#include "act/hook.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/folder.h"
#include "base/process.h"
#include "net/loop.h"

static struct arena *arena;
static struct loop *loop;
static char dir[] = "/tmp/certmend-hook-XXXXXX";

struct heard {
    int times;
    struct hook_result result;
};

static void heard(void *arg, const struct hook_result *result)
{
    struct heard *h = arg;

    h->times++;
    h->result = *result;
}

static int set_up(void **state)
{
    struct err err;

    (void)state;
    arena = arena_new();
    signal(SIGPIPE, SIG_IGN); /* as the program has it */
    return loop_new(&loop, &err) && mkdtemp(dir) ? 0 : -1;
}

static int tear_down(void **state)
{
    struct err err;

    (void)state;
    if (!folder_remove(dir, &err))
        fail_msg("%s", err.text);
    loop_free(loop);
    arena_free(arena);
    return 0;
}

static struct heard run(const char *const *argv, const char *const *env,
                        int64_t limit_ms)
{
    struct heard h = { 0 };
    struct err err = { 0 };
    const struct hook_job job = { loop, arena, argv, env, limit_ms };

    hook_run(&job, heard, &h);
    assert_int_equal(h.times, 0);
    assert_true(loop_run(loop, &err));
    return h;
}

static struct heard run_sh(const char *script, const char *const *env,
                           int64_t limit_ms)
{
    const char *const argv[] = { "/bin/sh", "-c",    script, "hook",
                                 "a b",     "$(id)", NULL };

    return run(argv, env, limit_ms);
}

static void test_what_comes_of_it(void **state)
{
    static const struct {
        const char *what, *script;
        int status;
        const char *why; /* part of it; NULL: it went well */
        const char *output;
    } rows[] = {
        { "silence", "exit 0", 0, NULL, "" },
        { "both outputs", "echo one; echo two >&2", 0, NULL, "one two" },
        { "words as they are", "echo \"[$1][$2]\"", 0, NULL, "[a b][$(id)]" },
        { "a failure", "echo no; exit 7", 7, "ended with status 7", "no" },
        { "a signal", "kill -KILL $$", -1, "ended by signal 9", "" },
        { "a broken pipe", "kill -PIPE $$; echo on", -1, "by signal 13", "" },
        { "input is empty", "cat; echo end", 0, NULL, "end" },
        { "the folder", "pwd", 0, NULL, "/" },
        { "escapes", "printf 'a\\033[2Jb'", 0, NULL, "a?[2Jb" },
        { "environment", "echo $NEW $OLD", 0, NULL, "new changed" },
    };
    static const char *const env[] = { "NEW=new", "OLD=changed", NULL };

    (void)state;
    setenv("OLD", "old", 1);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct heard h = run_sh(rows[i].script, env, 5000);
        assert_int_equal(h.times, 1);
        if (h.result.status != rows[i].status)
            fail_msg("%s: status %d, not %d", rows[i].what, h.result.status,
                     rows[i].status);
        if (!rows[i].why != !h.result.why ||
            (rows[i].why && !strstr(h.result.why, rows[i].why)))
            fail_msg("%s: \"%s\", not \"%s\"", rows[i].what,
                     h.result.why ? h.result.why : "", rows[i].why);
        const char *want =
            arena_printable(arena, rows[i].output, strlen(rows[i].output));
        if (strcmp(h.result.output, want) != 0)
            fail_msg("%s: said \"%s\", not \"%s\"", rows[i].what,
                     h.result.output, want);
    }
}

static void test_no_open_files(void **state)
{
    int fd = open("/dev/null", 0);
    int high = fcntl(fd, F_DUPFD, 50);

    (void)state;
    struct heard h =
        run_sh("for f in /proc/$$/fd/*; do echo ${f##*/}; done", NULL, 5000);
    close(fd);
    close(high);
    assert_null(h.result.why);
    assert_null(strstr(h.result.output, "50"));
}

/* What holds for us alone is not handed on: limits as they were, and signals
 * that do what they do. */
static void test_limits_and_signals(void **state)
{
    struct rlimit core, files;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_CORE, &core), 0);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &files), 0);
    core.rlim_cur = core.rlim_max < 1024 ? core.rlim_max : 1024;
    files.rlim_cur = 123;
    assert_int_equal(setrlimit(RLIMIT_CORE, &core), 0);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &files), 0);
    process_guard();
    assert_true(process_files(200) == 200);
    assert_int_equal(getrlimit(RLIMIT_CORE, &core), 0);
    assert_int_equal(core.rlim_cur, 0);
    struct heard h = run_sh("ulimit -S -c; ulimit -S -n", NULL, 5000);
    assert_null(h.result.why);
    assert_string_equal(h.result.output, /* in blocks of 512 bytes */
                        core.rlim_max < 1024 ? "0 123" : "2 123");
    static const char *const kills[] = { "kill -PIPE $$; echo lives",
                                         "kill -XFSZ $$; echo lives" };
    for (size_t i = 0; i < 2; i++) {
        signal(SIGPIPE, SIG_IGN);
        h = run_sh(kills[i], NULL, 5000);
        if (!h.result.why || !strstr(h.result.why, "ended by signal"))
            fail_msg("%s: \"%s\"", kills[i], h.result.output);
    }
}

/* Nobody may have collected it yet: then it is a zombie, "Z". */
static bool is_alive(const char *file)
{
    const char *text = NULL, *stat = NULL;
    size_t len = 0;
    struct err err;

    if (!file_read(arena, file, 100, &text, &len, &err))
        return false;
    const char *path =
        arena_printf(arena, "/proc/%ld/stat", strtol(text, NULL, 10));
    return file_read(arena, path, 4096, &stat, &len, &err) &&
           !strstr(stat, ") Z");
}

/* Also what it started, and also when it does not want to. */
static void test_time_limit(void **state)
{
    static const char *const scripts[] = {
        "sleep 60 & echo $! > $FILE; wait",
        "trap '' TERM; echo $$ > $FILE; while :; do sleep 0.1; done",
    };
    const char *file = arena_printf(arena, "%s/pid", dir);
    const char *const env[] = { arena_printf(arena, "FILE=%s", file), NULL };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        int64_t began_ms = clock_monotonic_ms();
        struct heard h = run_sh(scripts[i], env, 300);
        int64_t took_ms = clock_monotonic_ms() - began_ms;
        assert_int_equal(h.times, 1);
        assert_non_null(strstr(h.result.why, "took longer than"));
        assert_true(took_ms < HOOK_GRACE_MS + 3000);
        usleep(50 * 1000); /* init has to collect it */
        if (is_alive(file))
            fail_msg("script %zu: something lives on", i);
    }
}

/* A daemon that keeps the output open must not keep us. */
static void test_left_running(void **state)
{
    (void)state;
    int64_t began_ms = clock_monotonic_ms();
    struct heard h = run_sh("sleep 3 & echo started", NULL, 10000);
    assert_null(h.result.why);
    assert_string_equal(h.result.output, "started");
    assert_true(clock_monotonic_ms() - began_ms < 2500);
}

static void test_much_output(void **state)
{
    (void)state;
    struct heard h =
        run_sh("i=0; while [ $i -lt 20000 ]; do echo aaaaaaaaaaaaaaa; "
               "i=$((i+1)); done; echo end >&2",
               NULL, 20000);
    assert_null(h.result.why);
    assert_true(strlen(h.result.output) <= ARENA_PRINTABLE_MAX);
    assert_non_null(strstr(h.result.output, "aaa end"));
}

static void test_cannot_start(void **state)
{
    const char *script = arena_printf(arena, "%s/script", dir);
    const char *locked = arena_printf(arena, "%s/locked", dir);
    struct err err;
    const struct {
        const char *program, *why;
    } rows[] = {
        { "/nowhere/at-all", "no such program" },
        { "certmend-no-such-program", "no such program" },
        { dir, "no such program" },
        { locked, "no such program" },
        { script, "#!/bin/sh" },
    };

    (void)state;
    assert_true(file_write(locked, "#!/bin/sh\n", 10, FILE_PUBLIC, &err));
    assert_true(file_write(script, "exit 0\n", 7, FILE_PUBLIC, &err));
    assert_int_equal(chmod(script, 0755), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *const argv[] = { rows[i].program, NULL };
        struct heard h = run(argv, NULL, 1000);
        assert_int_equal(h.times, 1);
        assert_int_equal(h.result.status, -1);
        if (!h.result.why || !strstr(h.result.why, rows[i].why))
            fail_msg("%s: \"%s\", not \"%s\"", rows[i].program,
                     h.result.why ? h.result.why : "", rows[i].why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_comes_of_it),
        cmocka_unit_test(test_no_open_files),
        cmocka_unit_test(test_limits_and_signals),
        cmocka_unit_test(test_time_limit),
        cmocka_unit_test(test_left_running),
        cmocka_unit_test(test_much_output),
        cmocka_unit_test(test_cannot_start),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
