/*
 * Files of a machine as an enemy may have laid them: below a planted root, by
 * links, pipes, devices and sizes; and who may change them.
 */
#define _GNU_SOURCE /* mount(2), unshare(2) */
#include "machine/machine_file.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"

enum { SPARSE = 100 * 1024 * 1024, SMALL = 4096 };

static char top[] = "/tmp/certmend-machine-XXXXXX";
static char outside[] = "/tmp/certmend-outside-XXXXXX";
static struct machine_root root;

static const char *at(const char *path)
{
    return arena_printf(arena, "%s%s", top, path);
}

static void plant(const char *path, const char *text)
{
    FILE *f = fopen(at(path), "w");

    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(at(path), 0644), 0);
}

static void folder(const char *path)
{
    assert_int_equal(mkdir(at(path), 0755), 0);
    assert_int_equal(chmod(at(path), 0755), 0);
}

static void link_to(const char *to, const char *path)
{
    assert_int_equal(symlink(to, at(path)), 0);
}

static void plant_socket(const char *path)
{
    struct sockaddr_un sun = { .sun_family = AF_UNIX };
    int s = socket(AF_UNIX, SOCK_STREAM, 0);

    snprintf(sun.sun_path, sizeof sun.sun_path, "%s", at(path));
    assert_int_equal(bind(s, (const struct sockaddr *)&sun, sizeof sun), 0);
    close(s);
}

static void plant_all(void)
{
    folder("/etc");
    folder("/etc/conf.d");
    folder("/etc/open");
    folder("/etc/sticky");
    folder("/etc/conf.d/folder.conf");
    plant("/etc/a.conf", "inside\n");
    plant("/etc/nul", "x");
    plant("/etc/conf.d/b.conf", "b");
    plant("/etc/conf.d/a.conf", "a");
    plant("/etc/conf.d/a.conf~", "an editor's");
    plant("/etc/conf.d/.hidden.conf", "hidden");
    plant("/etc/conf.d/[c].conf", "c");
    plant("/etc/group.conf", "x");
    plant("/etc/roots-group.conf", "x");
    plant("/etc/all.conf", "x");
    plant("/etc/secret.conf", "x");
    plant("/etc/open/f.conf", "x");
    plant("/etc/sticky/f.conf", "x");
    folder("/etc/sticky/deep");
    plant("/etc/sticky/deep/f.conf", "x");
    folder("/etc/theirs");
    plant("/etc/theirs/f.conf", "x");
    plant("/etc/service.conf", "x");
    link_to("/etc/a.conf", "/etc/absolute");
    link_to("a.conf", "/etc/relative");
    link_to("../../../../../etc/a.conf", "/etc/climbs");
    link_to("/etc/loop2", "/etc/loop1");
    link_to("/etc/loop1", "/etc/loop2");
    link_to("/proc/self/cwd/etc/a.conf", "/etc/magic");
    link_to("/etc/conf.d/gone", "/etc/conf.d/dangling.conf");
    assert_int_equal(mkfifo(at("/etc/fifo"), 0644), 0);
    assert_int_equal(mkfifo(at("/etc/conf.d/fifo.conf"), 0644), 0);
    plant_socket("/etc/socket");
    plant("/etc/long", "");
    assert_int_equal(truncate(at("/etc/long"), SPARSE), 0);
    assert_int_equal(link(at("/etc/secret.conf"), at("/etc/second")), 0);
}

static void set_rights(void)
{
    assert_int_equal(chmod(at("/etc/group.conf"), 0664), 0);
    assert_int_equal(chown(at("/etc/group.conf"), (uid_t)-1, 12), 0);
    assert_int_equal(chmod(at("/etc/roots-group.conf"), 0664), 0);
    assert_int_equal(chown(at("/etc/roots-group.conf"), (uid_t)-1, 0), 0);
    assert_int_equal(chmod(at("/etc/all.conf"), 0666), 0);
    assert_int_equal(chmod(at("/etc/secret.conf"), 0600), 0);
    assert_int_equal(chmod(at("/etc/open"), 0777), 0);
    assert_int_equal(chmod(at("/etc/sticky"), 01777), 0);
    assert_int_equal(chown(at("/etc/theirs"), 1000, 1000), 0);
    assert_int_equal(chown(at("/etc/service.conf"), 1000, 1000), 0);
}

static int begin(void **state)
{
    struct err err;

    umask(022);
    assert_int_equal(set_up(state), 0);
    assert_non_null(mkdtemp(top));
    assert_non_null(mkdtemp(outside));
    assert_int_equal(chmod(top, 0755), 0);
    plant_all();
    link_to(outside, "/etc/outside");
    /* The name that a link out of the root would lead to is there, too. */
    FILE *f = fopen(arena_printf(arena, "%s/secret", outside), "w");
    assert_non_null(f);
    fputs("outside\n", f);
    fclose(f);
    if (getuid() == 0)
        set_rights();
    return machine_root_open(arena, top, &root, &err) ? 0 : -1;
}

