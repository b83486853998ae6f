/*
 * Files that are not to be changed, and journals that somebody has been at: one
 * sentence, and nothing is touched.
 */
#include "fixture.h"

#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "act/act_journal.h"
#include "base/file.h"

enum { STRANGER = 4711 };

static char top[] = "/tmp/certmend-hostile-XXXXXX";
static const char *journal, *conf, *file;
static const char before[] = "cert = old\n", after[] = "cert = new\n";

static const char *at(const char *name)
{
    return arena_printf(arena, "%s/%s", top, name);
}

static bool run(const char *command)
{
    pid_t child = fork();
    int how = 0;

    if (child == 0) {
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    assert_int_equal(waitpid(child, &how, 0), child);
    return WIFEXITED(how) && WEXITSTATUS(how) == 0;
}

static void put(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static const char *text_of(const char *path)
{
    const char *text = NULL;
    size_t len = 0;
    struct stat st;
    struct err err;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
                   file_read(arena, path, 10000, &text, &len, &err)
               ? text
               : NULL;
}

static int set_up_each(void **unused)
{
    (void)unused;
    arena = arena_new();
    assert_true(run(arena_printf(arena,
                                 "rm -rf %s && mkdir -m 755 %s && cd %s && "
                                 "mkdir -m 755 conf other",
                                 top, top, top)));
    journal = at("acts");
    conf = at("conf");
    file = at("conf/main.conf");
    put(file, before);
    return 0;
}

static int tear_down_each(void **unused)
{
    (void)unused;
    run(arena_printf(arena, "umount %s 2>/dev/null; chattr -ia %s 2>/dev/null",
                     file, file));
    arena_free(arena);
    return 0;
}

/* For the rows of one test, which begin with what set_up_each() left. */
static void begin_again(void **state)
{
    tear_down_each(state);
    set_up_each(state);
}

static struct act_file change_of(const char *path)
{
    return (struct act_file){
        .path = path,
        .before = before,
        .before_len = sizeof before - 1,
        .after = after,
        .after_len = sizeof after - 1,
        .mode = 0644,
    };
}

static struct act_intent intent_of(const struct act_file *files, size_t len)
{
    return (struct act_intent){ .what = "Postfix: names another certificate",
                                .files = files,
                                .files_len = len };
}

static struct journal *open_it(struct journal_recovery *found)
{
    struct journal *j = NULL;
    struct err err;

    if (!journal_open(arena, journal, &j, found, &err))
        fail_msg("%s", err.text);
    return j;
}

static size_t acts_in(struct journal *j)
{
    struct act *const *acts = NULL;
    size_t len = 0;
    struct err err;

    assert_true(journal_list(j, &acts, &len, &err));
    return len;
}

/* ---- what is not to be changed ---- */

struct refusal {
    const char *what;
    const char *make; /* in the folder, by a shell; $F is the file */
    const char *path; /* below the folder; NULL: the file */
    const char *says; /* in the error */
    bool is_new, needs_root;
};

static const struct refusal refusals[] = {
    { "another text", "echo more >>$F", NULL, "changed by somebody else", 0,
      0 },
    { "gone", "rm $F", NULL, "changed by somebody else", 0, 0 },
    { "not new", ":", NULL, "changed by somebody else", 1, 0 },
    { "a link", "mv $F x; ln -s ../x $F", NULL, "is a link", 0, 0 },
    { "a pipe", "rm $F; mkfifo $F", NULL, "no regular file", 0, 0 },
    { "a folder", "rm $F; mkdir $F", NULL, "no regular file", 0, 0 },
    { "big", "truncate -s 100M $F", NULL, "too big", 0, 0 },
    { "a second name", "ln $F other/x", NULL, "second name", 0, 0 },
    { "immutable", "chattr +i $F", NULL, "not to be changed", 0, 1 },
    { "append only", "chattr +a $F", NULL, "not to be changed", 0, 1 },
    { "mounted", "cp $F x; mount --bind x $F", NULL, "mounted into", 0, 1 },
    { "a folder for all", "chmod 777 conf", NULL, "other users may write", 0,
      0 },
    { "a folder for a group", "chmod 775 conf", NULL, "other users may write",
      0, 0 },
    { "a folder for all with sticky bit", "chmod 1777 conf", NULL,
      "other users may write", 0, 0 },
    { "a folder above for all", "mkdir -m 777 w; mkdir w/c; cp $F w/c/",
      "w/c/main.conf", "other users may write", 0, 0 },
    { "another user's folder", "chown 4711 conf", NULL, "another user", 0, 1 },
    { "a new one in another user's folder", "chown 4711 conf", "conf/new.conf",
      "another user", 1, 1 },
    { "a folder that is a link", "ln -s conf l", "l/main.conf",
      "is a link or no folder", 0, 0 },
    { "no folder", ":", "none/main.conf", "cannot be opened", 0, 0 },
    { "up and down", ":", "conf/../conf/main.conf", "\"path\"", 0, 0 },
    { "two slashes", ":", "conf//main.conf", "\"path\"", 0, 0 },
    { "a slash behind", ":", "conf/main.conf/", "\"path\"", 0, 0 },
    { "a line break", ":", "conf/a\nb", "printed", 1, 0 },
    { "an escape", ":", "conf/\33[2J", "printed", 1, 0 },
    { "no text", ":", "conf/\xff\xfe", "", 1, 0 },
    { "in the journal", ":", "acts/x", "journal", 1, 0 },
};

static void refuse(const struct refusal *row)
{
    struct journal_recovery found;
    const char *path = row->path ? at(row->path) : file;
    struct act_file change = change_of(path);
    struct act_intent intent = intent_of(&change, 1);
    struct act act;
    struct err err = { ERR_NONE, "" };

    if (row->needs_root && geteuid() != 0)
        return;
    if (!run(arena_printf(arena, "cd %s; F=conf/main.conf; %s", top,
                          row->make))) {
        print_message("%s: cannot be made here\n", row->what);
        return;
    }
    if (row->is_new)
        change.before = NULL;
    struct journal *j = open_it(&found);
    const char *was = text_of(file);
    if (act_begin(j, &intent, &act, &err))
        fail_msg("%s: it was begun", row->what);
    if (!strstr(err.text, row->says))
        fail_msg("%s: it says %s", row->what, err.text);
    assert_int_equal(acts_in(j), 0);
    assert_true(same(text_of(file), was));
    journal_close(j);
    assert_true(run(arena_printf(
        arena, "! find %s -name '.certmend*' -o -name '.new-*' | grep .",
        top)));
}

static void not_changed(void **state)
{
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        begin_again(state);
        refuse(&refusals[i]);
    }
}

static void its_owners_folder_is_no_strangers(void **state)
{
    struct act_file change = change_of(file);
    struct act_intent intent = intent_of(&change, 1);
    struct journal_recovery found;
    struct stat st;
    struct act act;
    struct err err;

    (void)state;
    if (geteuid() != 0)
        skip();
    assert_int_equal(chown(conf, STRANGER, STRANGER), 0);
    assert_int_equal(chown(file, STRANGER, STRANGER), 0);
    struct journal *j = open_it(&found);
    assert_true(act_begin(j, &intent, &act, &err));
    assert_true(act_apply(j, &act, &err));
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_uid, STRANGER);
    journal_close(j);
}

