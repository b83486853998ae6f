/*
 * Files that an act changes, killed at each call that changes a disk, with
 * every such call failing, with somebody else saving between any two: never in
 * between, never over what somebody else wrote, and back as they were to the
 * bit.
 */
#define _GNU_SOURCE /* renameat2 */

#include "../crash/disk_calls.h"
#include "fixture.h"
#include "snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "act/act_journal.h"
#include "act/act_record.h"
#include "base/file.h"

enum { STRANGER = 4711 };

static const char *top;
static const char *journal, *conf, *other;

/* The files of the act: two that are there, one that is new. */
static const char *one, *two, *new;
static const char one_before[] = "# main\nssl_cert = </old\n\n";
static const char one_after[] = "# main\nssl_cert = </new.pem\n\n";
static const char two_before[] = "a\0b\xff no newline";
static const char two_after[] = "a\0b\xff another, no newline";
static const char new_after[] = "new = yes\n";
static const char theirs[] = "somebody else wrote this\n";

static void put(const char *path, const void *bytes, size_t len, mode_t mode)
{
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path,
                          O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(syscall(SYS_write, fd, bytes, len), len);
    assert_int_equal(syscall(SYS_fchmod, fd, mode), 0);
    close(fd);
}

static void remove_all(const char *path)
{
    DIR *dir = opendir(path);

    for (struct dirent *e = dir ? readdir(dir) : NULL; e; e = readdir(dir)) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        const char *inside = below(path, e->d_name);
        if (unlink(inside) != 0)
            remove_all(inside);
    }
    if (dir)
        closedir(dir);
    rmdir(path);
}

/* As it is before each run. The journal is made here so that making it is not
 * played each time. */
static void reset(void)
{
    static const struct timespec long_ago[2] = { { 1000000000, 123456789 },
                                                 { 1000000001, 987654321 } };
    static const char *made[3];

    made[0] = journal;
    made[1] = conf;
    made[2] = other;
    for (size_t i = 0; i < 3; i++) {
        remove_all(made[i]);
        assert_int_equal(syscall(SYS_mkdirat, AT_FDCWD, made[i], 0700), 0);
    }
    put(one, one_before, sizeof one_before - 1, 0640);
    put(two, two_before, sizeof two_before - 1, 0604);
    if (geteuid() == 0) {
        assert_int_equal(chown(one, STRANGER, STRANGER + 1), 0);
        setxattr(one, "user.note", "kept", 4, 0);
        setxattr(one, "trusted.note", "\0\1", 2, 0);
    }
    assert_int_equal(utimensat(AT_FDCWD, one, long_ago, 0), 0);
    assert_int_equal(utimensat(AT_FDCWD, two, long_ago, 0), 0);
}

static const char *snapshot(bool with_time)
{
    return arena_printf(arena, "%s%s", folder_snapshot(conf, with_time),
                        folder_snapshot(other, with_time));
}

/* ---- what is done with them ---- */

static const char *const check[] = { "/bin/true", NULL };
static const char *const reload[] = { "systemctl", "reload", "dovecot", NULL };

static struct act_intent intent_of(void)
{
    struct act_file *files = arena_alloc(arena, 3, sizeof *files);

    files[0] = (struct act_file){
        .path = one,
        .before = one_before,
        .before_len = sizeof one_before - 1,
        .after = one_after,
        .after_len = sizeof one_after - 1,
    };
    files[1] = (struct act_file){
        .path = two,
        .before = two_before,
        .before_len = sizeof two_before - 1,
        .after = two_after,
        .after_len = sizeof two_after - 1,
    };
    files[2] = (struct act_file){
        .path = new,
        .after = new_after,
        .after_len = sizeof new_after - 1,
        .mode = 0640,
    };
    return (struct act_intent){
        .what = "Dovecot: names the new certificate",
        .target = "mail.example.org",
        .files = files,
        .files_len = 3,
        .check = check,
        .reload = reload,
    };
}

/* Whether it got to its end: kept, or taken back with an error told. */
static bool change(void)
{
    struct journal *j = NULL;
    struct journal_recovery found;
    struct act_intent intent = intent_of();
    struct act act;
    struct err err = { ERR_NONE, "" };

    bool good = journal_open(arena, journal, &j, &found, &err) &&
                act_begin(j, &intent, &act, &err) && act_apply(j, &act, &err) &&
                act_mark(j, &act, ACT_RELOADED, &err) &&
                act_mark(j, &act, ACT_KEPT, &err);
    journal_close(j);
    return good;
}

