#include "act/act_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/own.h"

OWN_DEFINE(DIR, closedir);

enum {
    FOLDER_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
    READ_FLAGS = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
    NEW_FLAGS = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
    OTHERS = S_IRWXG | S_IRWXO,
    NAMES_MAX = 100 * 1000,
};

static const char half_made[] = ".half-made";

static const char *path_of(const struct act_folder *f, const char *name)
{
    return arena_printf(f->arena, "%s/%s", f->path, name);
}

static bool says(const struct act_folder *f, const char *name, const char *what,
                 struct err *err)
{
    int why = errno;
    /* A link where none of ours is: tampered with, not a machine that fails. */
    enum err_kind kind =
        why == ELOOP || why == ENOTDIR ? ERR_INPUT : ERR_SYSTEM;

    return err_set(err, kind, "%s %s: %s", path_of(f, name), what,
                   strerror(why));
}

static bool is_ours(const char *path, const struct stat *st, struct err *err)
{
    if (st->st_uid != geteuid())
        return err_set(err, ERR_INPUT,
                       "%s belongs to another user (number %ld), and what they "
                       "may have put there is not used",
                       path, (long)st->st_uid);
    if (st->st_mode & OTHERS)
        return err_set(err, ERR_INPUT,
                       "%s is open to other users: \"chmod go= %s\" takes that "
                       "away, if nobody has changed anything in it",
                       path, path);
    return true;
}

bool act_folder_open(struct arena *a, const struct act_folder *in,
                     const char *name, struct act_folder *out, struct err *err)
{
    struct act_folder f = { a, in ? path_of(in, name) : arena_text(a, name),
                            -1 };
    struct stat st;

    f.fd = openat(in ? in->fd : AT_FDCWD, name, FOLDER_FLAGS);
    if (f.fd < 0 && in)
        return says(in, name, "cannot be opened", err);
    if (f.fd < 0 || fstat(f.fd, &st) != 0)
        err_set(err, ERR_SYSTEM, "%s cannot be opened: %s%s", f.path,
                strerror(errno),
                errno == EACCES && geteuid() != 0 ? "; run certmend as root"
                                                  : "");
    else if (is_ours(f.path, &st, err)) {
        *out = f;
        return true;
    }
    act_folder_close(&f);
    return false;
}

void act_folder_close(struct act_folder *f)
{
    if (f->fd >= 0)
        close(f->fd);
    f->fd = -1;
}

bool act_folder_make(const struct act_folder *in, const char *name,
                     struct act_folder *out, struct err *err)
{
    if (mkdirat(in->fd, name, S_IRWXU) != 0)
        return says(in, name, "cannot be made", err);
    return act_folder_open(in->arena, in, name, out, err);
}

bool act_folder_flush(const struct act_folder *f, struct err *err)
{
    if (fsync(f->fd) != 0)
        return err_set(err, ERR_SYSTEM, "%s cannot be flushed to disk: %s",
                       f->path, strerror(errno));
    return true;
}

bool act_folder_remove(const struct act_folder *in, const char *name,
                       struct err *err)
{
    struct act_folder f = { in->arena, NULL, -1 };
    const char *const *names = NULL;
    size_t len = 0;

    if (!act_folder_open(in->arena, in, name, &f, err))
        return false;
    bool good = act_folder_names(&f, &names, &len, err);
    for (size_t i = 0; good && i < len; i++)
        good = unlinkat(f.fd, names[i], 0) == 0 ||
               says(&f, names[i], "cannot be taken away", err);
    act_folder_close(&f);
    if (good && unlinkat(in->fd, name, AT_REMOVEDIR) != 0)
        return says(in, name, "cannot be taken away", err);
    return good;
}

