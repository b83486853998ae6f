/*
 * page_table - several targets as one table, worst first
 */
#include <string.h>

#include "page/page_fleet.h"
#include "report/fleet_since.h"
#include "serve/serve_inside.h"

enum { FILE_MAX = 128 * 1024 * 1024 };

static struct json *line_of(struct arena *a, const struct serve_look *l,
                            size_t part)
{
    const struct report *r = look_report_in(a, l, part);

    return r ? report_json(a, r)
             : fleet_row_failure(a, l->parts[part].input, NULL,
                                 l->parts[part].run.err.text);
}

static const char *lines_of(struct arena *a, const struct serve_look *l,
                            size_t *len)
{
    struct buf out;

    buf_init(&out, a, FILE_MAX);
    for (size_t i = 0; i < l->parts_len; i++)
        json_print(line_of(a, l, i), false, &out);
    *len = out.len;
    return out.text;
}

/* What "check all again" is held against; NULL: nothing, or it is gone. */
static bool read_past(const struct page_call *c, struct fleet_past **out,
                      struct err *err)
{
    struct arena *a = c->request->arena;
    const char *id = c->look->asked.before;
    const struct serve_look *before =
        id ? looks_find(&c->serve->looks, id) : NULL;
    size_t len = 0;

    *out = NULL;
    if (!before || before->state != LOOK_DONE)
        return true;
    const char *text = lines_of(a, before, &len);
    return fleet_since_read(a, text, len, "the look before", out, err);
}

static bool read_rows(const struct page_call *c, struct fleet_rows *out,
                      struct err *err)
{
    struct arena *a = c->request->arena;
    const struct serve_look *l = c->look;
    struct fleet_row *rows = arena_alloc(a, l->parts_len, sizeof *rows);
    const struct fleet_row **sorted =
        arena_alloc(a, l->parts_len, sizeof(struct fleet_row *));
    struct fleet_past *past = NULL;

    if (!read_past(c, &past, err))
        return false;
    for (size_t i = 0; i < l->parts_len; i++) {
        if (!fleet_row_read(a, line_of(a, l, i), &rows[i], err))
            return false;
        rows[i].at = i;
        if (past)
            fleet_since_compare(a, past, &rows[i]);
        sorted[i] = &rows[i];
    }
    fleet_row_sort(sorted, l->parts_len);
    *out = (struct fleet_rows){ sorted, l->parts_len };
    return true;
}

static const char *row_at(void *arg, size_t at)
{
    const struct page_call *c = arg;

    return look_report(c->look, at)
               ? arena_printf(c->request->arena, "/a/%s.%zu", c->look->id,
                              at + 1)
               : NULL;
}

void page_table(struct page_call *c)
{
    struct arena *a = c->request->arena;
    struct err err = { ERR_NONE, "" };
    struct fleet_rows rows;
    const struct page_fleet_options o = {
        .at = page_at(c, ""),
        .csrf_again = page_csrf(c, "again"),
        .row_at = row_at,
        .arg = c,
    };

    if (read_rows(c, &rows, &err))
        page_reply(c, 200, "table", page_fleet(a, &rows, &o));
    else
        page_reply_failed(c, &err);
}

void page_table_csv(struct page_call *c)
{
    struct err err = { ERR_NONE, "" };
    struct fleet_rows rows;
    struct buf out;

    if (c->look->state != LOOK_DONE || c->look->parts_len < 2) {
        page_reply_error(c, 404, "unknown");
        return;
    }
    if (!read_rows(c, &rows, &err)) {
        page_reply_failed(c, &err);
        return;
    }
    buf_init(&out, c->request->arena, FILE_MAX);
    fleet_report_csv(c->request->arena, &rows, &out);
    page_reply_file(c, "text/csv; charset=utf-8", "certmend-table.csv",
                    out.text, out.len);
}

void page_table_jsonl(struct page_call *c)
{
    size_t len = 0;

    if (c->look->state != LOOK_DONE) {
        page_reply_error(c, 404, "unknown");
        return;
    }
    const char *text = lines_of(c->request->arena, c->look, &len);
    page_reply_file(c, "application/jsonl", "certmend-reports.jsonl", text,
                    len);
}
