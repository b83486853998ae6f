/*
 * What another user put into a store, or may put there, and what a run that was
 * cut short has left.
 */
#include "act/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "act/rate_limit_log.h"
#include "base/file.h"

static struct arena *arena;
static char top[] = "/tmp/certmend-look-XXXXXX";

static void run(const char *script)
{
    if (system(arena_printf(arena, "cd %s && { %s; }", top, script)) != 0)
        fail_msg("the shell says no: %s", script);
}

static int set_up(void **state)
{
    (void)state;
    arena = arena_new();
    umask(022);
    return mkdtemp(top) && chmod(top, 0755) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    run("chmod 755 .; rm -rf above elsewhere");
    rmdir(top);
    arena_free(arena);
    return 0;
}

/* Two certificates and an account, as they are when all is well. */
static void fresh(const char *more)
{
    run("rm -rf above elsewhere; umask 077; mkdir above elsewhere; cd above;"
        "mkdir -p s/live s/accounts/ca s/archive/a/1 s/archive/b/1;"
        "ln -s ../archive/a/1 s/live/a; ln -s ../archive/b/1 s/live/b;"
        "for f in s/accounts/ca/key.pem s/archive/a/1/privkey.pem "
        "s/archive/b/1/privkey.pem"
        " s/archive/a/1/cert.pem s/archive/b/1/cert.pem s/ledger.json; do : > "
        "$f; done;"
        "echo '{\"schema\":\"certmend.ledger/1\",\"entries\":[]}' > "
        "s/ledger.json; chmod 755 .");
    run(arena_printf(arena, "cd above; %s", more));
}

/* All that a run reads before it writes; a pipe that is opened is waited
 * for. */
static bool look(struct err *err)
{
    struct store s = { .lock = -1 };
    struct rate_limit_log rate_limit_log;
    const char *const *names = NULL;
    size_t len = 0;

    *err = (struct err){ 0 };
    alarm(10);
    bool good =
        store_open(arena, arena_printf(arena, "%s/above/s", top), &s, err) &&
        store_list(&s, &names, &len, err) &&
        rate_limit_log_read(&s, &rate_limit_log, err);
    alarm(0);
    return good;
}

static void test_who_may_write(void **state)
{
    static const struct {
        const char *what, *before;
        const char *says; /* NULL: it is used */
        bool as_root;     /* the row needs it */
    } rows[] = {
        { "as it should be", "true", NULL, false },
        { "not there yet", "rm -r s", NULL, false },
        { "the outer folder", "chmod 777 s", "above/s may be written", false },
        { "live", "chmod 777 s/live", "s/live may be written", false },
        { "archive", "chmod 703 s/archive", "s/archive may be", false },
        { "accounts", "chmod 777 s/accounts", "s/accounts may be", false },
        { "an account", "chmod 777 s/accounts/ca", "accounts/ca may", false },
        { "a shelf", "chmod 777 s/archive/a", "archive/a may be", false },
        { "a version", "chmod 777 s/archive/a/1", "archive/a/1 may", false },
        { "a file", "chmod 666 s/archive/a/1/cert.pem", "cert.pem may", false },
        { "readable by all", "chmod -R go+rX s", NULL, false },
        { "a group", "chmod 775 s s/live", NULL, false },
        { "what is above", "chmod 777 .", "everybody may rename what", false },
        { "what is above what is not there", "rm -r s; chmod 777 .",
          "everybody may rename what", false },
        { "what is above a link",
          "mv s ../elsewhere/; ln -s ../elsewhere/s s; chmod 777 .",
          "everybody may rename what", false },
        { "what is above, as /tmp", "chmod 1777 .", NULL, false },
        { "what is above, another's", "chown 65534 .",
          "above, which it is in, belongs to another user", true },
        { "the same, of what is not there", "rm -r s; chown 65534 .",
          "above, which it is in, belongs to another user", true },
        { "the same, as /tmp", "chown 65534 .; chmod 1777 .",
          "above, which it is in, belongs to another user", true },
        { "another's folder above a link",
          "mv s ../elsewhere/; ln -s ../elsewhere/s s; chown 65534 .",
          "above, which it is in, belongs to another user", true },
        { "another's folder that a link leads into",
          "mv s ../elsewhere/; ln -s ../elsewhere/s s;"
          "chown 65534 ../elsewhere",
          "elsewhere, which it is in, belongs to another user", true },
        { "another's group above", "chgrp 65534 .", NULL, true },
        { "a pipe for the rate-limit log",
          "rm s/ledger.json; mkfifo s/ledger.json", "ledger.json is a pipe",
          false },
        { "a pipe for a key",
          "rm s/accounts/ca/key.pem; mkfifo s/accounts/ca/key.pem",
          "key.pem is a pipe", false },
        { "a device",
          "rm s/ledger.json; mknod s/ledger.json c 1 3 || mkfifo s/ledger.json",
          "ledger.json is a pipe or a device", true },
        { "a link to a pipe",
          "mkfifo ../elsewhere/p; ln -sf ../../elsewhere/p s/ledger.json",
          "ledger.json leads to a pipe", false },
        { "live elsewhere, ours",
          "mv s/live ../elsewhere/; ln -s ../../elsewhere/live s/live", NULL,
          false },
        { "an archive elsewhere that everybody may write to",
          "rm -r s/archive/a; chmod 777 ../elsewhere;"
          "ln -s ../../../elsewhere s/archive/a",
          "archive/a may be written by everybody", false },
        { "a certificate elsewhere that everybody may write to",
          "chmod 777 ../elsewhere; ln -s ../../../elsewhere s/live/c",
          "live/c may be written by everybody", false },
        { "an archive elsewhere, another's",
          "rm -r s/archive/a; chown 65534 ../elsewhere;"
          "ln -s ../../../elsewhere s/archive/a",
          "archive/a belongs to somebody else", true },
        { "another's link", "chown -h 65534 s/live/a", "the link", true },
        { "another's folder", "chown 65534 s/live", "s/live belongs", true },
        { "another's file", "chown 65534 s/ledger.json",
          "ledger.json belongs to somebody else", true },
        { "another's account key", "chown 65534 s/accounts/ca/key.pem",
          "key.pem belongs to somebody else", true },
        { "a server that owns its key", "chown 65534 s/archive/a/1/privkey.pem",
          NULL, true },
        { "a server whose key everybody may write",
          "chown 65534 s/archive/a/1/privkey.pem;"
          "chmod 666 s/archive/a/1/privkey.pem",
          "privkey.pem belongs", true },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err err;
        if (rows[i].as_root && geteuid() != 0)
            continue;
        fresh(rows[i].before);
        bool used = look(&err);
        if (used == (rows[i].says != NULL) ||
            (rows[i].says && !strstr(err.text, rows[i].says)))
            fail_msg("%s: \"%s\", not \"%s\"", rows[i].what, err.text,
                     rows[i].says ? rows[i].says : "");
    }
}

