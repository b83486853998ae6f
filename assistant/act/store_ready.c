#include "act/store_ready.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The nearest folder that is there: what is missing is made in it. */
static const char *nearest(struct arena *a, const char *dir)
{
    struct stat st;

    while (stat(dir, &st) < 0 && errno == ENOENT) {
        const char *slash = strrchr(dir, '/');
        if (!slash)
            return ".";
        dir = slash == dir ? "/" : arena_text_n(a, dir, (size_t)(slash - dir));
    }
    return dir;
}

const char *store_not_ready(const struct store *s)
{
    const char *dir = nearest(s->arena, s->dir);
    struct stat st;

    if (stat(dir, &st) < 0)
        return arena_printf(s->arena, "%s: %s.", dir, strerror(errno));
    if (!S_ISDIR(st.st_mode))
        return arena_printf(s->arena, "%s is no folder.", dir);
    return access(dir, W_OK | X_OK) == 0
               ? NULL
               : arena_printf(s->arena, "%s: %s.", dir, strerror(errno));
}

bool store_is_shared(const struct store *s)
{
    struct stat st;

    return stat(s->dir, &st) == 0 && (st.st_mode & S_IWGRP);
}