static void words_that_are_no_command(void **state)
{
    static const char *const rows[][3] = {
        { "-x", NULL },
        { "", "a", NULL },
        { "bin/x", NULL },
        { "a", "b\nc", NULL },
    };
    struct act_file change = change_of(file);
    struct act_intent intent = intent_of(&change, 1);
    struct journal_recovery found;
    struct act act;
    struct err err;

    (void)state;
    struct journal *j = open_it(&found);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        intent.reload = rows[i];
        assert_false(act_begin(j, &intent, &act, &err));
    }
    assert_int_equal(acts_in(j), 0);
    journal_close(j);
}

/* ---- several acts ---- */

static struct act make_act(struct journal *j, const char *from, const char *to)
{
    struct act_file change = change_of(file);
    struct act_intent intent = intent_of(&change, 1);
    struct act act;
    struct err err;

    change.before = from;
    change.before_len = strlen(from);
    change.after = to;
    change.after_len = strlen(to);
    if (!act_begin(j, &intent, &act, &err) || !act_apply(j, &act, &err) ||
        !act_mark(j, &act, ACT_KEPT, &err))
        fail_msg("%s", err.text);
    return act;
}

static void newer_ones_first(void **state)
{
    struct journal_recovery found;
    struct act acts[12];
    struct err err;

    (void)state;
    struct journal *j = open_it(&found);
    const char *text = before;
    for (int i = 0; i < 12; i++) {
        const char *next = arena_printf(arena, "cert = %d\n", i);
        acts[i] = make_act(j, text, next);
        text = next;
    }
    assert_int_equal(acts_in(j), 12);
    assert_false(act_take_back(j, &acts[10], &err));
    assert_non_null(strstr(err.text, acts[11].id));
    for (int i = 11; i >= 0; i--)
        if (!act_take_back(j, &acts[i], &err))
            fail_msg("%d: %s", i, err.text);
    assert_string_equal(text_of(file), before);
    journal_close(j);
}

