/*
 * page_sample - pages of templates/page/, filled with data of a test's own
 *
 *   page_sample FOLDER <REQUESTS   [{"file", "name", "title", "served",
 * "data"}]; of an answer data is {"survey": a file, "client", "is_print"}
 */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/json_file.h"
#include "model/survey_json.h"
#include "page/page_render.h"
#include "page/page_view.h"
#include "run/evaluation.h"
#include "run/page_alone.h"

enum { PAGE_MAX = 4 * 1024 * 1024, SURVEY_MAX = 32 * 1024 * 1024 };

static bool read_survey(struct arena *a, const char *path, struct survey **out,
                        struct err *err)
{
    struct json *saved = NULL;

    return json_file_read(a, path, SURVEY_MAX, &saved, err) &&
           survey_from_json(a, saved, path, out, err);
}

/* What the service makes of a look. */
static bool view_of(struct arena *a, const struct json *data,
                    const struct json **out, struct err *err)
{
    static const struct look_options options;
    const struct page_view_options o = {
        .client = json_find_text(data, "client"),
        .at = json_find_text(data, "at"),
        .csrf_again = json_find_text(data, "csrf_again"),
        .is_print = json_find_bool(data, "is_print"),
    };
    struct evaluation evaluation;
    struct report report;
    struct survey *s = NULL;

    if (!read_survey(a, json_find_text(data, "survey"), &s, err) ||
        !evaluation_open(a, &options, &evaluation, err))
        return false;
    bool good = evaluation_saved(&evaluation, s, &report, err);
    if (good) {
        struct json *view = page_view(a, &report, &o);
        json_put_text(a, view, "csrf_look", json_find_text(data, "csrf_look"));
        *out = view;
    }
    evaluation_close(&evaluation);
    return good;
}

static bool render(struct arena *a, const struct json *j, struct buf *out,
                   struct err *err)
{
    struct page_request p = {
        .name = json_find_text(j, "name"),
        .title = json_find_text(j, "title"),
        .data = json_find(j, "data"),
        .served = json_find_bool(j, "served"),
    };

    if (json_find_text(p.data, "survey") && !view_of(a, p.data, &p.data, err))
        return false;
    return p.served ? page_render(a, &p, out, err)
                    : page_alone(a, &p, out, err);
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
