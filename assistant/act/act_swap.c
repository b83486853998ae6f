#define _GNU_SOURCE /* renameat2 */

#include "act/act_swap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "act/act_record.h"

enum swapped { SWAP_DONE, SWAP_FASTER, SWAP_FAILED }; /* failed: errno */

static bool says(const struct act_place *p, const char *what, struct err *err)
{
    return err_set(err, ERR_SYSTEM, "%s %s: %s", p->path, what,
                   strerror(errno));
}

static bool rename_to(const struct act_place *p, const char *from,
                      const char *to, unsigned how)
{
    return renameat2(p->folder, from, p->folder, to, how) == 0;
}

/* The file system does not know the flag (NFS, some of FUSE). */
static bool is_unknown(void)
{
    return errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP;
}

/* A name that nobody has by now. */
static bool rename_new(const struct act_place *p, const char *from,
                       const char *to)
{
    if (rename_to(p, from, to, RENAME_NOREPLACE))
        return true;
    return is_unknown() && linkat(p->folder, from, p->folder, to, 0) == 0 &&
           unlinkat(p->folder, from, 0) == 0;
}

static bool holds(struct arena *a, const struct act_place *p, const char *name,
                  const struct act_seen *wanted)
{
    struct act_seen seen;
    struct err ignored;

    return act_place_read(a, p, name, &seen, &ignored) &&
           act_seen_same(&seen, wanted);
}

/* Out of the way, with whatever it is by now. */
static bool move_away(struct arena *a, const struct act_place *p,
                      const struct act_seen *wanted)
{
    if (rename_to(p, p->name, p->ready, RENAME_NOREPLACE))
        return true;
    return is_unknown() && holds(a, p, p->name, wanted) &&
           rename_to(p, p->name, p->ready, 0);
}

static enum swapped failed(int gone)
{
    return errno == gone ? SWAP_FASTER : SWAP_FAILED;
}

static enum swapped replace(struct arena *a, struct act_change *c)
{
    const struct act_place *p = &c->place;

    if (rename_to(p, p->ready, p->name, RENAME_EXCHANGE)) {
        c->is_exchanged = true;
        return SWAP_DONE;
    }
    if (!is_unknown())
        return failed(ENOENT);
    if (!holds(a, p, p->name, &c->now))
        return SWAP_FASTER;
    return rename_to(p, p->ready, p->name, 0) ? SWAP_DONE : SWAP_FAILED;
}

static enum swapped step(struct arena *a, struct act_change *c)
{
    const struct act_place *p = &c->place;

    if (!c->then.text)
        return move_away(a, p, &c->now) ? SWAP_DONE : failed(ENOENT);
    if (!c->now.is_there)
        return rename_new(p, p->ready, p->name) ? SWAP_DONE : failed(EEXIST);
    return replace(a, c);
}

/* Did what came out lie there when it was read? */
static bool is_as_read(struct arena *a, const struct act_change *c)
{
    bool came_out = c->is_exchanged || !c->then.text;

    return !came_out || holds(a, &c->place, c->place.ready, &c->now);
}

/* What was put over the old file has to be made anew. */
static bool replace_back(struct arena *a, const struct act_change *c,
                         struct err *err)
{
    const struct act_content old = {
        .text = c->now.text,
        .len = c->now.len,
        .mtime = &c->now.st.st_mtim,
    };
    const struct act_place *p = &c->place;
    struct act_seen seen;

    if (!act_place_read(a, p, p->name, &seen, err))
        return false;
    if (!act_seen_is(&seen, c->then.text, c->then.len))
        return true; /* theirs */
    return act_place_prepare(p, &old, err) &&
           (rename_to(p, p->ready, p->name, 0) ||
            says(p, "cannot get its old text back", err));
}

/* One that came new goes again, if it is still ours. */
static bool leave_again(struct arena *a, const struct act_change *c,
                        struct err *err)
{
    const struct act_place *p = &c->place;
    struct act_seen seen;

    return act_place_read(a, p, p->name, &seen, err) &&
           (!act_seen_is(&seen, c->then.text, c->then.len) ||
            move_away(a, p, &seen) || says(p, "cannot be taken away", err));
}

static bool step_back(struct arena *a, const struct act_change *c,
                      struct err *err)
{
    const struct act_place *p = &c->place;
    bool good = false;

    if (c->then.text && !c->now.is_there)
        return leave_again(a, c, err);
    if (!c->then.text)
        good = rename_new(p, p->ready, p->name);
    else if (c->is_exchanged)
        good = rename_to(p, p->ready, p->name, RENAME_EXCHANGE);
    else
        return replace_back(a, c, err);
    return good || says(p, "cannot get its old text back", err);
}

static bool flush(const struct act_place *p, struct err *err)
{
    return fsync(p->folder) == 0 ||
           says(p, "lies in a folder that cannot be flushed to disk", err);
}

static bool drop(const struct act_place *p, const char *name, struct err *err)
{
    return unlinkat(p->folder, name, 0) == 0 || errno == ENOENT ||
           says(p, "has a file beside it that cannot be taken away", err);
}

