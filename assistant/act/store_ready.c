#include "act/store_ready.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "act/store_adopt.h"
#include "base/file.h"
#include "base/folder.h"

/* The nearest folder that is there: what is missing is made in it. */
static const char *nearest(struct arena *a, const char *dir)
{
    struct stat st;

    while (stat(dir, &st) < 0 && errno == ENOENT && lstat(dir, &st) < 0) {
        const char *slash = strrchr(dir, '/');
        if (!slash)
            return ".";
        dir = slash == dir ? "/" : arena_text_n(a, dir, (size_t)(slash - dir));
    }
    return dir;
}

static const char *not_writable(struct arena *a, const char *path)
{
    const char *dir = nearest(a, path);
    struct stat st;

    if (stat(dir, &st) < 0)
        return arena_printf(a, "%s: %s.", dir, strerror(errno));
    if (!S_ISDIR(st.st_mode))
        return arena_printf(a, "%s is no folder.", dir);
    return access(dir, W_OK | X_OK) == 0
               ? NULL
               : arena_printf(a, "%s: %s.", dir, strerror(errno));
}

/* What stands where the link is to be. */
static const char *taken(const struct store *s, const char *name)
{
    const char *live = arena_printf(s->arena, "%s/live/%s", s->dir, name);
    const char *ours = arena_printf(s->arena, "../archive/%s/", name);
    const char *to = folder_link_read(s->arena, live);
    struct stat st;

    if (lstat(live, &st) != 0 || (to && strncmp(to, ours, strlen(ours)) == 0))
        return NULL;
    if (S_ISLNK(st.st_mode))
        return arena_printf(s->arena,
                            "%s is a link that certmend did not make; move it "
                            "away.",
                            live);
    if (store_is_copy(s, name)) /* the lock puts it right, if it can */
        return s->lock < 0 ? NULL
                           : arena_printf(s->arena,
                                          "%s is a folder, as a copy without "
                                          "links has it; copy the store once "
                                          "more with \"cp -a\".",
                                          live);
    return arena_printf(s->arena,
                        "%s is there already, and certmend did not make it; "
                        "move it away.",
                        live);
}

const char *store_not_ready(const struct store *s, const char *name)
{
    static const char *const places[] = { "live", "accounts", "pending" };
    struct arena *a = s->arena;
    const char *why =
        not_writable(a, arena_printf(a, "%s/archive/%s", s->dir, name));

    for (size_t i = 0; i < sizeof places / sizeof *places && !why; i++)
        why = not_writable(a, arena_printf(a, "%s/%s", s->dir, places[i]));
    return why ? why : taken(s, name);
}

bool store_is_shared(const struct store *s)
{
    struct stat st;

    return stat(s->dir, &st) == 0 && (st.st_mode & S_IWGRP);
}
