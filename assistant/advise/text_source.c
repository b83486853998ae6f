#include "advise/text_source.h"

#include <string.h>

#include "advise/software.h"
#include "base/buf.h"
#include "base/embed.h"
#include "base/file.h"

enum { TEMPLATE_MAX = 64 * 1024 };

static const char slot[] = "software/"; /* "software/reload" */

static const char *read_file(const struct text_source *from, const char *path)
{
    const char *text = NULL;
    size_t len = 0;
    struct err err;
    if (!file_exists(path) ||
        !file_read(from->arena, path, TEMPLATE_MAX, &text, &len, &err))
        return NULL;
    return text;
}

const char *text_source_read(const struct text_source *from, const char *path)
{
    const char *top = from->dir ? from->dir : "templates";
    const char *file = arena_printf(from->arena, "%s/%s.mustache", top, path);
    if (from->dir)
        return read_file(from, file);
    const struct embedded *e = embed_find(file);
    return e ? e->text : NULL;
}

const char *text_source_find(const struct text_source *from, const char *name)
{
    return text_source_read(
        from, arena_printf(from->arena, "%s/%s", from->fix, name));
}

const char *text_source_common(const struct text_source *from)
{
    bool windows = false;
    for (size_t i = 0; from->software && i < from->software->len; i++) {
        const char *name = from->software->text[i];
        if (software_is_server(name) && !software_is_on_windows(name))
            return "generic"; /* whatever the tool's machine is */
        windows = windows || software_is_on_windows(name);
    }
    return windows ? "windows" : "generic";
}

static const char *part_of(const struct text_source *from, const char *name,
                           const char *part)
{
    return text_source_read(
        from, arena_printf(from->arena, "software/%s/%s", name, part));
}

/* Mail programs and tools have parts of their own that no server has. */
static bool servers_have(const struct text_source *from, const char *part)
{
    for (size_t i = 0; software_name(i); i++)
        if (software_is_server(software_name(i)) &&
            part_of(from, software_name(i), part))
            return true;
    return false;
}

/* One text behind the other, an empty line between. */
static const char *fill_slot(const struct text_source *from, const char *part)
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
    if (all.len)
        return all.text;
    if (from->is_general && servers_have(from, part))
        *from->is_general = true;
    const char *text = part_of(from, text_source_common(from), part);
    return text ? text : part_of(from, "generic", part);
}

const char *text_source_partial(void *arg, const char *name)
{
    const struct text_source *from = arg;
    const char *slash = strchr(name, '/');
    if (!slash)
        return text_source_find(from, name);
    bool is_slot =
        strncmp(name, slot, sizeof slot - 1) == 0 && !strchr(slash + 1, '/');
    return is_slot ? fill_slot(from, slash + 1) : text_source_read(from, name);
}
