#include "act/act_restore.h"

#include <string.h>

#include "act/act_marks.h"
#include "act/act_swap.h"

struct act_files {
    struct act_change items[ACT_FILES_MAX];
    size_t len;
};

static void close_all(struct act_files *files)
{
    for (size_t i = 0; i < files->len; i++)
        act_place_close(&files->items[i].place);
}

static bool open_all(struct arena *a, const struct act_record *r,
                     struct act_files *out, struct err *err)
{
    out->len = 0;
    for (size_t i = 0; i < r->files_len; i++) {
        struct act_change *c = &out->items[i];
        *c = (struct act_change){ .number = i };
        if (!act_place_open(a, r->files[i].path, r->id, i, &c->place, err)) {
            close_all(out);
            return false;
        }
        out->len++;
    }
    return true;
}

static bool not_as_read(const char *path, struct err *err)
{
    return err_set(err, ERR_INPUT,
                   "%s was changed by somebody else in the meantime: nothing "
                   "was changed",
                   path);
}

/* It is as the caller or the record says, and may be changed. */
static bool look(struct arena *a, struct act_change *c,
                 const struct act_record_file *f, struct err *err)
{
    if (!act_place_read(a, &c->place, c->place.name, &c->now, err))
        return false;
    if (!act_seen_is(&c->now, f->was_there ? f->before : NULL, f->before_len))
        return not_as_read(f->path, err);
    c->then = (struct act_content){
        .text = f->after,
        .len = f->after_len,
        .mode = f->mode,
    };
    return act_place_may_change(&c->place, &c->now, err);
}

static bool look_at_all(struct arena *a, const struct act_record *r,
                        struct act_files *files, struct err *err)
{
    for (size_t i = 0; i < files->len; i++)
        if (!look(a, &files->items[i], &r->files[i], err))
            return false;
    return true;
}

bool act_restore_look(const struct act_folder *keep, struct act_record *r,
                      struct err *err)
{
    struct arena *a = keep->arena;
    struct act_files *all = arena_alloc(a, 1, sizeof *all);
    struct act_record_file *files =
        arena_copy(a, r->files, r->files_len * sizeof *files);

    if (!open_all(a, r, all, err))
        return false;
    bool good = look_at_all(a, r, all, err);
    for (size_t i = 0; i < all->len; i++) {
        const struct act_seen *now = &all->items[i].now;
        if (!now->is_there)
            continue;
        files[i].mode = now->st.st_mode & 07777;
        files[i].uid = now->st.st_uid;
        files[i].gid = now->st.st_gid;
        files[i].mtime_s = now->st.st_mtim.tv_sec;
        files[i].mtime_ns = (uint32_t)now->st.st_mtim.tv_nsec;
    }
    close_all(all);
    r->files = files;
    return good;
}

bool act_restore_apply(const struct act_folder *f, const struct act_record *r,
                       bool *is_left, struct err *err)
{
    struct act_files *all = arena_alloc(f->arena, 1, sizeof *all);
    struct act_swapped swapped = { .faster = NULL };

    *is_left = false;
    if (!open_all(f->arena, r, all, err))
        return false;
    bool good = look_at_all(f->arena, r, all, err) &&
                act_swap(f, all->items, all->len, &swapped, err);
    close_all(all);
    *is_left = swapped.is_left;
    return good;
}

enum held { HELD_BEFORE, HELD_AFTER, HELD_OTHER };

/* What cannot be read as a file any more is somebody else's doing, too. */
static bool held_by(struct arena *a, struct act_change *c,
                    const struct act_record_file *f, enum held *out,
                    struct err *err)
{
    const char *before = f->was_there ? f->before : NULL;

    if (!act_place_read(a, &c->place, c->place.name, &c->now, err)) {
        *out = HELD_OTHER;
        return err->kind == ERR_INPUT;
    }
    if (act_seen_is(&c->now, before, f->before_len))
        *out = HELD_BEFORE;
    else if (act_seen_is(&c->now, f->after, f->after_len))
        *out = HELD_AFTER;
    else
        *out = HELD_OTHER;
    return true;
}

/* Their text goes beside ours: all three can be compared in the act's folder.
 */
static bool mark_conflict(const struct act_folder *f,
                          const struct act_change *c, struct err *err)
{
    const char *name = act_record_name(f->arena, c->number, "found");

    return (!c->now.is_there ||
            act_folder_put(f, name, c->now.text, c->now.len, err)) &&
           act_folder_put(f, act_mark_conflict, c->place.path,
                          strlen(c->place.path), err);
}

