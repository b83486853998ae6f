/*
 * A web server's folder may be another user's, and we may be root: whatever he
 * puts there, and whenever, nothing of ours that he may not touch changes.
 */
#include "acme/challenge_webroot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define TOKEN "token-0123456789"

enum { NOBODY = 65534, ROUNDS = 500, PATH_LEN = 300 };

static struct arena *arena;
static char top[] = "/tmp/certmend-webroot-XXXXXX";
static const char *root, *known, *folder, *token;         /* his */
static const char *secret, *folder_secret, *known_secret; /* ours */

/* ---- calls of the code under test, with somebody in between ---- */

static void (*between)(void); /* NULL: nobody */
static int calls, strikes_at; /* counted from 1 */

static void meet(void)
{
    if (between && ++calls == strikes_at) {
        void (*strike)(void) = between;
        between = NULL;
        strike();
        between = strike;
    }
}

static int open_at(int dir, const char *path, int flags, mode_t mode)
{
    meet();
    int fd = (int)syscall(SYS_openat, dir, path, flags, mode);
    meet();
    return fd;
}

static mode_t mode_in(int flags, va_list *args)
{
    return flags & O_CREAT ? va_arg(*args, mode_t) : 0;
}

int openat(int dir, const char *path, int flags, ...)
{
    va_list args;

    va_start(args, flags);
    mode_t mode = mode_in(flags, &args);
    va_end(args);
    return open_at(dir, path, flags, mode);
}

int open(const char *path, int flags, ...)
{
    va_list args;

    va_start(args, flags);
    mode_t mode = mode_in(flags, &args);
    va_end(args);
    return open_at(AT_FDCWD, path, flags, mode);
}

static int met(long call, long a, const void *b, long c)
{
    meet();
    int done = (int)syscall(call, a, b, c);
    meet();
    return done;
}

int mkdirat(int dir, const char *path, mode_t mode)
{
    return met(SYS_mkdirat, dir, path, (long)mode);
}

int mkdir(const char *path, mode_t mode)
{
    return met(SYS_mkdirat, AT_FDCWD, path, (long)mode);
}

int unlinkat(int dir, const char *path, int flags)
{
    return met(SYS_unlinkat, dir, path, flags);
}

int unlink(const char *path)
{
    return met(SYS_unlinkat, AT_FDCWD, path, 0);
}

int chmod(const char *path, mode_t mode)
{
    return met(SYS_fchmodat, AT_FDCWD, path, (long)mode);
}

int rename(const char *from, const char *to)
{
    meet();
    int done = (int)syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
    meet();
    return done;
}

/* ---- the place ---- */

static void run(const char *script)
{
    if (system(arena_printf(arena, "cd %s && { %s; }", top, script)) != 0)
        fail_msg("the test cannot prepare: %s", script);
}

static int set_up(void **state)
{
    (void)state;
    arena = arena_new();
    if (!mkdtemp(top) || chmod(top, 0755) != 0)
        return -1;
    umask(022);
    root = arena_printf(arena, "%s/www", top);
    known = arena_printf(arena, "%s/.well-known", root);
    folder = arena_printf(arena, "%s/acme-challenge", known);
    token = arena_printf(arena, "%s/" TOKEN, folder);
    secret = arena_printf(arena, "%s/secret/file", top);
    folder_secret = arena_printf(arena, "%s/secret", top);
    known_secret = arena_printf(arena, "%s/known", top);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    run("rm -rf www secret known");
    rmdir(top);
    arena_free(arena);
    return 0;
}

/* A folder that everybody may write to, and what nobody else may read. */
static void fresh(const char *more)
{
    run(arena_printf(arena,
                     "rm -rf www secret known; umask 0; mkdir www; umask 077;"
                     "mkdir -p secret known/acme-challenge;"
                     "echo key > secret/file; umask 022; %s",
                     more));
}

static mode_t mode_of(const char *path)
{
    struct stat what;

    return lstat(path, &what) == 0 ? what.st_mode & 07777 : 0;
}

static size_t entries(const char *dir)
{
    DIR *d = opendir(dir);
    size_t len = 0;

    assert_non_null(d);
    while (readdir(d))
        len++;
    closedir(d);
    return len - 2;
}

/* Nothing in the secret folders was changed, made or taken away. */
static void check_secret(const char *what)
{
    struct stat file;

    if (stat(secret, &file) != 0 || file.st_size != 4 ||
        mode_of(secret) != 0600)
        fail_msg("%s: the secret file is 0%o", what, (unsigned)mode_of(secret));
    if (mode_of(folder_secret) != 0700 || entries(folder_secret) != 1)
        fail_msg("%s: the secret folder was changed", what);
    const char *below = arena_printf(arena, "%s/acme-challenge", known_secret);
    if (entries(known_secret) != 1 || entries(below) != 0)
        fail_msg("%s: the other folder was changed", what);
}

static void heard(void *arg, const char *why)
{
    *(const char **)arg = why;
}