static bool told_all(struct journal *j, const struct journal_recovery *found,
                     struct err *err)
{
    for (size_t i = 0; i < found->to_reload_len; i++)
        if (!act_mark(j, found->to_reload[i], ACT_UNDONE, err))
            return false;
    return true;
}

static bool recover(void)
{
    struct journal *j = NULL;
    struct journal_recovery found;
    struct err err = { ERR_NONE, "" };

    bool good = journal_open(arena, journal, &j, &found, &err) &&
                told_all(j, &found, &err);
    journal_close(j);
    return good;
}

static bool undo(void)
{
    struct journal *j = NULL;
    struct journal_recovery found;
    struct act *const *acts = NULL;
    size_t len = 0;
    struct err err = { ERR_NONE, "" };

    bool good = journal_open(arena, journal, &j, &found, &err) &&
                told_all(j, &found, &err) &&
                journal_list(j, &acts, &len, &err) && len == 1 &&
                act_take_back(j, acts[0], &err) &&
                (acts[0]->state != ACT_RESTORED ||
                 act_mark(j, acts[0], ACT_UNDONE, &err));
    journal_close(j);
    return good;
}

/* The state of the only act; -1: there is none. */
static int state(void)
{
    struct act *const *acts = NULL;
    size_t len = 0;
    struct err err;

    if (!journal_look(arena, journal, &acts, &len, &err))
        fail_msg("%s", err.text);
    assert_true(len <= 1);
    return len ? (int)acts[0]->state : -1;
}

static int kills;

/* In a process of its own, which may be killed; *calls is how many it made. */
static bool play(bool (*act)(void), enum disk_mode mode, int at, int *calls)
{
    int told[2], how = 0, counted = 0;

    assert_int_equal(pipe(told), 0);
    pid_t child = fork();
    if (child == 0) {
        disk.mode = mode;
        disk.at = at;
        disk.counted = 0;
        bool good = act();
        disk.mode = DISK_COUNT;
        syscall(SYS_write, told[1], &disk.counted, sizeof disk.counted);
        _exit(good ? 0 : 1);
    }
    close(told[1]);
    assert_int_equal(waitpid(child, &how, 0), child);
    if (read(told[0], &counted, sizeof counted) == sizeof counted && calls)
        *calls = counted;
    close(told[0]);
    kills += WIFSIGNALED(how);
    return WIFEXITED(how) && WEXITSTATUS(how) == 0;
}

static int calls_of(bool (*act)(void))
{
    int calls = 0;

    assert_true(play(act, DISK_COUNT, 0, &calls));
    return calls;
}

static const char *before, *after;

/* What a run leaves when nothing happens. */
static void learn(void)
{
    reset();
    before = snapshot(true);
    calls_of(change);
    assert_int_equal(state(), ACT_KEPT);
    after = snapshot(false);
}

static void is_before(const char *what, int at)
{
    const char *is = snapshot(true);

    if (strcmp(is, before) != 0)
        fail_msg("%s, at call %d: it is\n%sand was\n%s", what, at, is, before);
}

/* After a kill and a recovery: all is old, or all is new and kept. */
static void is_one_of_both(const char *what, int at)
{
    int is = state();

    if (is == ACT_KEPT) {
        if (strcmp(snapshot(false), after) != 0)
            fail_msg("%s, at call %d: kept, and is\n%s", what, at,
                     snapshot(false));
        return;
    }
    if (is != ACT_UNDONE && is != -1)
        fail_msg("%s, at call %d: state %d", what, at, is);
    is_before(what, at);
}

static void kept(void)
{
    reset();
    assert_true(play(change, DISK_COUNT, 0, NULL));
}

static void undone_to_the_bit(void **unused)
{
    (void)unused;
    for (int no_flags = 0; no_flags < 2; no_flags++) {
        disk.no_flags = no_flags;
        learn();
        assert_true(play(undo, DISK_COUNT, 0, NULL));
        assert_int_equal(state(), ACT_UNDONE);
        is_before("undone", 0);
    }
    disk.no_flags = false;
}

