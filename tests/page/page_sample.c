/*
 * page_sample - pages of templates/page/, filled with data of a test's own
 *
 *   page_sample FOLDER <REQUESTS   [{"file", "name", "title", "served",
 * "data"}]
 */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "page/page_render.h"
#include "run/page_alone.h"

enum { PAGE_MAX = 4 * 1024 * 1024 };

static bool render(struct arena *a, const struct json *j, struct buf *out,
                   struct err *err)
{
    const struct page_request p = {
        .name = json_find_text(j, "name"),
        .title = json_find_text(j, "title"),
        .data = json_find(j, "data"),
        .served = json_find_bool(j, "served"),
    };

    return p.served ? page_render(a, &p, out, err)
                    : page_alone(a, NULL, p.name, p.title, p.data, out, err);
}

static bool write_all(struct arena *a, const char *folder, struct err *err)
{
    struct buf in;
    struct json *all = NULL;

    buf_init(&in, a, PAGE_MAX);
    if (!file_read_open(0, &in))
        return err_set(err, ERR_SYSTEM, "the requests cannot be read");
    if (!json_parse(a, in.text, in.len, "requests", &all, err))
        return false;
    JSON_EACH (j, all) {
        struct buf out;
        buf_init(&out, a, PAGE_MAX);
        const char *path =
            arena_printf(a, "%s/%s", folder, json_find_text(j, "file"));
        if (!render(a, j, &out, err) ||
            !file_write(path, out.text, out.len, FILE_PUBLIC, err))
            return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    struct arena *a = arena_new();
    struct err err = { 0 };
    bool good = argc == 2 && write_all(a, argv[1], &err);

    if (!good)
        fprintf(stderr, "page_sample: %s\n", err.text);
    arena_free(a);
    return !good;
}