static const struct challenge_task task = {
    .name = "a.example.org",
    .type = "http-01",
    .token = TOKEN,
    .response = TOKEN ".thumb",
    .digest = "",
};

struct went {
    const char *shown, *cleaned; /* why not, or NULL */
    mode_t mode;                 /* of the token while it was there */
};

/* A pipe that is opened would be waited for. */
static struct went show_and_clean(const char *what)
{
    struct challenge_webroot w = { .arena = arena, .root = root };
    const struct challenge_solver c = challenge_webroot(&w);
    struct went went = { "", "", 0 };

    alarm(10);
    c.present(c.arg, &task, heard, &went.shown);
    went.mode = mode_of(token);
    check_secret(what);
    c.cleanup(c.arg, &task, heard, &went.cleaned);
    check_secret(what);
    alarm(0);
    return went;
}

/* ---- what may lie there ---- */

static void test_what_lies_there(void **state)
{
    static const struct {
        const char *what, *before;
        const char *why;  /* part of it; NULL: it is shown */
        const char *left; /* a test of the shell that holds afterwards */
    } rows[] = {
        { "nothing", "true", NULL, "test ! -e www/.well-known" },
        { "folders", "mkdir -p www/.well-known/acme-challenge", NULL,
          "test -d www/.well-known/acme-challenge" },
        { "a folder", "mkdir www/.well-known", NULL,
          "test ! -e www/.well-known/acme-challenge" },
        { "others' proofs",
          "mkdir -p www/.well-known/acme-challenge;"
          "echo x > www/.well-known/acme-challenge/other",
          NULL, "test -f www/.well-known/acme-challenge/other" },
        { "the token of a run that was cut short",
          "mkdir -p www/.well-known/acme-challenge;"
          "echo old > www/.well-known/acme-challenge/" TOKEN,
          NULL, "test ! -e www/.well-known/acme-challenge/" TOKEN },
        { "a pipe",
          "mkdir -p www/.well-known/acme-challenge;"
          "mkfifo www/.well-known/acme-challenge/" TOKEN,
          NULL, "true" },
        { "a link to a file",
          "mkdir -p www/.well-known/acme-challenge;"
          "ln -s ../../../secret/file www/.well-known/acme-challenge/" TOKEN,
          NULL, "true" },
        { "a folder of its name",
          "mkdir -p www/.well-known/acme-challenge/" TOKEN, TOKEN ": Is a",
          "test -d www/.well-known/acme-challenge/" TOKEN },
        { "acme-challenge as a link in others' folder",
          "mkdir -m 777 www/.well-known; chmod 777 www/.well-known;"
          "ln -s ../../secret www/.well-known/acme-challenge",
          "is a link that another user could lead elsewhere", "true" },
        { "the same in a group's folder",
          "mkdir www/.well-known; chmod 775 www/.well-known;"
          "ln -s ../../secret www/.well-known/acme-challenge",
          "is a link that another user could lead elsewhere", "true" },
        { ".well-known as a link in others' folder",
          "ln -s ../known www/.well-known",
          "is a link that another user could lead elsewhere", "true" },
        { "acme-challenge as the administrator's link",
          "mkdir www/.well-known proofs;"
          "ln -s ../../proofs www/.well-known/acme-challenge",
          NULL, "test -L www/.well-known/acme-challenge && rmdir proofs" },
        { "a link to nowhere",
          "mkdir www/.well-known; ln -s nowhere www/.well-known/acme-challenge",
          "No such file", "true" },
        { "a file in the way", "touch www/.well-known", "Not a directory",
          "test -f www/.well-known" },
        { "the root is a link", "mv www real; ln -s real www", NULL,
          "rm www; mv real www" },
        { "the root is a link in others' folder",
          "mv www real; ln -s real www; chmod 777 .",
          "www is a link that another user could lead elsewhere",
          "chmod 755 .; rm www; mv real www" },
        { "the root is another's link",
          "mv www real; ln -s real www;"
          "test $(id -u) != 0 && chmod 777 . || chown -h 65534 www",
          "www is a link that another user could lead elsewhere",
          "chmod 755 .; rm www; mv real www" },
        { "no root", "rmdir www", "No such file", "mkdir www" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        fresh(rows[i].before);
        struct went went = show_and_clean(rows[i].what);
        if (!rows[i].why != !went.shown ||
            (rows[i].why && !strstr(went.shown, rows[i].why)))
            fail_msg("%s: \"%s\", not \"%s\"", rows[i].what,
                     went.shown ? went.shown : "", rows[i].why);
        if (!went.shown && went.mode != 0644)
            fail_msg("%s: the token is 0%o", rows[i].what, (unsigned)went.mode);
        if (!went.shown && went.cleaned)
            fail_msg("%s: cleaning up: %s", rows[i].what, went.cleaned);
        run(rows[i].left);
    }
}

/* What the folder lies in may be another's as well. */
static void test_the_way_there(void **state)
{
    static const struct {
        const char *what, *before, *root;
        const char *why; /* part of it; NULL: it is shown */
    } rows[] = {
        { "his folder, his folder in it",
          "mkdir -p his/www; chown 65534 his his/www", "his/www", NULL },
        { "his folder, a link in it",
          "mkdir his; chown 65534 his; ln -s ../secret his/www", "his/www",
          "his/www is a link that another user could lead elsewhere" },
        { "a link of his on the way",
          "mkdir -p his real/www; ln -s ../real his/sub;"
          "chown -h 65534 his his/sub",
          "his/sub/www",
          "his/sub is a link that another user could lead elsewhere" },
        { "the administrator's link on the way",
          "mkdir -p ours real/www; ln -s ../real ours/sub", "ours/sub//www/",
          NULL },
        { "a folder that may not be listed", "mkdir -p his/www; chmod 711 his",
          "./his/../his/www", NULL },
    };
    const char *before = root;

    (void)state;
    if (geteuid() != 0)
        skip();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        run("rm -rf his ours real");
        fresh(rows[i].before);
        root = arena_printf(arena, "%s/%s", top, rows[i].root);
        struct went went = show_and_clean(rows[i].what);
        root = before;
        if (!rows[i].why != !went.shown ||
            (rows[i].why && !strstr(went.shown, rows[i].why)))
            fail_msg("%s: \"%s\", not \"%s\"", rows[i].what,
                     went.shown ? went.shown : "", rows[i].why);
    }
    run("rm -rf his ours real");
}