static void a_conflict_keeps_all_three(void **state)
{
    struct journal_recovery found;
    struct err err;

    (void)state;
    struct journal *j = open_it(&found);
    struct act act = make_act(j, before, after);
    put(file, "theirs\n");
    assert_true(act_take_back(j, &act, &err));
    assert_int_equal(act.state, ACT_CONFLICT);
    assert_string_equal(act.conflict, file);
    assert_string_equal(text_of(file), "theirs\n");
    const char *const names[][2] = { { "1.before", before },
                                     { "1.after", after },
                                     { "1.found", "theirs\n" } };
    for (size_t i = 0; i < 3; i++) {
        const char *path =
            arena_printf(arena, "%s/%s", act.folder, names[i][0]);
        assert_string_equal(text_of(path), names[i][1]);
        assert_non_null(strstr(act_conflict_text(arena, &act), names[i][0]));
    }
    /* What they make of it, they may have taken back. */
    put(file, after);
    assert_true(act_take_back(j, &act, &err));
    assert_int_equal(act.state, ACT_UNDONE);
    assert_string_equal(text_of(file), before);
    journal_close(j);
}

static void whole_until_somebody_saves(void **state)
{
    struct journal_recovery found;
    const char *other = NULL;
    struct err err;

    (void)state;
    struct journal *j = open_it(&found);
    struct act act = make_act(j, before, after);
    assert_true(act_is_whole(j, &act, &other, &err));
    assert_null(other);
    put(file, "theirs\n");
    assert_true(act_is_whole(j, &act, &other, &err));
    assert_string_equal(other, file);
    journal_close(j);
}

/* ---- journals that somebody has been at ---- */

struct tampering {
    const char *what;
    const char *make; /* in the act's folder; $A is its name */
    bool needs_root;
};

static const struct tampering tamperings[] = {
    { "no intent", "rm intent.json", 0 },
    { "empty intent", ": >intent.json", 0 },
    { "half of it", "truncate -s 100 intent.json", 0 },
    { "a pipe", "rm intent.json; mkfifo intent.json", 0 },
    { "a link", "mv intent.json ../i; ln -s ../i intent.json", 0 },
    { "a second name", "ln intent.json ../i", 0 },
    { "huge", "truncate -s 200M intent.json", 0 },
    { "deep", "head -c 100000 /dev/zero | tr '\\0' '[' >intent.json", 0 },
    { "open to others", "chmod 644 intent.json", 0 },
    { "another user's", "chown 4711 intent.json", 1 },
    { "another user's folder", "chown 4711 .", 1 },
    { "a folder open to others", "chmod 755 .", 0 },
    { "another schema", "sed -i s,act/1,act/9, intent.json", 0 },
    { "another old text", "echo x >>1.before", 0 },
    { "another new text", "echo x >>1.after", 0 },
    { "no old text", "rm 1.before", 0 },
    { "a line break in the path",
      "sed -i 's,main.conf,main\\\\nconf,' intent.json", 0 },
    { "a way up", "sed -i 's,/conf/,/conf/../conf/,' intent.json", 0 },
    { "no way", "sed -i 's,\"path\":.*,\"path\":\"main.conf\"\\,,' intent.json",
      0 },
    { "a mode beyond", "sed -i 's,\"mode\":.*,\"mode\":99999\\,,' intent.json",
      0 },
    { "a program by a way",
      "sed -i 's,\"reload\":.*,\"reload\":[\"x/y\"]\\,,' intent.json", 0 },
    { "the folder is a link", "mv ../$A ../x; ln -s x ../$A", 0 },
    { "the folder is a pipe", "mv ../$A ../x; mkfifo ../$A", 0 },
};

