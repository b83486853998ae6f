#include "run/fleet_print.h"

#include <string.h>

#include "base/log.h"

enum { REPORT_MAX = 16 * 1024 * 1024 };

struct fleet_text {
    struct arena *arena; /* owned: the text's; NULL: not done, or printed */
    struct buf text;
    bool ended;
};

void fleet_print_begin(struct fleet_print *p)
{
    p->texts = arena_alloc(p->arena, p->len + 1, sizeof *p->texts);
}

/* ---- one after the other ---- */

/* Several reports in JSON are one array, in text they stand apart. */
static bool print_one(struct fleet_print *p, struct fleet_text *t,
                      struct err *err)
{
    bool array = p->format == FORMAT_JSON && p->len > 1;
    bool first = p->printed == 0, last = ++p->printed == p->len;
    bool parted = t->text.len && p->shown;
    const char *before = array && first ? "[" : "";
    const char *between = array ? "," : p->format == FORMAT_TEXT ? "\n" : "";
    const char *behind = array && last ? "]\n" : "";

    p->shown += t->text.len > 0;
    return p->put(before, strlen(before), err) &&
           (!parted || p->put(between, strlen(between), err)) &&
           p->put(t->text.text, t->text.len, err) &&
           p->put(behind, strlen(behind), err);
}

static bool print_ended(struct fleet_print *p, struct fleet_text *t,
                        struct err *err)
{
    bool printed = print_one(p, t, err);

    arena_free(t->arena);
    t->arena = NULL;
    return printed;
}

static bool print_ready(struct fleet_print *p, size_t at, struct err *err)
{
    p->texts[at].ended = true;
    if (p->format == FORMAT_JSONL)
        return print_ended(p, &p->texts[at], err);
    while (p->printed < p->len && p->texts[p->printed].ended)
        if (!print_ended(p, &p->texts[p->printed], err))
            return false;
    return true;
}

/* ---- the text of one ---- */

/* A line for each target, also for what is none. */
static struct json *line_of(struct arena *a, const struct fleet_result *r)
{
    if (r->report)
        return report_json(a, r->report);
    struct json *line = json_object(a);
    json_put_text(a, line, "schema", "certmend.failure/1");
    struct json *asked = json_put_object(a, line, "asked");
    json_put_text(a, asked, "input", r->item->input);
    if (r->item->label)
        json_put_text(a, asked, "label", r->item->label);
    json_put_text(a, line, "error", r->err->text);
    return line;
}

static void render(struct fleet_print *p, const struct fleet_result *r,
                   struct buf *out)
{
    if (p->format == FORMAT_JSONL)
        json_print(line_of(out->arena, r), false, out);
    else if (r->report)
        evaluation_render(r->arena, p->format, r->report, out);
    else if (p->format == FORMAT_NAGIOS) /* a plugin says that in its line */
        buf_printf(out, "CERTMEND UNKNOWN - %s\n", r->err->text);
}

bool fleet_print_take(struct fleet_print *p, const struct fleet_result *r,
                      struct err *err)
{
    struct fleet_text *t = &p->texts[r->at];

    if (r->err)
        log_error(r->err);
    t->arena = arena_new();
    buf_init(&t->text, t->arena, REPORT_MAX);
    render(p, r, &t->text);
    return print_ready(p, r->at, err);
}
