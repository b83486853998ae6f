#include "advise/words_source.h"

#include <string.h>

#include "base/buf.h"
#include "base/embed.h"
#include "base/file.h"

enum { TEMPLATE_MAX = 64 * 1024 };

static const char slot[] = "software/"; /* "software/reload" */

static const char *read_file(const struct words_source *from, const char *path)
{
    const char *text = NULL;
    size_t len = 0;
    struct err err;
    if (!file_exists(path) ||
        !file_read(from->arena, path, TEMPLATE_MAX, &text, &len, &err))
        return NULL;
    return text;
}

const char *words_read(const struct words_source *from, const char *path)
{
    const char *top = from->dir ? from->dir : "templates";
    const char *file = arena_printf(from->arena, "%s/%s.mustache", top, path);
    if (from->dir)
        return read_file(from, file);
    const struct embedded *e = embed_find(file);
    return e ? e->text : NULL;
}

const char *words_find(const struct words_source *from, const char *name)
{
    return words_read(from,
                      arena_printf(from->arena, "%s/%s", from->fix, name));
}

static const char *part_of(const struct words_source *from, const char *name,
                           const char *part)
{
    return words_read(from,
                      arena_printf(from->arena, "software/%s/%s", name, part));
}

/* One text behind the other, an empty line between. */
static const char *fill_slot(const struct words_source *from, const char *part)
{
    struct buf all;
    buf_init(&all, from->arena, TEMPLATE_MAX);
    for (size_t i = 0; from->software && i < from->software->len; i++) {
        const char *text = part_of(from, from->software->text[i], part);
        if (text && all.len)
            buf_char(&all, '\n');
        if (text)
            buf_text(&all, text);
    }
    return all.len ? all.text : part_of(from, "generic", part);
}

const char *words_partial(void *arg, const char *name)
{
    const struct words_source *from = arg;
    const char *slash = strchr(name, '/');
    if (!slash)
        return words_find(from, name);
    bool is_slot =
        strncmp(name, slot, sizeof slot - 1) == 0 && !strchr(slash + 1, '/');
    return is_slot ? fill_slot(from, slash + 1) : words_read(from, name);
}