/* The file has its new text by then, and is not touched. */
static void tamper(const struct tampering *row, bool is_kept)
{
    struct journal_recovery found;
    struct act_file change = change_of(file);
    struct act_intent intent = intent_of(&change, 1);
    struct act act;
    struct err err;

    if (row->needs_root && geteuid() != 0)
        return;
    struct journal *j = open_it(&found);
    assert_true(act_begin(j, &intent, &act, &err));
    assert_true(act_apply(j, &act, &err));
    assert_true(!is_kept || act_mark(j, &act, ACT_KEPT, &err));
    journal_close(j);
    if (!run(arena_printf(arena, "A=%s; cd %s && %s", act.id, act.folder,
                          row->make)))
        fail_msg("%s: cannot be made", row->what);
    j = open_it(&found);
    if (found.len != 1 || !strstr(found.said[0], "damaged"))
        fail_msg("%s: %zu sentences: %s", row->what, found.len,
                 found.len ? found.said[0] : "");
    assert_string_equal(text_of(file), after);
    assert_int_equal(acts_in(j), 0);
    struct stat st;
    assert_int_equal(
        lstat(arena_printf(arena, "%s/broken-%s", journal, act.id), &st), 0);
    /* Nobody is kept from anything by it. */
    struct act next = make_act(j, after, "third\n");
    assert_true(act_take_back(j, &next, &err));
    journal_close(j);
    j = open_it(&found);
    assert_int_equal(found.len, 0);
    journal_close(j);
}

static void damaged_ones_are_put_aside(void **state)
{
    for (size_t i = 0; i < 2 * sizeof tamperings / sizeof *tamperings; i++) {
        begin_again(state);
        tamper(&tamperings[i / 2], i % 2);
    }
}

/* An intent that is right in itself and names a file that is not ours: the
 * file holds neither text, so it is a conflict. */
static void another_file_in_the_intent(void **state)
{
    const char *shadow = at("other/shadow");
    struct act_file change = change_of(file);
    struct act_intent intent = intent_of(&change, 1);
    struct journal_recovery found;
    struct act act;
    struct err err;

    (void)state;
    put(shadow, "root:secret\n");
    struct journal *j = open_it(&found);
    assert_true(act_begin(j, &intent, &act, &err));
    assert_true(act_apply(j, &act, &err));
    journal_close(j);
    assert_true(run(arena_printf(
        arena, "sed -i 's,conf/main.conf,other/shadow,' %s/intent.json",
        act.folder)));
    j = open_it(&found);
    assert_string_equal(text_of(shadow), "root:secret\n");
    assert_int_equal(found.len, 1);
    assert_non_null(strstr(found.said[0], "shadow"));
    journal_close(j);
}

struct bad_journal {
    const char *make; /* by a shell; $J is the journal */
    const char *says;
    bool needs_root;
};

static const struct bad_journal bad_journals[] = {
    { "mkdir -m 755 $J", "open to other users", 0 },
    { "mkdir -m 700 $J; chown 4711 $J", "another user", 1 },
    { "mkdir -m 700 x; ln -s x $J", "cannot be", 0 },
    { "mkfifo $J", "cannot be", 0 },
    { "echo >$J", "cannot be", 0 },
    { "mkdir -m 700 $J; ln -s /dev/null $J/.lock", "cannot be opened", 0 },
};

