#define _GNU_SOURCE    /* O_PATH: a folder that may be passed and not listed;  \
                          statx */

#include "act/act_place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "act/act_attributes.h"
#include "act/act_record.h"
#include "base/file.h"

enum {
    PASSING_FLAGS = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
    FOLDER_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
    READ_FLAGS = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
    NEW_FLAGS = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
    WRITABLE = S_IWGRP | S_IWOTH,
};

static const char untouched[] = "it is left as it is";

static bool says(const char *path, const char *what, struct err *err)
{
    return err_set(err, ERR_SYSTEM, "%s %s: %s", path, what, strerror(errno));
}

/* Who may write into a step of the way can put another file where this one
 * is. One owner besides root and us is taken; whether the file is theirs, too,
 * is asked when it has been read. */
static bool is_safe_step(struct act_place *p, const char *step, bool is_last,
                         int fd, struct err *err)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return says(step, "cannot be looked at", err);
    bool is_shared =
        st.st_mode & WRITABLE && (is_last || !(st.st_mode & S_ISVTX));
    bool is_foreign = st.st_uid != 0 && st.st_uid != geteuid();
    if (is_shared || (is_foreign && p->has_owner && p->owner != st.st_uid))
        return err_set(err, ERR_INPUT,
                       "other users may write to the folder %s, in which %s "
                       "lies: %s",
                       step, p->path, untouched);
    if (is_foreign) {
        p->has_owner = true;
        p->owner = st.st_uid;
    }
    return true;
}

static bool is_folder_error(struct act_place *p, const char *step,
                            struct err *err)
{
    if (errno == ELOOP || errno == ENOTDIR)
        return err_set(err, ERR_INPUT,
                       "%s is a link or no folder, so that %s may be another "
                       "file by now: %s",
                       step, p->path, untouched);
    return says(step, "cannot be opened", err);
}

/* Opens the next folder of the way in place of the one that is open. */
static bool step_into(struct arena *a, struct act_place *p, size_t from,
                      size_t len, struct err *err)
{
    const char *step = arena_text_n(a, p->path, from + len);
    bool is_last = strchr(p->path + from + len + 1, '/') == NULL;
    int next = openat(p->folder, arena_text_n(a, p->path + from, len),
                      is_last ? FOLDER_FLAGS : PASSING_FLAGS);

    if (next < 0)
        return is_folder_error(p, step, err);
    close(p->folder);
    p->folder = next;
    return is_safe_step(p, step, is_last, next, err);
}

bool act_place_open(struct arena *a, const char *path, const char *id,
                    size_t file, struct act_place *out, struct err *err)
{
    const char *name = strrchr(path, '/') + 1;
    struct act_place p = { .path = arena_text(a, path),
                           .name = arena_text(a, name) };

    p.ready = arena_printf(a, ".certmend-%s-%zu", id, file + 1);
    p.part = arena_printf(a, "%s.part", p.ready);
    p.folder = open("/", FOLDER_FLAGS);
    if (p.folder < 0)
        return says("/", "cannot be opened", err);
    bool good = is_safe_step(&p, "/", name == path + 1, p.folder, err);
    for (size_t from = 1; good && path + from < name;) {
        size_t len = strcspn(path + from, "/");
        good = step_into(a, &p, from, len, err);
        from += len + 1;
    }
    if (!good) {
        act_place_close(&p);
        return false;
    }
    *out = p;
    return true;
}

void act_place_close(struct act_place *p)
{
    if (p->folder >= 0)
        close(p->folder);
    p->folder = -1;
}

/* Takes `fd`, which is open. */
static bool read_file(struct arena *a, const struct act_place *p, int fd,
                      struct act_seen *out, struct err *err)
{
    struct act_seen seen = { .is_there = true };
    struct buf whole;
    bool good = false;

    buf_init(&whole, a, ACT_FILE_MAX);
    if (fstat(fd, &seen.st) != 0)
        says(p->path, "cannot be looked at", err);
    else if (!S_ISREG(seen.st.st_mode))
        err_set(err, ERR_INPUT, "%s is no regular file: %s", p->path,
                untouched);
    else if (!file_read_open(fd, &whole))
        says(p->path, "cannot be read", err);
    else if (whole.full)
        err_set(err, ERR_INPUT, "%s is too big to be changed: %s", p->path,
                untouched);
    else
        good = true;
    close(fd);
    if (!good)
        return false;
    seen.text = whole.text;
    seen.len = whole.len;
    *out = seen;
    return true;
}