/* Every one that has changed changes back, even if another cannot. */
static bool all_back(const struct act_folder *keep, struct act_change *changes,
                     size_t len, struct err *err)
{
    bool good = true;

    for (size_t i = 0; i < len; i++) {
        struct act_change *c = &changes[i];
        const struct act_texts texts = {
            .before = c->now.is_there ? c->now.text : NULL,
            .before_len = c->now.len,
            .after = c->then.text,
            .after_len = c->then.len,
        };
        if ((c->is_done && !step_back(keep->arena, c, err)) ||
            !act_swap_settle(keep, &c->place, &texts, c->number, err))
            good = false;
        c->is_done = false;
    }
    return good;
}

static bool prepare_all(struct act_change *changes, size_t len, struct err *err)
{
    for (size_t i = 0; i < len; i++)
        if (changes[i].then.text &&
            !act_place_prepare(&changes[i].place, &changes[i].then, err))
            return false;
    return true;
}

static enum swapped burst(struct arena *a, struct act_change *changes,
                          size_t len, const struct act_change **at)
{
    for (size_t i = 0; i < len; i++) {
        enum swapped how = step(a, &changes[i]);
        *at = &changes[i];
        if (how != SWAP_DONE)
            return how;
        changes[i].is_done = true;
    }
    for (size_t i = 0; i < len; i++) {
        *at = &changes[i];
        if (!is_as_read(a, &changes[i]))
            return SWAP_FASTER;
    }
    return SWAP_DONE;
}

static bool clear_all(struct act_change *changes, size_t len, struct err *err)
{
    for (size_t i = 0; i < len; i++)
        if (!drop(&changes[i].place, changes[i].place.ready, err) ||
            !flush(&changes[i].place, err))
            return false;
    return true;
}

static bool not_faster(const struct act_change *c, struct err *err)
{
    return err_set(err, ERR_INPUT,
                   "somebody else changed %s in the meantime: it is left as "
                   "they made it, and nothing was changed",
                   c->place.path);
}

bool act_swap(const struct act_folder *keep, struct act_change *changes,
              size_t len, struct act_swapped *out, struct err *err)
{
    const struct act_change *at = NULL;
    struct err ignored; /* what is left is told by recovery */

    *out = (struct act_swapped){ .faster = NULL };
    if (!prepare_all(changes, len, err)) {
        out->is_left = !all_back(keep, changes, len, &ignored);
        return false;
    }
    enum swapped how = burst(keep->arena, changes, len, &at);
    if (how == SWAP_DONE) {
        out->is_left = !clear_all(changes, len, err);
        return !out->is_left;
    }
    if (how == SWAP_FAILED)
        says(&at->place, "cannot be replaced", err);
    else
        not_faster(at, err);
    out->is_left = !all_back(keep, changes, len, &ignored);
    out->faster = how == SWAP_FASTER && !out->is_left ? at : NULL;
    return false;
}

static bool is_ours(const struct act_seen *seen, const struct act_texts *t)
{
    return seen->is_there && (act_seen_is(seen, t->before, t->before_len) ||
                              act_seen_is(seen, t->after, t->after_len));
}

/* The name has a text of somebody else's, too: the newer one stays. */
static bool keep_text(const struct act_folder *keep, const struct act_place *p,
                      const struct act_seen *theirs, size_t number,
                      struct err *err)
{
    const char *name = act_record_name(keep->arena, number, "found-beside");

    return act_folder_put(keep, name, theirs->text, theirs->len, err) &&
           drop(p, p->ready, err);
}

/* `ready` holds what somebody else wrote: it came out, and was not put back. */
static bool put_theirs_back(const struct act_folder *keep,
                            const struct act_place *p,
                            const struct act_texts *texts, size_t number,
                            struct err *err)
{
    struct act_seen theirs, seen;
    bool is_read = act_place_read(keep->arena, p, p->ready, &theirs, err);

    if (!act_place_read(keep->arena, p, p->name, &seen, err))
        return false;
    if (!seen.is_there)
        return rename_new(p, p->ready, p->name) ||
               says(p, "cannot get its old text back", err);
    if (is_ours(&seen, texts))
        return (rename_to(p, p->ready, p->name, RENAME_EXCHANGE) ||
                says(p, "cannot get its old text back", err)) &&
               drop(p, p->ready, err);
    return is_read && keep_text(keep, p, &theirs, number, err);
}

bool act_swap_settle(const struct act_folder *keep, const struct act_place *p,
                     const struct act_texts *texts, size_t number,
                     struct err *err)
{
    struct act_seen beside;
    struct stat st;
    struct err ignored;

    if (!drop(p, p->part, err))
        return false;
    if (fstatat(p->folder, p->ready, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT || says(p, "cannot be looked at", err);
    bool is_read = act_place_read(keep->arena, p, p->ready, &beside, &ignored);
    bool good = is_read && is_ours(&beside, texts)
                    ? drop(p, p->ready, err)
                    : put_theirs_back(keep, p, texts, number, err);
    return good && flush(p, err);
}
