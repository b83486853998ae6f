#define _GNU_SOURCE /* O_PATH: a folder that may be passed and not listed */

#include "acme/challenge_webroot.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

/* Whoever serves the folder often owns it, and we may be root: nothing here is
 * done by path. Each step starts at the folder that is open, so that nobody can
 * put a link in the way between two of them. */

enum {
    STEPS = 2,
    FOLDER_FLAGS = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
    PASSING_FLAGS = O_PATH | O_DIRECTORY | O_CLOEXEC,
};

static const char *const steps[STEPS] = { ".well-known", "acme-challenge" };

/* The root, and the folder of each step. */
struct webroot_way {
    int fd[1 + STEPS]; /* -1: not open */
    int why_not;       /* errno */
};

static const char *path(const struct challenge_webroot *w, size_t depth)
{
    struct buf text;

    buf_init(&text, w->arena, 8192);
    buf_text(&text, w->root);
    for (size_t i = 0; i < depth; i++)
        buf_printf(&text, "/%s", steps[i]);
    return text.text;
}

static const char *says(const struct challenge_webroot *w, size_t depth,
                        int why)
{
    return arena_printf(w->arena, "%s: %s", path(w, depth), strerror(why));
}

/* A link that only root or we can have put there, and only root or we can put
 * elsewhere, is the administrator's request. */
static bool is_wanted_link(int above, const char *name)
{
    struct stat link, folder;

    if (fstatat(above, name, &link, AT_SYMLINK_NOFOLLOW) != 0 ||
        fstat(above, &folder) != 0 || !S_ISLNK(link.st_mode))
        return false;
    bool is_ours = link.st_uid == 0 || link.st_uid == geteuid();
    bool is_safe = folder.st_uid == 0 || folder.st_uid == geteuid();
    return is_ours && is_safe && !(folder.st_mode & (S_IWGRP | S_IWOTH));
}

