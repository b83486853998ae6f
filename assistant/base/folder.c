#include "base/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"

static const mode_t modes[] = {
    [FOLDER_PUBLIC] = 0755, [FOLDER_PRIVATE] = 0700
};

static bool says(const char *path, const char *what, struct err *err)
{
    return err_set(err, ERR_SYSTEM, "%s %s: %s", path, what, strerror(errno));
}

/* What `path` stands in. */
static const char *above(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return ".";
    return slash == path ? "/" : arena_text_n(a, path, (size_t)(slash - path));
}

static bool flush(const char *dir)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;
    int why = errno;

    if (fd >= 0)
        close(fd);
    errno = why;
    return good;
}

static bool flush_above(struct arena *a, const char *path, struct err *err)
{
    const char *dir = above(a, path);

    return flush(dir) || says(dir, "cannot be flushed to disk", err);
}

static bool is_folder(const char *path)
{
    struct stat what;

    return stat(path, &what) == 0 && S_ISDIR(what.st_mode);
}

static bool make(struct arena *a, const char *path, mode_t mode,
                 struct err *err)
{
    if (is_folder(path))
        return true;
    const char *dir = above(a, path);
    if (!is_folder(dir) && strcmp(dir, path) != 0 && !make(a, dir, mode, err))
        return false;
    /* The umask has no say in what a web server has to be able to read. */
    if (mkdir(path, mode) != 0 || chmod(path, mode) != 0)
        return says(path, "cannot be made", err);
    return flush_above(a, path, err);
}

bool folder_make(const char *path, enum folder_mode mode, struct err *err)
{
    struct arena *a = arena_new();
    bool made = make(a, path, modes[mode], err);

    arena_free(a);
    return made;
}

bool folder_move(const char *from, const char *to, struct err *err)
{
    struct arena *a = arena_new();
    struct stat what;
    bool moved = false;

    if (lstat(to, &what) == 0)
        err_set(err, ERR_SYSTEM, "%s is there already", to);
    else if (rename(from, to) != 0)
        says(to, "cannot be given its name", err);
    else
        moved = flush_above(a, to, err);
    arena_free(a);
    return moved;
}

bool folder_exchange(const char *one, const char *other, struct err *err)
{
    struct arena *a = arena_new();
    bool done = syscall(SYS_renameat2, AT_FDCWD, one, AT_FDCWD, other,
                        RENAME_EXCHANGE) == 0 ||
                says(one, "cannot be exchanged in one step here", err);

    done = done && flush_above(a, one, err) && flush_above(a, other, err);
    arena_free(a);
    return done;
}

static bool relink(struct arena *a, const char *to, const char *path,
                   struct err *err)
{
    const char *temp = arena_printf(a, "%s.new", path);
    struct stat what;

    if (lstat(path, &what) == 0 && !S_ISLNK(what.st_mode))
        return err_set(err, ERR_INPUT,
                       "%s is not a link of ours: it is left as it is; move "
                       "it away, or choose another store",
                       path);
    /* One may be left from a run that was cut short. */
    if (unlink(temp) != 0 && errno != ENOENT)
        return says(temp, "cannot be taken away", err);
    if (symlink(to, temp) != 0)
        return says(temp, "cannot be made", err);
    if (rename(temp, path) != 0) {
        says(path, "cannot be replaced", err);
        unlink(temp);
        return false;
    }
    return flush_above(a, path, err);
}

bool folder_link(const char *to, const char *path, struct err *err)
{
    struct arena *a = arena_new();
    bool linked = relink(a, to, path, err);

    arena_free(a);
    return linked;
}

const char *folder_link_read(struct arena *a, const char *path)
{
    char to[4096];
    ssize_t len = readlink(path, to, sizeof to);

    if (len <= 0 || (size_t)len >= sizeof to)
        return NULL;
    return arena_text_n(a, to, (size_t)len);
}

const char *folder_owner(struct arena *a, const char *path)
{
    struct stat what;

    if (stat(path, &what) != 0)
        return NULL;
    const struct passwd *user = getpwuid(what.st_uid);
    return user ? arena_text(a, user->pw_name)
                : arena_printf(a, "number %ld", (long)what.st_uid);
}

static bool empty_and_remove(struct arena *a, const char *path, struct err *err)
{
    const char *const *names = NULL;
    size_t len = 0;

    if (!file_list(a, path, "", &names, &len, err))
        return false;
    for (size_t i = 0; i < len; i++) {
        const char *file = arena_printf(a, "%s/%s", path, names[i]);
        if (unlink(file) != 0 && errno != ENOENT)
            return says(file, "cannot be taken away", err);
    }
    if (rmdir(path) != 0)
        return says(path, "cannot be taken away", err);
    return flush_above(a, path, err);
}

static bool drop(struct arena *a, const char *path, struct err *err)
{
    if (unlink(path) != 0 && errno != ENOENT)
        return says(path, "cannot be taken away", err);
    return flush_above(a, path, err);
}

bool folder_drop(const char *path, struct err *err)
{
    struct arena *a = arena_new();
    bool dropped = drop(a, path, err);

    arena_free(a);
    return dropped;
}

bool folder_remove(const char *path, struct err *err)
{
    struct arena *a = arena_new();
    bool removed = empty_and_remove(a, path, err);

    arena_free(a);
    return removed;
}

void folder_sweep(const char *path)
{
    struct arena *a = arena_new();
    const char *const *names = NULL;
    size_t len = 0;
    struct err ignored;

    if (!file_list(a, path, ".tmp", &names, &len, &ignored))
        len = 0;
    for (size_t i = 0; i < len; i++)
        unlink(arena_printf(a, "%s/%s", path, names[i]));
    arena_free(a);
}

/* Who holds it wrote down its number; only for the message. */
static bool is_held(struct arena *a, const char *path, struct err *err)
{
    enum { NUMBER_MAX = 32 };
    const char *number = "";
    size_t len = 0;
    struct err ignored;

    if (!file_read(a, path, NUMBER_MAX, &number, &len, &ignored))
        number = "";
    size_t digits = strspn(number, "0123456789");
    return err_set(err, ERR_INPUT,
                   "another certmend is at work here%s%.*s%s, it holds %s; "
                   "wait until it is done",
                   digits ? " (process " : "", (int)digits, number,
                   digits ? ")" : "", path);
}

bool folder_lock(struct arena *a, const char *path, int *out, struct err *err)
{
    int fd =
        open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, (mode_t)0600);
    char number[32];

    if (fd < 0)
        return says(path, "cannot be opened", err);
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        bool held = errno == EWOULDBLOCK;
        says(path, "cannot be locked", err);
        close(fd);
        return held ? is_held(a, path, err) : false;
    }
    int len = snprintf(number, sizeof number, "%ld\n", (long)getpid());
    /* A full disk makes the number missing, not the lock. */
    if (ftruncate(fd, 0) == 0 && pwrite(fd, number, (size_t)len, 0) < 0)
        number[0] = '\0';
    *out = fd;
    return true;
}

void folder_unlock(int lock)
{
    if (lock >= 0)
        close(lock);
}
