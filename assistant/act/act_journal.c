#include "act/act_journal.h"

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#include "act/act_marks.h"
#include "act/act_read.h"
#include "act/act_recover.h"
#include "act/act_restore.h"
#include "base/clock.h"
#include "base/folder.h"
#include "base/text.h"

const char journal_default[] = "/var/lib/certmend/acts";

struct journal {
    struct arena *arena;
    struct act_folder folder;
    int lock;
};

static bool lock(struct journal *j, struct err *err)
{
    const char *path = arena_printf(j->arena, "%s/.lock", j->folder.path);

    return folder_lock(j->arena, path, &j->lock, err);
}

bool journal_is_there(const char *folder)
{
    struct stat st;

    return lstat(folder, &st) == 0 || errno != ENOENT;
}

bool journal_open(struct arena *a, const char *folder, struct journal **out,
                  struct journal_recovery *found, struct err *err)
{
    struct journal *j = arena_alloc(a, 1, sizeof *j);

    *j = (struct journal){ a, { a, folder, -1 }, -1 };
    if ((!journal_is_there(folder) &&
         !folder_make(folder, FOLDER_PRIVATE, err)) ||
        !act_folder_open(a, NULL, folder, &j->folder, err) || !lock(j, err) ||
        !act_recover(&j->folder, found, err)) {
        journal_close(j);
        return err_add(err, "opening the journal of changes");
    }
    *out = j;
    return true;
}

void journal_close(struct journal *j)
{
    if (!j)
        return;
    act_folder_close(&j->folder);
    folder_unlock(j->lock);
    j->lock = -1;
}

bool journal_list(struct journal *j, struct act *const **acts, size_t *len,
                  struct err *err)
{
    return act_read_all(&j->folder, acts, len, err);
}

bool journal_look(struct arena *a, const char *folder, struct act *const **acts,
                  size_t *len, struct err *err)
{
    struct act_folder f = { a, folder, -1 };

    if (!journal_is_there(folder)) {
        *acts = NULL;
        *len = 0;
        return true;
    }
    if (!act_folder_open(a, NULL, folder, &f, err))
        return false;
    bool good = act_read_all(&f, acts, len, err);
    act_folder_close(&f);
    return good;
}

/* The first word of what it is about. */
static const char *slug_of(struct arena *a, const char *what)
{
    enum { SLUG_MAX = 20 };
    struct buf slug;

    buf_init(&slug, a, SLUG_MAX);
    for (const char *c = what; isalnum((unsigned char)*c); c++)
        buf_char(&slug, (char)tolower((unsigned char)*c));
    return slug.len ? slug.text : "act";
}

static const char *stamp_of(struct arena *a, int64_t now)
{
    const char *text = clock_text(a, now);
    struct buf stamp;

    buf_init(&stamp, a, strlen(text));
    for (; *text; text++)
        if (*text != '-' && *text != ':')
            buf_char(&stamp, *text);
    return stamp.text;
}

/* Sorts behind every other, whatever somebody has made of the clock. */
static bool new_id(struct journal *j, const struct act_record *r,
                   const char **out, struct err *err)
{
    const char *stamp = stamp_of(j->arena, r->at);
    const char *const *ids = NULL;
    size_t len = 0;
    long number = 1;

    if (!act_read_ids(&j->folder, &ids, &len, err))
        return false;
    const char *last = len ? ids[len - 1] : "";
    size_t stamp_len = strlen(stamp);
    if (strncmp(last, stamp, stamp_len) >= 0) {
        stamp = arena_text_n(j->arena, last, stamp_len);
        number = act_record_number(last) + 1;
    }
    *out = arena_printf(j->arena, "%s-%s-%ld", stamp,
                        slug_of(j->arena, r->what), number);
    return true;
}

static size_t count(const char *const *words)
{
    size_t len = 0;

    while (words && words[len])
        len++;
    return len;
}

static const char **copy_words(struct arena *a, const char *const *words)
{
    size_t len = count(words);
    const char **copy = arena_alloc(a, len + 1, sizeof *copy);

    for (size_t i = 0; i < len; i++)
        copy[i] = arena_text(a, words[i]);
    return copy;
}

static struct act_record record_of(struct arena *a,
                                   const struct act_intent *intent)
{
    struct act_record_file *files =
        arena_alloc(a, intent->files_len + 1, sizeof *files);

    for (size_t i = 0; i < intent->files_len; i++) {
        const struct act_file *f = &intent->files[i];
        files[i] = (struct act_record_file){
            .path = arena_text(a, f->path),
            .was_there = f->before != NULL,
            .mode = f->mode,
            .before = f->before,
            .before_len = f->before_len,
            .after = f->after,
            .after_len = f->after_len,
        };
    }
    return (struct act_record){
        .what = intent->what,
        .target = intent->target,
        .at = clock_now_s(),
        .files = files,
        .files_len = intent->files_len,
        .check = copy_words(a, intent->check),
        .check_len = count(intent->check),
        .reload = copy_words(a, intent->reload),
        .reload_len = count(intent->reload),
    };
}

/* A journal that changed itself would not know what it was. */
static bool is_outside(const struct journal *j, const struct act_intent *intent,
                       struct err *err)
{
    size_t len = strlen(j->folder.path);

    for (size_t i = 0; i < intent->files_len; i++) {
        const char *path = intent->files[i].path;
        if (strncmp(path, j->folder.path, len) == 0 && path[len] == '/')
            return err_set(err, ERR_INPUT,
                           "%s is part of the journal of changes itself: it is "
                           "left as it is",
                           path);
    }
    return true;
}

