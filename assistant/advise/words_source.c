#include "advise/words_source.h"

#include "base/embed.h"
#include "base/file.h"

enum { TEMPLATE_MAX = 64 * 1024 };

static const char *read_from(const struct words_source *from, const char *path)
{
    const char *text = NULL;
    size_t len = 0;
    struct err err;
    if (!file_exists(path) ||
        !file_read(from->arena, path, TEMPLATE_MAX, &text, &len, &err))
        return NULL;
    return text;
}

const char *words_find(const struct words_source *from, const char *name)
{
    if (from->dir)
        return read_from(from, arena_printf(from->arena, "%s/%s/%s.mustache",
                                            from->dir, from->fix, name));
    const struct embedded *e = embed_find(
        arena_printf(from->arena, "templates/%s/%s.mustache", from->fix, name));
    return e ? e->text : NULL;
}

const char *words_partial(void *arg, const char *name)
{
    return words_find(arg, name);
}