static int end(void **state)
{
    const char *sweep = arena_printf(arena, "rm -rf %s %s", top, outside);
    pid_t pid = fork();

    if (pid == 0) {
        execl("/bin/sh", "sh", "-c", sweep, (char *)NULL);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
    machine_root_close(&root);
    return tear_down(state);
}

static void reads_what_is_inside(void **state)
{
    static const struct {
        const char *path, *text, *resolved, *refusal;
    } rows[] = {
        { "/etc/a.conf", "inside\n", "/etc/a.conf", NULL },
        { "/etc//./a.conf", "inside\n", "/etc/a.conf", NULL },
        { "/../../etc/a.conf", "inside\n", "/etc/a.conf", NULL },
        { "/etc/absolute", "inside\n", "/etc/a.conf", NULL },
        { "/etc/relative", "inside\n", "/etc/a.conf", NULL },
        { "/etc/climbs", "inside\n", "/etc/a.conf", NULL },
        { "/etc/outside/secret", NULL, NULL, "No such file" },
        { "/etc/loop1", NULL, NULL, "round in a circle" },
        { "/etc/magic", NULL, NULL, "No such file" },
        { "/etc/fifo", NULL, NULL, "it is a pipe" },
        { "/etc/socket", NULL, NULL, "it is a socket" },
        { "/etc", NULL, NULL, "it is a folder" },
        { "/etc/long", NULL, NULL, "longer than 4 KiB" },
        { "/etc/none", NULL, NULL, "No such file" },
        { "etc/a.conf", NULL, NULL, "not named from the top" },
        { "", NULL, NULL, "not named from the top" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct machine_file f = { 0 };
        struct err err = { 0 };
        bool good =
            machine_file_read(arena, &root, rows[i].path, SMALL, &f, &err);
        if (good != !rows[i].refusal ||
            (good && (!same(f.text, rows[i].text) ||
                      !same(f.resolved, rows[i].resolved))) ||
            (!good && !strstr(err.text, rows[i].refusal)))
            fail_msg("%s: \"%s\" at %s; %s", rows[i].path, f.text, f.resolved,
                     err.text);
    }
}

static void refuses_devices(void **state)
{
    struct machine_file f;
    struct err err;

    (void)state;
    if (mknod(at("/etc/device"), S_IFCHR | 0644, makedev(1, 5)) != 0)
        skip();
    assert_false(
        machine_file_read(arena, &root, "/etc/device", SMALL, &f, &err));
    assert_non_null(strstr(err.text, "it is a device"));
}

/* Of our own root, the links of /proc that lead anywhere are followed by
 * nobody. */
static void follows_no_magic_link(void **state)
{
    struct machine_root own;
    struct machine_file f;
    struct err err;

    (void)state;
    assert_true(machine_root_open(arena, "/", &own, &err));
    assert_false(machine_file_read(arena, &own, "/proc/self/cwd/etc/passwd",
                                   1 << 20, &f, &err));
    assert_non_null(strstr(err.text, "out of the file system"));
    assert_true(
        machine_file_read(arena, &own, "/etc/passwd", 1 << 20, &f, &err));
    assert_string_equal(f.resolved, "/etc/passwd");
    machine_root_close(&own);
}

static void keeps_what_it_is(void **state)
{
    struct machine_file f;
    struct err err;
    struct stat what;

    (void)state;
    assert_int_equal(stat(at("/etc/secret.conf"), &what), 0);
    assert_true(
        machine_file_read(arena, &root, "/etc/second", SMALL, &f, &err));
    assert_int_equal(f.links, 2);
    assert_int_equal(f.inode, what.st_ino);
    assert_int_equal(f.dev, what.st_dev);
    assert_int_equal(f.uid, getuid());
    assert_int_equal(f.len, 1);
    assert_string_equal(f.path, "/etc/second");
}

static void says_who_else_may_write(void **state)
{
    static const struct {
        const char *path, *why;
    } rows[] = {
        { "/etc/a.conf", NULL },
        { "/etc/roots-group.conf", NULL },
        { "/etc/secret.conf", NULL },
        { "/etc/group.conf", "may write it" },
        { "/etc/all.conf", "may write it" },
        { "/etc/open/f.conf", "in the folder /etc/open." },
        { "/etc/sticky/f.conf", "in the folder /etc/sticky." },
        { "/etc/sticky/deep/f.conf", NULL },
        { "/etc/theirs/f.conf", "in the folder /etc/theirs." },
        { "/etc/service.conf", NULL },
    };

    (void)state;
    if (getuid() != 0)
        skip();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct machine_file f = { 0 };
        struct err err = { 0 };
        if (!machine_file_read(arena, &root, rows[i].path, SMALL, &f, &err))
            fail_msg("%s", err.text);
        if (!f.hands_off != !rows[i].why ||
            (rows[i].why && !strstr(f.hands_off, rows[i].why)))
            fail_msg("%s: %s", rows[i].path, f.hands_off);
    }
}

/* In a child with mounts of its own: 0 as it should be, 77 not allowed here. */
static int mounted(void)
{
    struct machine_root anew;
    struct machine_file f;
    struct err err;

    if (unshare(CLONE_NEWNS) != 0 ||
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount(at("/etc/a.conf"), at("/etc/a.conf"), NULL, MS_BIND, NULL) != 0 ||
        mount(at("/etc/conf.d"), at("/etc/conf.d"), NULL, MS_BIND, NULL) != 0 ||
        mount(NULL, at("/etc/conf.d"), NULL, MS_BIND | MS_REMOUNT | MS_RDONLY,
              NULL) != 0)
        return 77;
    /* One that was opened before sees the mounts of before. */
    if (!machine_root_open(arena, top, &anew, &err))
        return 3;
    if (!machine_file_read(arena, &anew, "/etc/a.conf", SMALL, &f, &err) ||
        !f.hands_off || !strstr(f.hands_off, "mounted here by itself"))
        return 1;
    if (!machine_file_read(arena, &anew, "/etc/conf.d/a.conf", SMALL, &f,
                           &err) ||
        !f.hands_off || !strstr(f.hands_off, "can only be read"))
        return 2;
    return 0;
}

static void sees_mounts(void **state)
{
    int status = 0;
    pid_t pid = fork();

    (void)state;
    if (pid == 0)
        _exit(mounted());
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77)
        skip();
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void sees_immutable(void **state)
{
    struct machine_file f;
    struct err err;
    const char *how =
        arena_printf(arena, "chattr +i %s 2>/dev/null", at("/etc/nul"));
    int status = 0;
    pid_t pid = fork();

    (void)state;
    if (pid == 0) {
        execl("/bin/sh", "sh", "-c", how, (char *)NULL);
        _exit(127);
    }
    waitpid(pid, &status, 0);
    if (status != 0)
        skip();
    bool good = machine_file_read(arena, &root, "/etc/nul", SMALL, &f, &err);
    how = arena_printf(arena, "chattr -i %s", at("/etc/nul"));
    pid = fork();
    if (pid == 0) {
        execl("/bin/sh", "sh", "-c", how, (char *)NULL);
        _exit(127);
    }
    waitpid(pid, &status, 0);
    assert_true(good);
    assert_non_null(f.hands_off);
    assert_non_null(strstr(f.hands_off, "not to be changed"));
}

static void lists_by_pattern(void **state)
{
    static const struct {
        const char *pattern;
        const char *paths; /* a space between */
        const char *refusal;
    } rows[] = {
        { "/etc/conf.d/*.conf",
          "/etc/conf.d/[c].conf /etc/conf.d/a.conf /etc/conf.d/b.conf "
          "/etc/conf.d/fifo.conf",
          NULL },
        { "/etc/conf.d/[ab].conf", "/etc/conf.d/a.conf /etc/conf.d/b.conf",
          NULL },
        { "/etc/conf.d/?.conf", "/etc/conf.d/a.conf /etc/conf.d/b.conf", NULL },
        { "/etc/conf.d/",
          "/etc/conf.d/[c].conf /etc/conf.d/a.conf /etc/conf.d/a.conf~ "
          "/etc/conf.d/b.conf /etc/conf.d/fifo.conf",
          NULL },
        { "/etc/conf.d/a.conf", "/etc/conf.d/a.conf", NULL },
        { "/etc/none/*", "", NULL },
        { "/etc/a.conf/*", "", NULL },
        { "/etc/conf.d/none*", "", NULL },
        { "/etc/outside/*", "", NULL },
        { "/etc/*/a.conf", NULL, "only the last part" },
        { "*.conf", NULL, "not named from the top" },
        { "/etc/conf.d/*a*a*a*a*a", NULL, "too many stars" },
        { "/etc/loop1/*", NULL, "round in a circle" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *const *paths = NULL;
        const char *all = "";
        size_t len = 0;
        struct err err = { 0 };
        bool good = machine_file_glob(arena, &root, rows[i].pattern, &paths,
                                      &len, &err);
        for (size_t j = 0; j < len; j++)
            all = arena_printf(arena, "%s%s%s", all, *all ? " " : "", paths[j]);
        if (good != !rows[i].refusal || (good && !same(all, rows[i].paths)) ||
            (!good && !strstr(err.text, rows[i].refusal)))
            fail_msg("%s: %s; %s", rows[i].pattern, all, err.text);
    }
}

static void lists_no_more_than_it_may(void **state)
{
    const char *const *paths = NULL;
    size_t len = 0;
    struct err err;

    (void)state;
    folder("/etc/many");
    for (int i = 0; i <= CONF_FILES_MAX; i++)
        plant(arena_printf(arena, "/etc/many/%d", i), "");
    assert_false(
        machine_file_glob(arena, &root, "/etc/many/*", &paths, &len, &err));
    assert_non_null(strstr(err.text, "more than 400 files"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_is_inside),
        cmocka_unit_test(refuses_devices),
        cmocka_unit_test(follows_no_magic_link),
        cmocka_unit_test(keeps_what_it_is),
        cmocka_unit_test(says_who_else_may_write),
        cmocka_unit_test(sees_mounts),
        cmocka_unit_test(sees_immutable),
        cmocka_unit_test(lists_by_pattern),
        cmocka_unit_test(lists_no_more_than_it_may),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