static bool settle(const struct act_folder *f, const struct act_change *c,
                   const struct act_record_file *file, struct err *err)
{
    const struct act_texts texts = {
        .before = file->was_there ? file->before : NULL,
        .before_len = file->before_len,
        .after = file->after,
        .after_len = file->after_len,
    };

    return act_swap_settle(f, &c->place, &texts, c->number, err);
}

/* Those that hold our bytes, and how they get their old ones. */
static bool plan_back(const struct act_folder *f, const struct act_record *r,
                      struct act_files *all, struct act_files *ours,
                      const char **conflict, struct err *err)
{
    ours->len = 0;
    for (size_t i = 0; i < all->len; i++) {
        struct act_change *c = &all->items[i];
        const struct act_record_file *file = &r->files[i];
        enum held held = HELD_OTHER;
        if (!settle(f, c, file, err) || !held_by(f->arena, c, file, &held, err))
            return false;
        if (held == HELD_OTHER && !mark_conflict(f, c, err))
            return false;
        if (held == HELD_OTHER && !*conflict)
            *conflict = file->path;
        struct timespec *mtime = arena_alloc(f->arena, 1, sizeof *mtime);
        *mtime = (struct timespec){ file->mtime_s, file->mtime_ns };
        c->then = (struct act_content){
            .text = file->was_there ? file->before : NULL,
            .len = file->before_len,
            .mtime = mtime,
        };
        if (held == HELD_AFTER)
            ours->items[ours->len++] = *c;
    }
    return true;
}

static bool may_change_all(const struct act_files *files, struct err *err)
{
    for (size_t i = 0; i < files->len; i++)
        if (!act_place_may_change(&files->items[i].place, &files->items[i].now,
                                  err))
            return false;
    return true;
}

/* Somebody was faster even now: everything is as it was, with their text. */
static bool meet_faster(const struct act_folder *f,
                        const struct act_change *faster,
                        struct act_restored *out, struct err *err)
{
    struct act_change c = *faster;
    struct err ignored;

    if (!act_place_read(f->arena, &c.place, c.place.name, &c.now, &ignored))
        c.now.is_there = false;
    out->conflict = c.place.path;
    return mark_conflict(f, &c, err);
}

static bool change_back(const struct act_folder *f, struct act_files *ours,
                        struct act_restored *out, struct err *err)
{
    struct act_swapped swapped;

    if (!may_change_all(ours, err) ||
        !act_folder_put(f, act_mark_taking_back, "", 0, err))
        return false;
    if (!act_swap(f, ours->items, ours->len, &swapped, err))
        return swapped.faster && meet_faster(f, swapped.faster, out, err);
    out->paths = arena_alloc(f->arena, ours->len, sizeof *out->paths);
    for (size_t i = 0; i < ours->len; i++)
        out->paths[out->len++] = ours->items[i].place.path;
    return true;
}

bool act_restore_back(const struct act_folder *f, const struct act_record *r,
                      struct act_restored *out, struct err *err)
{
    struct act_files *all = arena_alloc(f->arena, 1, sizeof *all);
    struct act_files *ours = arena_alloc(f->arena, 1, sizeof *ours);
    struct act_restored found = { .paths = NULL };

    if (!act_folder_drop(f, act_mark_conflict, err) ||
        !open_all(f->arena, r, all, err))
        return false;
    bool good = plan_back(f, r, all, ours, &found.conflict, err);
    if (good && !found.conflict && ours->len)
        good = change_back(f, ours, &found, err);
    close_all(all);
    if (good)
        *out = found;
    return good;
}

bool act_restore_is_whole(struct arena *a, const struct act_record *r,
                          const char **other, struct err *err)
{
    struct act_files *all = arena_alloc(a, 1, sizeof *all);
    const char *found = NULL;

    if (!open_all(a, r, all, err))
        return false;
    for (size_t i = 0; i < all->len && !found; i++) {
        const struct act_record_file *f = &r->files[i];
        struct act_seen now;
        if (!act_place_read(a, &all->items[i].place, all->items[i].place.name,
                            &now, err) ||
            !act_seen_is(&now, f->after, f->after_len))
            found = f->path;
    }
    close_all(all);
    *other = found;
    return true;
}