static void new_bytes_keep_rights(void **unused)
{
    struct stat old, st;

    (void)unused;
    reset();
    assert_int_equal(stat(one, &old), 0);
    assert_true(change());
    assert_int_equal(stat(one, &st), 0);
    assert_int_equal(st.st_mode, old.st_mode);
    assert_int_equal(st.st_uid, old.st_uid);
    assert_int_equal(st.st_gid, old.st_gid);
    assert_int_equal(stat(new, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0640);
    if (geteuid() == 0)
        assert_non_null(strstr(snapshot(false), "trusted.note=0001"));
}

struct killing {
    const char *what;
    void (*start)(void); /* makes what is there */
    bool (*act)(void);   /* is killed */
    enum disk_mode mode;
};

/* What a round needs goes with it: a child gets a copy of all there is. */
static struct arena *whole;

static void round_begin(void)
{
    whole = arena;
    arena = arena_new();
}

static void round_end(void)
{
    arena_free(arena);
    arena = whole;
}

static void begin_and_kill(const struct killing *k, int at)
{
    k->start();
    assert_false(play(k->act, k->mode, at, NULL));
}

static void recover_and_look(const struct killing *k, int at, int *calls)
{
    assert_true(play(recover, DISK_COUNT, 0, calls));
    is_one_of_both(k->what, at);
}

/* Every call, or with little time each n-th of them. */
static int stride(int usual)
{
    const char *asked = getenv("ACT_STRIDE");

    return asked ? (int)strtol(asked, NULL, 10) : usual;
}

/* Once; and where the recovery is to be killed too, at each call of it. */
static void kill_each(const struct killing *k, bool twice)
{
    k->start();
    int total = calls_of(k->act);

    for (int at = 1; at <= total; at += twice ? stride(11) : 1) {
        int calls = 0;
        round_begin();
        begin_and_kill(k, at);
        recover_and_look(k, at, &calls);
        round_end();
        for (int again = 1; twice && again <= calls; again += stride(11)) {
            round_begin();
            begin_and_kill(k, at);
            assert_false(play(recover, k->mode, again, NULL));
            recover_and_look(k, at * 1000 + again, NULL);
            round_end();
        }
    }
}

static void kill_all(bool twice)
{
    for (int mode = DISK_KILL; mode <= DISK_TEAR; mode++) {
        const struct killing rows[] = {
            { "changing", reset, change, (enum disk_mode)mode },
            { "taking back", kept, undo, (enum disk_mode)mode },
        };
        learn();
        for (size_t i = 0; i < 2; i++)
            kill_each(&rows[i], twice);
    }
}

static void killed_while_changing(void **unused)
{
    (void)unused;
    kill_all(false);
}

static void killed_where_names_cannot_be_exchanged(void **unused)
{
    (void)unused;
    disk.no_flags = true;
    kill_all(false);
    disk.no_flags = false;
}

static void killed_while_recovering(void **unused)
{
    (void)unused;
    kill_all(true);
}

static void each_call_fails(void **unused)
{
    bool (*const acts[])(void) = { change, undo };
    void (*const starts[])(void) = { reset, kept };

    (void)unused;
    learn();
    for (size_t i = 0; i < 2; i++) {
        starts[i]();
        int total = calls_of(acts[i]);
        for (int at = 1; at <= total; at++) {
            round_begin();
            starts[i]();
            play(acts[i], DISK_FAIL, at, NULL);
            assert_true(play(recover, DISK_COUNT, 0, NULL));
            is_one_of_both(i ? "failing undo" : "failing", at);
            round_end();
        }
    }
}

static void save_in_place(void)
{
    put(one, theirs, sizeof theirs - 1, 0640);
}

static void save_by_rename(void)
{
    const char *temp = below(conf, ".main.swp");

    put(temp, theirs, sizeof theirs - 1, 0640);
    syscall(SYS_renameat2, AT_FDCWD, temp, AT_FDCWD, one, 0);
}

static void save_the_new_one(void)
{
    put(new, theirs, sizeof theirs - 1, 0640);
}

static void lead_it_elsewhere(void)
{
    const char *aside = below(conf, "aside");

    syscall(SYS_renameat2, AT_FDCWD, one, AT_FDCWD, aside, 0);
    put(aside, theirs, sizeof theirs - 1, 0640);
    assert_int_equal(symlink("aside", one), 0);
}

static bool holds_theirs(const char *path)
{
    const char *text = NULL;
    size_t len = 0;
    struct err err;

    return file_read(arena, path, 1000, &text, &len, &err) &&
           strcmp(text, theirs) == 0;
}

/* A run that did not get to its end has changed nothing else either. */
static void others_are_old(const char *path, const char *what, int at)
{
    struct stat st;
    const char *text = NULL;
    size_t len = 0;
    struct err err;

    if (state() != ACT_UNDONE)
        return;
    assert_true(file_read(arena, two, 1000, &text, &len, &err));
    if (len != sizeof two_before - 1 || memcmp(text, two_before, len) != 0)
        fail_msg("%s, call %d: the other file is not old", what, at);
    if (path != new &&stat(new, &st) == 0)
        fail_msg("%s, call %d: the new file is there", what, at);
}

static void somebody_saves(void **unused)
{
    void (*const saves[])(void) = { save_in_place, save_by_rename,
                                    save_the_new_one, lead_it_elsewhere };
    bool (*const acts[])(void) = { change, undo };
    void (*const starts[])(void) = { reset, kept };

    (void)unused;
    learn();
    for (size_t i = 0; i < 8; i++) {
        const char *path = i % 4 == 2 ? new : one;
        starts[i / 4]();
        int total = calls_of(acts[i / 4]);
        disk.meet = saves[i % 4];
        for (int at = 1; at <= total; at++) {
            round_begin();
            starts[i / 4]();
            play(acts[i / 4], DISK_MEET, at, NULL);
            if (!holds_theirs(path))
                fail_msg("row %zu, call %d: their text is gone", i, at);
            others_are_old(path, "saving", at);
            assert_true(play(recover, DISK_COUNT, 0, NULL));
            others_are_old(path, "saving and recovering", at);
            play(undo, DISK_COUNT, 0, NULL);
            if (!holds_theirs(path))
                fail_msg("row %zu, call %d: their text was undone", i, at);
            round_end();
        }
    }
}

/* Between the exchange and the look at what came out, the power goes. */
static int killed_after;

static void save_and_be_killed_later(void)
{
    save_by_rename();
    disk.mode = DISK_KILL;
    disk.at = disk.counted + 1 + killed_after;
}

static void somebody_saves_and_it_is_killed(void **unused)
{
    enum { SOON = 12 };
    bool (*const acts[])(void) = { change, undo };
    void (*const starts[])(void) = { reset, kept };

    (void)unused;
    learn();
    disk.meet = save_and_be_killed_later;
    for (size_t i = 0; i < 2; i++) {
        starts[i]();
        int total = calls_of(acts[i]);
        for (int at = 1; at <= total; at += stride(2))
            for (killed_after = 0; killed_after < SOON;
                 killed_after += stride(3)) {
                round_begin();
                starts[i]();
                play(acts[i], DISK_MEET, at, NULL);
                assert_true(play(recover, DISK_COUNT, 0, NULL));
                if (!holds_theirs(one))
                    fail_msg("row %zu, call %d, killed %d later: their text "
                             "is gone",
                             i, at, killed_after);
                round_end();
            }
    }
}

static int start_all(void **unused)
{
    (void)unused;
    arena = arena_new();
    const char *in = getenv("ACT_FOLDER");
    if (!in)
        in = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    top = mkdtemp((char *)(size_t)below(in, "certmend-act-XXXXXX"));
    assert_non_null(top);
    journal = below(top, "acts");
    conf = below(top, "conf");
    other = below(top, "other");
    one = below(conf, "main.conf");
    two = below(other, "with\xc3\xa9.conf");
    new = below(conf, "new.conf");
    return 0;
}

static int end_all(void **unused)
{
    (void)unused;
    print_message("# %d kills\n", kills);
    remove_all(top);
    arena_free(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(undone_to_the_bit),
        cmocka_unit_test(new_bytes_keep_rights),
        cmocka_unit_test(killed_while_changing),
        cmocka_unit_test(killed_where_names_cannot_be_exchanged),
        cmocka_unit_test(killed_while_recovering),
        cmocka_unit_test(each_call_fails),
        cmocka_unit_test(somebody_saves),
        cmocka_unit_test(somebody_saves_and_it_is_killed),
    };

    return cmocka_run_group_tests(tests, start_all, end_all);
}