bool act_folder_rename(const struct act_folder *in, const char *from,
                       const char *to, struct err *err)
{
    struct stat st;

    if (fstatat(in->fd, to, &st, AT_SYMLINK_NOFOLLOW) == 0) {
        errno = EEXIST;
        return says(in, to, "cannot be made", err);
    }
    if (renameat(in->fd, from, in->fd, to) != 0)
        return says(in, from, "cannot be renamed", err);
    return act_folder_flush(in, err);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool act_folder_names(const struct act_folder *f, const char *const **names,
                      size_t *len, struct err *err)
{
    int fd = openat(f->fd, ".", FOLDER_FLAGS);
    OWN(DIR) *dir = fd >= 0 ? fdopendir(fd) : NULL;
    const char **list = NULL;
    size_t n = 0;

    if (!dir) {
        says(f, "", "cannot be listed", err);
        if (fd >= 0)
            close(fd);
        return false;
    }
    for (struct dirent *e = readdir(dir); e && n < NAMES_MAX;
         e = readdir(dir)) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        list = arena_grow(f->arena, list, n, sizeof *list);
        list[n++] = arena_text(f->arena, e->d_name);
    }
    if (n)
        qsort(list, n, sizeof *list, by_text);
    *names = list;
    *len = n;
    return true;
}

bool act_folder_has(const struct act_folder *f, const char *name)
{
    struct stat st;

    return fstatat(f->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISREG(st.st_mode);
}

/* Takes `fd`, which is open. */
static bool read_all(const struct act_folder *f, const char *name, int fd,
                     size_t max, struct buf *out, struct err *err)
{
    const char *path = path_of(f, name);
    struct stat st;
    bool good = true;

    if (fstat(fd, &st) != 0)
        good = says(f, name, "cannot be looked at", err);
    else if (!S_ISREG(st.st_mode) || st.st_nlink != 1)
        good = err_set(err, ERR_INPUT,
                       "%s is no file that certmend wrote: it is something "
                       "else, or has a second name",
                       path);
    else
        good = is_ours(path, &st, err);
    if (good && !file_read_open(fd, out))
        good = says(f, name, "cannot be read", err);
    else if (good && out->full)
        good =
            err_set(err, ERR_INPUT, "%s is longer than %zu bytes", path, max);
    close(fd);
    return good;
}

bool act_folder_read(const struct act_folder *f, const char *name, size_t max,
                     const char **text, size_t *len, struct err *err)
{
    int fd = openat(f->fd, name, READ_FLAGS);
    struct buf whole;

    if (fd < 0 && errno == ENOENT)
        return err_set(err, ERR_INPUT, "%s is not there", path_of(f, name));
    if (fd < 0)
        return says(f, name, "cannot be opened", err);
    buf_init(&whole, f->arena, max);
    if (!read_all(f, name, fd, max, &whole, err))
        return false;
    *text = whole.text;
    *len = whole.len;
    return true;
}

bool act_folder_write(const struct act_folder *f, const char *name,
                      const void *bytes, size_t len, struct err *err)
{
    int fd = openat(f->fd, name, NEW_FLAGS, S_IRUSR | S_IWUSR);

    if (fd < 0)
        return says(f, name, "cannot be made", err);
    bool good = file_write_open(fd, bytes, len) && fsync(fd) == 0;
    int why = errno;
    if (close(fd) != 0 && good) {
        good = false;
        why = errno;
    }
    errno = why;
    return good || says(f, name, "cannot be written", err);
}

bool act_folder_put(const struct act_folder *f, const char *name,
                    const void *bytes, size_t len, struct err *err)
{
    if (unlinkat(f->fd, half_made, 0) != 0 && errno != ENOENT)
        return says(f, half_made, "cannot be taken away", err);
    if (!act_folder_write(f, half_made, bytes, len, err))
        return false;
    if (renameat(f->fd, half_made, f->fd, name) != 0)
        return says(f, name, "cannot be written", err);
    return act_folder_flush(f, err);
}

bool act_folder_drop(const struct act_folder *f, const char *name,
                     struct err *err)
{
    if (unlinkat(f->fd, name, 0) != 0)
        return errno == ENOENT || says(f, name, "cannot be taken away", err);
    return act_folder_flush(f, err);
}
