/*
 * act - CALL DO FOLDER: in FOLDER/conf and FOLDER/other files are changed by an
 * act ("change"), taken back ("undo"), or put right after a run that was cut
 * short ("recover"), with the journal in FOLDER/acts. It is killed at its
 * CALL-th call that changes a disk; 0: it is not. With SYNC_AT=N all disks are
 * flushed before the N-th. The last line is the state of the act.
 */
#define _GNU_SOURCE /* renameat2 */

#include "disk_calls.h"

#include <stdlib.h>
#include <string.h>

#include "act/act_journal.h"
#include "base/file.h"

static struct arena *a;
static const char *folder;
static int killed_at;

static const char *at(const char *name)
{
    return arena_printf(a, "%s/%s", folder, name);
}

static void flush_disks(void)
{
    sync();
    disk.mode = DISK_KILL;
    disk.at = killed_at;
}

static struct act_file file_of(const char *name, const char *after)
{
    struct act_file f = { .path = at(name),
                          .after = after,
                          .after_len = strlen(after),
                          .mode = 0640 };
    struct err ignored;

    if (file_exists(f.path) &&
        !file_read(a, f.path, 10000, &f.before, &f.before_len, &ignored))
        f.before = NULL;
    return f;
}

static bool change(struct journal *j, struct err *err)
{
    static const char *const reload[] = { "true", NULL };
    const struct act_file files[] = {
        file_of("conf/main.conf", "cert = /new\n"),
        file_of("other/two.conf", "key = /new\nno newline"),
        file_of("conf/new.conf", "new = yes\n"),
    };
    const struct act_intent intent = {
        .what = "Dovecot: names the new certificate",
        .files = files,
        .files_len = 3,
        .reload = reload,
    };
    struct act act;

    return act_begin(j, &intent, &act, err) && act_apply(j, &act, err) &&
           act_mark(j, &act, ACT_RELOADED, err) &&
           act_mark(j, &act, ACT_KEPT, err);
}

static bool tell(struct journal *j, const struct journal_recovery *found,
                 struct err *err)
{
    for (size_t i = 0; i < found->to_reload_len; i++)
        if (!act_mark(j, found->to_reload[i], ACT_UNDONE, err))
            return false;
    return true;
}

static bool undo(struct journal *j, struct err *err)
{
    struct act *const *acts = NULL;
    size_t len = 0;

    return journal_list(j, &acts, &len, err) && len == 1 &&
           act_take_back(j, acts[0], err) &&
           (acts[0]->state != ACT_RESTORED ||
            act_mark(j, acts[0], ACT_UNDONE, err));
}

static bool run(const char *what, struct err *err)
{
    struct journal_recovery found = { .said = NULL };
    struct journal *j = NULL;
    struct act *const *acts = NULL;
    size_t len = 0;

    if (!journal_open(a, at("acts"), &j, &found, err))
        return false;
    for (size_t i = 0; i < found.len; i++)
        printf("%s\n", found.said[i]);
    bool good = tell(j, &found, err) &&
                (strcmp(what, "change") != 0 || change(j, err)) &&
                (strcmp(what, "undo") != 0 || undo(j, err)) &&
                journal_list(j, &acts, &len, err);
    if (good)
        printf("%d %s\n", disk.counted,
               len ? table_text(act_state_words, (int)acts[0]->state) : "none");
    journal_close(j);
    return good;
}

int main(int argc, char **argv)
{
    const char *sync_at = getenv("SYNC_AT");
    struct err err = { ERR_NONE, "" };

    if (argc != 4)
        return 2;
    a = arena_new();
    folder = argv[3];
    killed_at = (int)strtol(argv[1], NULL, 10);
    disk.mode = sync_at ? DISK_MEET : DISK_KILL;
    disk.at = sync_at ? (int)strtol(sync_at, NULL, 10) : killed_at;
    disk.meet = flush_disks;
    bool good = run(argv[2], &err);
    if (!good)
        fprintf(stderr, "%s\n", err.text);
    arena_free(a);
    return good ? 0 : 1;
}