/* Everybody has to be able to read it, whatever our umask is. */
static void test_umask(void **state)
{
    struct challenge_webroot w = { .arena = arena, .root = root };
    const struct challenge_solver c = challenge_webroot(&w);
    const char *why = "";

    (void)state;
    fresh("true");
    umask(077);
    c.present(c.arg, &task, heard, &why);
    assert_int_equal(umask(022), 077);
    assert_null(why);
    assert_int_equal(mode_of(known), 0755);
    assert_int_equal(mode_of(folder), 0755);
    assert_int_equal(mode_of(token), 0644);
    c.cleanup(c.arg, &task, heard, &why);
    assert_null(why);
}

/* ---- somebody comes in between ---- */

static void put_link(const char *to, const char *at)
{
    char temp[PATH_LEN];

    snprintf(temp, sizeof temp, "%s.x", at);
    if (symlink(to, temp) == 0 && rename(temp, at) != 0)
        unlink(temp);
}

static void aside(const char *path)
{
    char other[PATH_LEN];

    snprintf(other, sizeof other, "%s.%d", path, calls);
    rename(path, other);
}

/* What we made ourselves he may not write to. */
static bool may_write(const char *path)
{
    return mode_of(path) & S_IWOTH;
}

static void link_token(void)
{
    if (may_write(folder))
        put_link(secret, token);
}

static void pipe_token(void)
{
    if (!may_write(folder))
        return;
    unlink(token);
    mkfifo(token, 0666);
}

static void link_folder(void)
{
    if (!may_write(known))
        return;
    aside(folder);
    put_link(folder_secret, folder);
}

static void link_known(void)
{
    aside(known);
    put_link(known_secret, known);
}

static void own_known(void)
{
    aside(known);
    mkdir(known, 0777);
    chmod(known, 0777);
    put_link(folder_secret, folder);
}

static void test_in_between(void **state)
{
    static const struct {
        const char *what;
        void (*strike)(void);
    } rows[] = {
        { "a link for the token", link_token },
        { "a pipe for the token", pipe_token },
        { "a link for acme-challenge", link_folder },
        { "a link for .well-known", link_known },
        { "his own .well-known", own_known },
    };
    static const char *const starts[] = {
        "true", "umask 0; mkdir -p www/.well-known/acme-challenge"
    };

    (void)state;
    for (size_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
        bool over = false;
        for (int at = 1; !over; at++) {
            const char *what = arena_printf(arena, "%s, start %zu, call %d",
                                            rows[i / 2].what, i % 2, at);
            fresh(starts[i % 2]);
            calls = 0;
            strikes_at = at;
            between = rows[i / 2].strike;
            show_and_clean(what);
            between = NULL;
            over = calls < at;
            if (over && at < 10)
                fail_msg("%s: nothing to come in between", what);
        }
    }
}

/* The same by a user of his own, as fast as he can. */
static void swap_for_ever(void)
{
    if (geteuid() == 0 && (setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
        _exit(1);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) {
        put_link(secret, token);
        unlink(token);
        put_link(folder_secret, folder);
        unlink(folder);
    }
}

static void test_race(void **state)
{
    (void)state;
    fresh("umask 0; mkdir -p www/.well-known/acme-challenge");
    pid_t child = fork();
    if (child == 0)
        swap_for_ever();
    unsigned shown = 0;
    for (int i = 0; i < ROUNDS; i++)
        shown += !show_and_clean("the race").shown;
    assert_int_equal(kill(child, SIGKILL), 0);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_true(shown > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_lies_there),
        cmocka_unit_test(test_the_way_there),
        cmocka_unit_test(test_umask),
        cmocka_unit_test(test_in_between),
        cmocka_unit_test(test_race),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