static bool is_link(int above, const char *name)
{
    struct stat what;

    return fstatat(above, name, &what, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISLNK(what.st_mode);
}

static const char *led_elsewhere(const struct challenge_webroot *w,
                                 const char *where)
{
    return arena_printf(
        w->arena,
        "%s is a link that another user could lead elsewhere: make it a "
        "folder, or let root alone own it and the folder it is in",
        where);
}

/* NULL: way->fd[depth] is open; else why not. */
static const char *step(const struct challenge_webroot *w,
                        struct webroot_way *way, size_t depth)
{
    int above = way->fd[depth - 1];
    const char *name = steps[depth - 1];
    int follow = is_wanted_link(above, name) ? 0 : O_NOFOLLOW;

    way->fd[depth] = openat(above, name, FOLDER_FLAGS | follow);
    if (way->fd[depth] >= 0)
        return NULL;
    way->why_not = errno;
    if (follow && is_link(above, name))
        return led_elsewhere(w, path(w, depth));
    return says(w, depth, way->why_not);
}

/* The mode is right from the start: a mode that is changed afterwards may be
 * that of something else by then. */
static const char *make(struct challenge_webroot *w, struct webroot_way *way,
                        size_t depth)
{
    mode_t before = umask(022);
    bool is_new = mkdirat(way->fd[depth - 1], steps[depth - 1], 0755) == 0;
    int why = errno;

    umask(before);
    if (!is_new && why != EEXIST)
        return says(w, depth, why);
    w->made[depth - 1] = w->made[depth - 1] || is_new;
    return step(w, way, depth);
}

/* One part of the path to the root; way->fd[0] becomes what is there. */
static const char *enter(const struct challenge_webroot *w,
                         struct webroot_way *way, const char *name,
                         const char *rest)
{
    int above = way->fd[0];
    int flags = rest[strspn(rest, "/")] ? PASSING_FLAGS : FOLDER_FLAGS;
    int follow = is_wanted_link(above, name) ? 0 : O_NOFOLLOW;

    way->fd[0] = openat(above, name, flags | follow);
    way->why_not = errno;
    bool is_refused = way->fd[0] < 0 && follow && is_link(above, name);
    close(above);
    if (way->fd[0] >= 0)
        return NULL;
    if (is_refused)
        return led_elsewhere(
            w, arena_text_n(w->arena, w->root, (size_t)(rest - w->root)));
    return says(w, 0, way->why_not);
}

/* The folder itself: the way to it may lead by others' folders too. */
static const char *open_root(const struct challenge_webroot *w,
                             struct webroot_way *way)
{
    const char *rest = w->root;
    const char *why = NULL;

    way->fd[0] = open(*rest == '/' ? "/" : ".", PASSING_FLAGS);
    way->why_not = errno;
    if (way->fd[0] < 0)
        return says(w, 0, way->why_not);
    do {
        rest += strspn(rest, "/");
        size_t len = strcspn(rest, "/");
        const char *name = len ? arena_text_n(w->arena, rest, len) : ".";
        rest += len;
        why = enter(w, way, name, rest);
    } while (!why && rest[strspn(rest, "/")]);
    return why;
}

static const char *go(struct challenge_webroot *w, struct webroot_way *way,
                      bool makes)
{
    *way = (struct webroot_way){ { -1, -1, -1 }, 0 };
    const char *why = open_root(w, way);
    for (size_t depth = 1; depth <= STEPS && !why; depth++)
        why = makes ? make(w, way, depth) : step(w, way, depth);
    return why;
}

static void leave(const struct webroot_way *way)
{
    for (size_t i = 0; i <= STEPS; i++)
        if (way->fd[i] >= 0)
            close(way->fd[i]);
}

static bool fill(int fd, const char *text)
{
    size_t len = strlen(text);

    errno = ENOSPC;
    bool good = write(fd, text, len) == (ssize_t)len;
    return close(fd) == 0 && good;
}

/* One from a run that was cut short goes, as does anything else of that name:
 * a pipe, a link. None of it is ever opened. */
static bool write_in(int folder, const struct challenge_task *task)
{
    if (unlinkat(folder, task->token, 0) != 0 && errno != ENOENT)
        return false;
    mode_t before = umask(022);
    int fd = openat(folder, task->token,
                    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                    (mode_t)0644);
    int why = errno;
    umask(before);
    errno = why;
    if (fd < 0 || fill(fd, task->response))
        return fd >= 0;
    why = errno;
    unlinkat(folder, task->token, 0);
    errno = why;
    return false;
}

static const char *write_token(struct challenge_webroot *w,
                               const struct challenge_task *task)
{
    struct webroot_way way;
    const char *why = go(w, &way, true);

    if (!why && !write_in(way.fd[STEPS], task))
        why = arena_printf(w->arena, "%s/%s: %s", path(w, STEPS), task->token,
                           strerror(errno));
    if (!why)
        w->presented++;
    leave(&way);
    return why;
}

static void present(void *arg, const struct challenge_task *task,
                    challenge_done *done, void *done_arg)
{
    done(done_arg, write_token(arg, task));
}

/* Where nothing could be shown, nothing is to be taken away. */
static bool is_gone(int why)
{
    return why == ENOENT || why == ENOTDIR || why == ELOOP;
}

static const char *unlink_in(struct challenge_webroot *w,
                             const struct webroot_way *way,
                             const struct challenge_task *task)
{
    if (unlinkat(way->fd[STEPS], task->token, 0) != 0)
        return is_gone(errno)
                   ? NULL
                   : arena_printf(w->arena, "%s/%s: %s", path(w, STEPS),
                                  task->token, strerror(errno));
    w->presented -= w->presented > 0;
    return NULL;
}

static const char *remove_token(struct challenge_webroot *w,
                                const struct challenge_task *task)
{
    struct webroot_way way;
    const char *why = go(w, &way, false);

    if (why)
        why = is_gone(way.why_not) ? NULL : why;
    else
        why = unlink_in(w, &way, task);
    /* Not empty, or somebody else's by now: it stays. */
    for (size_t i = STEPS; i > 0 && !w->presented; i--)
        if (w->made[i - 1] && way.fd[i - 1] >= 0)
            unlinkat(way.fd[i - 1], steps[i - 1], AT_REMOVEDIR);
    leave(&way);
    return why;
}

static void cleanup(void *arg, const struct challenge_task *task,
                    challenge_done *done, void *done_arg)
{
    done(done_arg, remove_token(arg, task));
}

struct challenge_solver challenge_webroot(struct challenge_webroot *w)
{
    return (struct challenge_solver){
        .type = "http-01", .arg = w, .present = present, .cleanup = cleanup
    };
}
