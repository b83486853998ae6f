#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/near.h"
#include "base/own.h"

OWN_DEFINE(DIR, closedir);

enum { CHUNK = 64 * 1024, TEMP_TRIES = 100, NAMES_MAX = 1000 };

bool file_read_open(int fd, struct buf *out)
{
    char chunk[CHUNK];
    ssize_t got = 1;

    while (got != 0 && !out->full) {
        got = read(fd, chunk, sizeof chunk);
        if (got > 0)
            buf_bytes(out, chunk, (size_t)got);
        else if (got < 0 && errno != EINTR)
            return false;
    }
    return true;
}

bool file_read(struct arena *a, const char *path, size_t max, const char **text,
               size_t *len, struct err *err)
{
    bool is_stdin = strcmp(path, "-") == 0;
    int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    struct buf whole;

    if (fd < 0)
        return err_set(err, ERR_SYSTEM, "%s cannot be read: %s", path,
                       strerror(errno));
    buf_init(&whole, a, max);
    bool good = file_read_open(fd, &whole);
    int why = errno;
    if (!is_stdin)
        close(fd);
    if (!good)
        return err_set(err, ERR_SYSTEM, "%s cannot be read: %s", path,
                       strerror(why));
    if (whole.full)
        return err_set(err, ERR_INPUT,
                       "%s cannot be read: it is longer than %zu bytes", path,
                       max);
    *text = whole.text;
    *len = whole.len;
    return true;
}

bool file_write_open(int fd, const void *bytes, size_t len)
{
    const char *left = bytes;

    while (len) {
        ssize_t put = write(fd, left, len);
        if (put < 0 && errno != EINTR)
            return false;
        if (put > 0) {
            left += put;
            len -= (size_t)put;
        }
    }
    return true;
}

/* Pipes and terminals have no disk behind them. */
static bool flush(int fd)
{
    struct stat what;
    bool on_disk = fstat(fd, &what) == 0 && S_ISREG(what.st_mode);

    return !on_disk || fsync(fd) == 0;
}

static bool fill_and_close(int fd, const void *bytes, size_t len)
{
    bool good = file_write_open(fd, bytes, len) && flush(fd);
    int why = errno;

    if (close(fd) != 0 && good)
        return false;
    errno = why;
    return good;
}

bool file_is_temp(const char *path)
{
    static const char digits[] = "0123456789";
    const char *name = strrchr(path, '/');
    const char *end = strrchr(name ? name : path, '.');
    const char *start = end;

    if (!end || strcmp(end, ".tmp") != 0)
        return false;
    while (start > path && strchr("0123456789-", start[-1]))
        start--;
    size_t pid = strspn(start, digits);
    size_t count = start[pid] == '-' ? strspn(start + pid + 1, digits) : 0;
    return start > path && start[-1] == '.' && pid && count &&
           start + pid + 1 + count == end;
}

/* A file of its own beside `path`; its name goes into *temp. */
static int open_temp(struct arena *a, const char *path, mode_t mode,
                     const char **temp)
{
    int fd = -1;

    errno = EEXIST;
    for (int i = 0; i < TEMP_TRIES && fd < 0 && errno == EEXIST; i++) {
        *temp = arena_printf(a, "%s.%ld-%d.tmp", path, (long)getpid(), i);
        fd = open(*temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    }
    return fd;
}

/* The new name is on disk only once its folder is; a folder that cannot be
 * opened or flushed is no reason to call the file lost. */
static void flush_folder(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t len = slash ? (size_t)(slash - path) : 0;
    const char *dir = slash ? arena_text_n(a, path, len ? len : 1) : ".";
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return;
    fsync(fd);
    close(fd);
}

static bool replace(struct arena *a, const char *path, const void *bytes,
                    size_t len, enum file_mode mode)
{
    bool is_private = mode == FILE_PRIVATE || mode == FILE_PRIVATE_NEW;
    bool is_new = mode == FILE_PUBLIC_NEW || mode == FILE_PRIVATE_NEW;
    const char *temp = NULL;
    int fd = open_temp(a, path, is_private ? 0600 : 0644, &temp);

    if (fd < 0)
        return false;
    bool good = fill_and_close(fd, bytes, len);
    /* link() is the step that never replaces anything. */
    if (good)
        good = (is_new ? link(temp, path) : rename(temp, path)) == 0;
    int why = errno;
    if (!good || is_new)
        unlink(temp);
    if (good)
        flush_folder(a, path);
    errno = why;
    return good;
}

/* A device or a pipe is not replaced but written to: for what may be public. */
static bool is_special(const char *path)
{
    struct stat what;

    return stat(path, &what) == 0 && !S_ISREG(what.st_mode) &&
           !S_ISDIR(what.st_mode);
}

static bool write_special(const char *path, const void *bytes, size_t len)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    return fd >= 0 && fill_and_close(fd, bytes, len);
}