/* Under a name that says "not yet" until all of it is there. */
static bool write_down(struct journal *j, struct act_record *r,
                       const char *unfinished, struct err *err)
{
    struct act_folder f = { j->arena, NULL, -1 };

    if (!act_folder_make(&j->folder, unfinished, &f, err))
        return false;
    bool good = act_record_check(j->arena, r, err) &&
                act_restore_look(&f, r, err) && act_record_write(&f, r, err) &&
                act_folder_flush(&f, err);
    act_folder_close(&f);
    return good && act_folder_rename(&j->folder, unfinished, r->id, err);
}

bool act_begin(struct journal *j, const struct act_intent *intent,
               struct act *out, struct err *err)
{
    struct act_record r = record_of(j->arena, intent);
    struct err ignored;

    if (!is_outside(j, intent, err) || !new_id(j, &r, &r.id, err))
        return false;
    const char *unfinished =
        arena_printf(j->arena, "%s%s", act_unfinished, r.id);
    if (!write_down(j, &r, unfinished, err)) {
        /* If it cannot go now, the next run takes it away. */
        bool gone = act_folder_remove(&j->folder, unfinished, &ignored);
        (void)gone;
        return false;
    }
    return act_read_one(&j->folder, r.id, out, err);
}

static bool open_act(struct journal *j, const struct act *act,
                     struct act_folder *f, struct act_record *r,
                     struct err *err)
{
    if (!act_folder_open(j->arena, &j->folder, act->id, f, err))
        return false;
    if (act_record_read(f, act->id, r, err))
        return true;
    act_folder_close(f);
    return false;
}

bool act_mark(struct journal *j, struct act *act, enum act_state state,
              struct err *err)
{
    struct act_folder f = { j->arena, NULL, -1 };

    if (!act_folder_open(j->arena, &j->folder, act->id, &f, err))
        return false;
    bool good = act_marks_put(&f, state, err);
    act->state = act_marks_state(&f);
    act_folder_close(&f);
    return good;
}

/* What had been changed, if anything is left of it, gets its old bytes. */
static void back_out(const struct act_folder *f, const struct act_record *r,
                     bool is_left, struct err *err)
{
    struct act_restored restored = { .paths = NULL };
    struct err own = { ERR_NONE, "" };
    bool good = !is_left || act_restore_back(f, r, &restored, &own);

    if (!good || (!restored.conflict && !act_marks_put(f, ACT_UNDONE, &own)))
        err_add(err,
                "what was changed could not be taken back (%s), the next run "
                "tries again",
                own.text);
}

/* A Ctrl-C between two files would leave them to the next run: it waits. */
static void hold_signals(sigset_t *before)
{
    sigset_t held;

    sigemptyset(&held);
    sigaddset(&held, SIGINT);
    sigaddset(&held, SIGTERM);
    sigaddset(&held, SIGHUP);
    sigprocmask(SIG_BLOCK, &held, before);
}

static bool apply(struct act_folder *f, const struct act_record *r,
                  struct err *err)
{
    bool is_left = false;

    if (act_restore_apply(f, r, &is_left, err)) {
        if (act_marks_put(f, ACT_APPLIED, err))
            return true;
        is_left = true;
    }
    back_out(f, r, is_left, err);
    return false;
}

bool act_apply(struct journal *j, struct act *act, struct err *err)
{
    struct act_folder f = { j->arena, NULL, -1 };
    struct act_record r;
    sigset_t before;

    if (!open_act(j, act, &f, &r, err))
        return false;
    hold_signals(&before);
    bool good = apply(&f, &r, err);
    sigprocmask(SIG_SETMASK, &before, NULL);
    act->state = act_marks_state(&f);
    act_folder_close(&f);
    return good;
}

bool act_is_whole(struct journal *j, const struct act *act, const char **other,
                  struct err *err)
{
    struct act_folder f = { j->arena, NULL, -1 };
    struct act_record r;

    if (!open_act(j, act, &f, &r, err))
        return false;
    act_folder_close(&f);
    return act_restore_is_whole(j->arena, &r, other, err);
}

static bool stands(const struct act *act)
{
    return act->state != ACT_UNDONE && act->state != ACT_RESTORED &&
           act->state != ACT_CONFLICT;
}

/* Its old bytes would be those of a time before the newer act. */
static bool is_newest(struct journal *j, const struct act *act, struct err *err)
{
    struct act *const *acts = NULL;
    size_t len = 0;

    if (!act_read_all(&j->folder, &acts, &len, err))
        return false;
    for (size_t i = len; i-- > 0 && strcmp(acts[i]->id, act->id) != 0;) {
        if (!stands(acts[i]))
            continue;
        for (size_t k = 0; k < act->paths_len; k++)
            if (text_is_among(act->paths[k], acts[i]->paths,
                              acts[i]->paths_len))
                return err_set(err, ERR_INPUT,
                               "%s was changed again later, by %s: that one "
                               "is to be taken back first",
                               act->paths[k], acts[i]->id);
    }
    return true;
}

bool act_take_back(struct journal *j, struct act *act, struct err *err)
{
    struct act_folder f = { j->arena, NULL, -1 };
    struct act_restored restored = { .paths = NULL };
    struct act_record r;
    sigset_t before;

    if (!is_newest(j, act, err) || !open_act(j, act, &f, &r, err))
        return false;
    hold_signals(&before);
    bool good = act_restore_back(&f, &r, &restored, err) &&
                (restored.conflict ||
                 act_marks_put_restored(&f, r.reload_len > 0, err));
    sigprocmask(SIG_SETMASK, &before, NULL);
    act->state = act_marks_state(&f);
    act->conflict = restored.conflict;
    act_folder_close(&f);
    return good || err_add(err, "taking back %s", act->id);
}