static void journals_of_others(void **state)
{
    for (size_t i = 0; i < sizeof bad_journals / sizeof *bad_journals; i++) {
        const struct bad_journal *row = &bad_journals[i];
        struct journal_recovery found;
        struct journal *j = NULL;
        struct err err;
        if (row->needs_root && geteuid() != 0)
            continue;
        begin_again(state);
        assert_true(run(
            arena_printf(arena, "cd %s; J=%s; %s", top, journal, row->make)));
        if (journal_open(arena, journal, &j, &found, &err))
            fail_msg("%s: it was opened", row->make);
        if (!strstr(err.text, row->says))
            fail_msg("%s: it says %s", row->make, err.text);
    }
}

/* Whoever is not root owns his journal, and writes into it what he likes. */
static int stranger_restores(const char *its)
{
    struct journal_recovery found;
    struct journal *j = NULL;
    struct err err;

    if (setgroups(0, NULL) != 0 || setgid(STRANGER) != 0 ||
        setuid(STRANGER) != 0)
        return 2;
    if (!journal_open(arena, its, &j, &found, &err))
        return 3;
    bool told = found.len == 1 && strstr(found.said[0], "cannot be taken back");
    journal_close(j);
    return told ? 0 : 4;
}

static void a_stranger_restores_nothing_of_roots(void **state)
{
    struct journal_recovery found;
    struct act_file change = change_of(file);
    struct act_intent intent = intent_of(&change, 1);
    struct act act;
    struct err err;
    int how = 0;

    (void)state;
    if (geteuid() != 0)
        skip();
    struct journal *j = open_it(&found);
    assert_true(act_begin(j, &intent, &act, &err));
    assert_true(act_apply(j, &act, &err));
    journal_close(j);
    assert_true(run(arena_printf(arena, "chown -R %d %s", STRANGER, journal)));
    /* Root does not take it from him either. */
    assert_false(journal_open(arena, journal, &j, &found, &err));
    pid_t child = fork();
    if (child == 0)
        _exit(stranger_restores(journal));
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFEXITED(how));
    assert_int_equal(WEXITSTATUS(how), 0);
    assert_string_equal(text_of(file), after);
}

static void one_at_a_time(void **state)
{
    struct journal_recovery found;
    struct journal *second = NULL;
    struct act *const *acts = NULL;
    size_t len = 1;
    struct err err;
    int how = 0;

    (void)state;
    struct journal *j = open_it(&found);
    pid_t child = fork();
    if (child == 0) {
        bool opened = journal_open(arena, journal, &second, &found, &err);
        bool looked = journal_look(arena, journal, &acts, &len, &err) && !len;
        _exit(opened || !looked ? 1 : 0);
    }
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFEXITED(how) && WEXITSTATUS(how) == 0);
    assert_false(journal_open(arena, journal, &second, &found, &err));
    assert_non_null(
        strstr(err.text, arena_printf(arena, "process %ld", (long)getpid())));
    journal_close(j);
    j = open_it(&found);
    journal_close(j);
}

int main(void)
{
#define EACH(test)                                                             \
    cmocka_unit_test_setup_teardown(test, set_up_each, tear_down_each)
    const struct CMUnitTest tests[] = {
        EACH(not_changed),
        EACH(its_owners_folder_is_no_strangers),
        EACH(words_that_are_no_command),
        EACH(newer_ones_first),
        EACH(a_conflict_keeps_all_three),
        EACH(whole_until_somebody_saves),
        EACH(damaged_ones_are_put_aside),
        EACH(another_file_in_the_intent),
        EACH(journals_of_others),
        EACH(a_stranger_restores_nothing_of_roots),
        EACH(one_at_a_time),
    };

    if (!mkdtemp(top))
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena = arena_new();
    run(arena_printf(arena, "rm -rf %s", top));
    arena_free(arena);
    return failed;
}
