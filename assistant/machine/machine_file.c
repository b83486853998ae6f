#define _GNU_SOURCE /* O_PATH */
#include "machine/machine_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/own.h"
#include "machine/in_root.h"

OWN_DEFINE(DIR, closedir);

enum { CHUNK = 64 * 1024, STARS_MAX = 4 };

bool machine_root_open(struct arena *a, const char *path,
                       struct machine_root *out, struct err *err)
{
    int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return err_set(err, ERR_SYSTEM, "%s cannot be looked into: %s", path,
                       strerror(errno));
    *out = (struct machine_root){ fd, arena_text(a, path) };
    return true;
}

void machine_root_close(struct machine_root *root)
{
    if (root->fd >= 0)
        close(root->fd);
    root->fd = -1;
}

static bool refuse(struct err *err, const char *path, const char *why)
{
    return err_set(err, ERR_INPUT, "%s cannot be read: %s", path, why);
}

static bool no_way(struct err *err, const char *path, int why)
{
    if (why == ENOSYS)
        return err_set(err, ERR_SYSTEM,
                       "%s cannot be read: that takes Linux 5.6 or later",
                       path);
    return err_set(err, ERR_SYSTEM, "%s cannot be read: %s", path,
                   why == ELOOP ? "its links lead round in a circle, or out of "
                                  "the file system"
                                : strerror(why));
}

static const char *kind_of(mode_t mode)
{
    return S_ISDIR(mode)    ? "it is a folder"
           : S_ISFIFO(mode) ? "it is a pipe"
           : S_ISSOCK(mode) ? "it is a socket"
                            : "it is a device";
}

static bool drain(int fd, struct buf *out)
{
    char *chunk = arena_alloc(out->arena, CHUNK, 1);
    ssize_t got = 1;

    while (got != 0 && !out->full) {
        got = read(fd, chunk, CHUNK);
        if (got > 0)
            buf_bytes(out, chunk, (size_t)got);
        else if (got < 0 && errno != EINTR)
            return false;
    }
    return true;
}

static bool too_long(struct err *err, const char *path, size_t max)
{
    return err_set(err, ERR_INPUT,
                   "%s cannot be read: it is longer than %zu KiB", path,
                   max / 1024);
}

/* What was found is a file; now its bytes. */
static bool take(struct arena *a, const char *path, int found, size_t max,
                 struct machine_file *out, struct err *err)
{
    struct buf whole;
    int fd = in_root_reopen(found);

    if (fd < 0)
        return no_way(err, path, errno);
    buf_init(&whole, a, max);
    bool good = drain(fd, &whole);
    int why = errno;
    close(fd);
    if (!good)
        return no_way(err, path, why);
    if (whole.full)
        return too_long(err, path, max);
    out->text = whole.text;
    out->len = whole.len;
    return true;
}

static bool read_found(struct arena *a, const struct machine_root *root,
                       int found, size_t max, struct machine_file *out,
                       struct err *err)
{
    struct stat what;
    struct machine_file file = { .path = out->path };
    const char *path = out->path;

    if (fstat(found, &what) != 0)
        return no_way(err, path, errno);
    if (!S_ISREG(what.st_mode))
        return refuse(err, path, kind_of(what.st_mode));
    if (what.st_size > 0 && (uintmax_t)what.st_size > max)
        return too_long(err, path, max);
    file.resolved = in_root_path(a, root, found);
    if (!file.resolved)
        return refuse(err, path, "it was replaced while it was looked at");
    if (!take(a, path, found, max, &file, err))
        return false;
    file.links = what.st_nlink;
    file.dev = what.st_dev;
    file.inode = what.st_ino;
    file.uid = what.st_uid;
    file.gid = what.st_gid;
    file.mode = what.st_mode & 07777;
    file.hands_off = in_root_hands_off(a, root, file.resolved, found);
    *out = file;
    return true;
}

bool machine_file_read(struct arena *a, const struct machine_root *root,
                       const char *path, size_t max, struct machine_file *out,
                       struct err *err)
{
    if (path[0] != '/')
        return refuse(err, path, "it is not named from the top (\"/\") on");
    int found = in_root_find(root, path);
    if (found < 0)
        return no_way(err, path, errno);
    struct machine_file file = { .path = arena_text(a, path) };
    bool good = read_found(a, root, found, max, &file, err);
    close(found);
    if (good)
        *out = file;
    return good;
}

/* A pipe or a device is one, too: the server would open it, and who reads it
 * here says what it is. */
static bool is_file(const struct machine_root *root, const char *path)
{
    struct stat what;
    int fd = in_root_find(root, path);
    bool is = fd >= 0 && fstat(fd, &what) == 0 && !S_ISDIR(what.st_mode);

    if (fd >= 0)
        close(fd);
    return is;
}

static int by_byte(const void *a, const void *b)
{
    const char *const *one = a;
    const char *const *other = b;

    return strcmp(*one, *other);
}

struct found {
    const struct machine_root *root;
    const char *folder, *last; /* of the pattern */
    const char **paths;
    size_t len;
};

static bool collect(struct arena *a, DIR *dir, struct found *out,
                    struct err *err)
{
    for (const struct dirent *e = readdir(dir); e; e = readdir(dir)) {
        if (fnmatch(out->last, e->d_name, FNM_PERIOD | FNM_PATHNAME) != 0)
            continue;
        const char *path = arena_printf(a, "%s/%s", out->folder, e->d_name);
        if (!is_file(out->root, path))
            continue;
        if (out->len == CONF_FILES_MAX)
            return err_set(err, ERR_INPUT,
                           "%s/%s cannot be read: these are more than %d files",
                           out->folder, out->last, CONF_FILES_MAX);
        out->paths = arena_grow(a, out->paths, out->len, sizeof *out->paths);
        out->paths[out->len++] = path;
    }
    return true;
}

/* Each star may stand for any part of a name: many of them take for ever. */
static bool is_too_starry(const char *last)
{
    size_t stars = 0;

    for (const char *c = last; *c; c++)
        stars += *c == '*' && c[1] != '*';
    return stars > STARS_MAX;
}

/* None where there is no such folder. */
static bool list(struct arena *a, struct found *out, struct err *err)
{
    const char *folder = *out->folder ? out->folder : "/";
    int fd =
        in_root_open(out->root, folder, O_RDONLY | O_DIRECTORY | O_NONBLOCK);

    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR ? true
                                                   : no_way(err, folder, errno);
    OWN(DIR) *dir = fdopendir(fd);
    if (!dir) {
        int why = errno;
        close(fd);
        return no_way(err, folder, why);
    }
    return collect(a, dir, out, err);
}

bool machine_file_glob(struct arena *a, const struct machine_root *root,
                       const char *pattern, const char *const **paths,
                       size_t *len, struct err *err)
{
    const char *slash = strrchr(pattern, '/');
    struct found found = { .root = root };

    if (pattern[0] != '/')
        return refuse(err, pattern, "it is not named from the top (\"/\") on");
    found.folder = arena_text_n(a, pattern, (size_t)(slash - pattern));
    found.last = slash[1] ? slash + 1 : "*";
    if (strpbrk(found.folder, "*?["))
        return refuse(err, pattern,
                      "only the last part of a path may have * ? or [ in it");
    if (is_too_starry(found.last))
        return refuse(err, pattern, "it has too many stars");
    if (!list(a, &found, err))
        return false;
    if (found.len)
        qsort(found.paths, found.len, sizeof *found.paths, by_byte);
    *paths = found.paths;
    *len = found.len;
    return true;
}