/* The end of a name: ".csr"; "" where it has none. */
static const char *ending(const char *name)
{
    const char *dot = strrchr(name, '.');

    return dot && dot != name ? dot : "";
}

static const char *likely_name(struct arena *a, const char *folder,
                               const char *name)
{
    OWN(DIR) *dir = opendir(folder);
    struct near_search n = { name, NULL, 0 };
    const char *only = NULL;
    size_t alike = 0;
    const struct dirent *one;

    for (int i = 0; dir && i < NAMES_MAX && (one = readdir(dir)); i++) {
        const char *its = arena_text(a, one->d_name);
        if (its[0] == '.')
            continue;
        near_try(&n, its, its);
        if (*ending(name) && strcmp(ending(its), ending(name)) == 0) {
            only = its;
            alike++;
        }
    }
    return n.best || alike != 1 ? n.best : only;
}

bool file_did_you_mean(struct arena *a, const char *path, struct err *err)
{
    const char *slash = strrchr(path, '/');
    size_t len = slash ? (size_t)(slash - path) + 1 : 0;
    const char *folder = arena_text_n(a, path, len);

    if (err->kind != ERR_SYSTEM || access(path, F_OK) == 0 || errno != ENOENT)
        return false;
    const char *name = likely_name(a, len ? folder : ".", path + len);
    const char *said = arena_text(a, err->text);
    return name ? err_set(err, ERR_SYSTEM, "%s; did you mean \"%s%s\"?", said,
                          folder, name)
                : false;
}

bool file_write(const char *path, const void *bytes, size_t len,
                enum file_mode mode, struct err *err)
{
    bool may_exist = mode == FILE_PUBLIC || mode == FILE_PRIVATE;
    struct arena *a = arena_new();
    bool good = mode == FILE_PUBLIC && is_special(path)
                    ? write_special(path, bytes, len)
                    : replace(a, path, bytes, len, mode);
    int why = errno;

    arena_free(a);
    if (!good && why == EEXIST && !may_exist)
        return err_set(err, ERR_INPUT,
                       "%s was not written: it is there already, and is left "
                       "as it is",
                       path);
    if (!good)
        return err_set(err, ERR_SYSTEM, "%s cannot be written: %s", path,
                       strerror(why));
    return true;
}

bool file_exists(const char *path)
{
    struct stat what;

    return stat(path, &what) == 0;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool ends_with(const char *text, const char *suffix)
{
    size_t len = strlen(text), n = strlen(suffix);

    return len >= n && strcmp(text + len - n, suffix) == 0;
}

bool file_list(struct arena *a, const char *dir, const char *suffix,
               const char *const **names, size_t *len, struct err *err)
{
    OWN(DIR) *d = opendir(dir);
    const char **list = NULL;
    size_t n = 0;

    if (!d)
        return err_set(err, ERR_SYSTEM, "%s cannot be read: %s", dir,
                       strerror(errno));
    for (struct dirent *e = readdir(d); e; e = readdir(d)) {
        if (e->d_name[0] == '.' || !ends_with(e->d_name, suffix))
            continue;
        list = arena_grow(a, list, n, sizeof *list);
        list[n++] = arena_text(a, e->d_name);
    }
    if (n)
        qsort(list, n, sizeof *list, by_text);
    *names = list;
    *len = n;
    return true;
}