/* Before the lock nothing is changed; with it, what stays is as it should be.
 */
static void test_tidied(void **state)
{
    static const struct {
        const char *what, *before, *after; /* a test of the shell */
    } rows[] = {
        { "a link that never got its name", "ln -s ../archive/a/1 s/live/a.new",
          "test ! -L s/live/a.new" },
        { "a name that ends so",
          "mkdir -p s/archive/c.new/1; : > s/archive/c.new/1/cert.pem;"
          "ln -s ../archive/c.new/1 s/live/c.new",
          "test -e s/live/c.new/cert.pem" },
        { "a second account key",
          "ln s/accounts/ca/key.pem s/accounts/ca/key.pem.7-0.tmp",
          "test $(ls s/accounts/ca) = key.pem" },
        { "a key in a version", ": > s/archive/a/1/privkey-next.pem.7-0.tmp",
          "test ! -e s/archive/a/1/privkey-next.pem.7-0.tmp" },
        { "half a version",
          "mkdir s/archive/b/2.part; : > s/archive/b/2.part/k",
          "test ! -e s/archive/b/2.part" },
        { "half a ledger", ": > s/ledger.json.7-0.tmp",
          "test ! -e s/ledger.json.7-0.tmp" },
        { "a person's own files",
          "mkdir -p s/hooks/a/old.part; for f in hooks/a/run.tmp "
          "hooks/a/7-.tmp "
          "hooks/a/7.tmp hooks/a/old.part/k; do : > s/$f; done",
          "test -e s/hooks/a/run.tmp && test -e s/hooks/a/7-.tmp && "
          "test -e s/hooks/a/7.tmp && test -e s/hooks/a/old.part/k" },
        { "keys left open",
          "chmod 644 s/accounts/ca/key.pem s/archive/?/1/privkey.pem",
          "test $(find s -name '*key.pem' -perm 600 | wc -l) = 3" },
        { "an account key that the group may read",
          "chmod 640 s/accounts/ca/key.pem",
          "test $(find s/accounts -name key.pem -perm 600 | wc -l) = 1" },
        { "a key that a group is to read",
          "chmod 640 s/archive/a/1/privkey.pem",
          "test $(find s/archive/a -name privkey.pem -perm 640 | wc -l) = 1" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct store s = { .lock = -1 };
        const char *const *names = NULL;
        size_t len = 0, wanted = strstr(rows[i].before, "c.new") ? 3 : 2;
        struct err err = { 0 };
        fresh(rows[i].before);
        assert_true(store_open(arena, arena_printf(arena, "%s/above/s", top),
                               &s, &err));
        assert_true(store_list(&s, &names, &len, &err));
        if (len != wanted)
            fail_msg("%s: %zu are listed, not %zu", rows[i].what, len, wanted);
        if (!store_lock(&s, &err))
            fail_msg("%s: %s", rows[i].what, err.text);
        run(arena_printf(arena, "cd above; %s", rows[i].after));
        assert_true(store_list(&s, &names, &len, &err));
        assert_int_equal(len, wanted);
        store_close(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_may_write),
        cmocka_unit_test(test_tidied),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