bool act_place_read(struct arena *a, const struct act_place *p,
                    const char *name, struct act_seen *out, struct err *err)
{
    int fd = openat(p->folder, name, READ_FLAGS);

    if (fd < 0 && errno == ENOENT) {
        *out = (struct act_seen){ .text = NULL };
        return true;
    }
    if (fd < 0 && errno == ELOOP)
        return err_set(err, ERR_INPUT, "%s is a link: %s", p->path, untouched);
    if (fd < 0)
        return says(p->path, "cannot be read", err);
    return read_file(a, p, fd, out, err);
}

/* NULL: there is nothing against it. */
static const char *why_hands_off(const struct act_place *p)
{
    struct statx x;

    if (statx(p->folder, p->name, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &x) !=
        0)
        return NULL;
    if (x.stx_attributes & (STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND))
        return "is marked as not to be changed (chattr +i or +a)";
    if (x.stx_attributes & STATX_ATTR_MOUNT_ROOT)
        return "is mounted into this place, as into a container, and cannot "
               "be replaced in one step";
    if (x.stx_nlink > 1)
        return "has a second name (a hard link), which would keep the old text";
    return NULL;
}

bool act_place_may_change(const struct act_place *p,
                          const struct act_seen *seen, struct err *err)
{
    uid_t owner = seen->is_there ? seen->st.st_uid : geteuid();
    const char *why = seen->is_there ? why_hands_off(p) : NULL;

    if (p->has_owner && p->owner != owner)
        return err_set(err, ERR_INPUT,
                       "a folder on the way to %s belongs to another user "
                       "(number %ld): %s",
                       p->path, (long)p->owner, untouched);
    if (why)
        return err_set(err, ERR_INPUT, "%s %s: %s", p->path, why, untouched);
    return true;
}

/* As the file that it is to replace; a new one has a mode alone. */
static bool give_rights(const struct act_place *p,
                        const struct act_content *content, int fd,
                        struct err *err)
{
    int like = openat(p->folder, p->name, READ_FLAGS);

    if (like < 0 && errno != ENOENT)
        return says(p->path, "cannot be read", err);
    if (like < 0)
        return fchmod(fd, content->mode) == 0 ||
               says(p->path, "cannot be given its mode", err);
    bool good = act_attributes_copy(like, fd);
    int why = errno;
    close(like);
    errno = why;
    return good ||
           says(p->path, "would get another owner, mode or attribute", err);
}

static bool fill(const struct act_place *p, const struct act_content *content,
                 int fd, struct err *err)
{
    const struct timespec times[2] = {
        { 0, UTIME_OMIT },
        content->mtime ? *content->mtime : (struct timespec){ 0, UTIME_OMIT },
    };

    if (!file_write_open(fd, content->text, content->len))
        return says(p->path, "has no room beside it for a new text", err);
    if (!give_rights(p, content, fd, err))
        return false;
    if ((content->mtime && futimens(fd, times) != 0) || fsync(fd) != 0)
        return says(p->path, "cannot be flushed to disk", err);
    return true;
}

bool act_place_prepare(const struct act_place *p,
                       const struct act_content *content, struct err *err)
{
    int fd = openat(p->folder, p->part, NEW_FLAGS, S_IRUSR | S_IWUSR);

    if (fd < 0)
        return says(p->path, "cannot be changed", err);
    bool good = fill(p, content, fd, err);
    if (close(fd) != 0 && good)
        good = says(p->path, "cannot be changed", err);
    if (good && renameat(p->folder, p->part, p->folder, p->ready) != 0)
        good = says(p->path, "cannot be changed", err);
    if (!good)
        unlinkat(p->folder, p->part, 0);
    return good;
}

bool act_seen_is(const struct act_seen *seen, const char *text, size_t len)
{
    if (!seen->is_there || !text)
        return !seen->is_there && !text;
    return seen->len == len && (!len || memcmp(seen->text, text, len) == 0);
}

bool act_seen_same(const struct act_seen *one, const struct act_seen *other)
{
    return act_seen_is(one, other->is_there ? other->text : NULL, other->len) &&
           (!one->is_there || (one->st.st_uid == other->st.st_uid &&
                               one->st.st_gid == other->st.st_gid &&
                               one->st.st_mode == other->st.st_mode));
}
