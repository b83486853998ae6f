#include "run/fleet_print.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"

enum { REPORT_MAX = 16 * 1024 * 1024, FLEET_MAX = 512 * 1024 * 1024 };

struct fleet_text {
    struct arena *arena; /* owned: the text's; NULL: not done, or printed */
    struct buf text;
    bool ended;
};

/* One page for all of them, and not one for each. */
static bool is_at_end(const struct fleet_print *p)
{
    enum format format = p->options->format;

    return evaluation_is_fleet(format) ||
           (format == FORMAT_HTML && (p->len > 1 || p->past)) ||
           format == FORMAT_NAGIOS;
}

void fleet_print_begin(struct fleet_print *p)
{
    size_t room = p->len + 1;

    if (!is_at_end(p))
        p->texts = arena_alloc(p->arena, room, sizeof *p->texts);
    else
        p->rows = arena_alloc(p->arena, room, sizeof *p->rows);
    if (p->options->format == FORMAT_NAGIOS)
        p->alarms = arena_alloc(p->arena, room, sizeof *p->alarms);
}

/* ---- one after the other ---- */

/* Several reports in JSON are one array, in text they stand apart. */
static bool print_one(struct fleet_print *p, struct fleet_text *t,
                      struct err *err)
{
    enum format format = p->options->format;
    bool array = format == FORMAT_JSON && p->len > 1;
    bool first = p->printed == 0, last = ++p->printed == p->len;
    bool parted = t->text.len && p->shown;
    const char *before = array && first ? "[" : "";
    const char *between = array ? "," : format == FORMAT_TEXT ? "\n" : "";
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
    if (p->options->format == FORMAT_JSONL)
        return print_ended(p, &p->texts[at], err);
    while (p->printed < p->len && p->texts[p->printed].ended)
        if (!print_ended(p, &p->texts[p->printed], err))
            return false;
    return true;
}

/* ---- one of them ---- */

/* A line for each target, also for what is none. */
static struct json *line_of(struct arena *a, const struct fleet_result *r)
{
    return r->report ? report_json(a, r->report)
                     : fleet_row_failure(a, r->item->input, r->item->label,
                                         r->err->text);
}

static bool read_row(const struct fleet_print *p, struct arena *a,
                     const struct fleet_result *r, const struct json *line,
                     struct fleet_row *out, struct err *err)
{
    if (!fleet_row_read(a, line, out, err))
        return false;
    out->at = r->at;
    if (p->past)
        fleet_since_compare(a, p->past, out);
    return true;
}

/* In JSON it is a member of the line. */
static bool put_since(const struct fleet_print *p, const struct fleet_result *r,
                      struct json *line, struct err *err)
{
    struct fleet_row row;

    if (!p->past)
        return true;
    if (!read_row(p, r->arena, r, line, &row, err))
        return false;
    json_put(r->arena, line, "since", fleet_since_json(r->arena, &row));
    return true;
}

static bool render(const struct fleet_print *p, const struct fleet_result *r,
                   struct buf *out, struct err *err)
{
    bool lines = p->options->format == FORMAT_JSONL;

    if (!lines && p->options->format != FORMAT_JSON)
        return !r->report ||
               evaluation_render(r->arena, p->options, r->report, out, err);
    if (!lines && !r->report)
        return true;
    struct json *line = line_of(r->arena, r);
    if (!put_since(p, r, line, err))
        return false;
    json_print(line, !lines, out);
    return true;
}

static bool keep_row(struct fleet_print *p, const struct fleet_result *r,
                     struct err *err)
{
    struct fleet_row *row = &p->rows[p->printed];
    struct report_alarm *alarm = p->alarms ? &p->alarms[p->printed] : NULL;

    if (!read_row(p, p->arena, r, line_of(r->arena, r), row, err))
        return false;
    if (alarm && r->report)
        report_nagios(p->arena, r->report, &p->options->limits, alarm);
    if (alarm && !r->report)
        report_nagios_failed(p->arena, r->err->text, alarm);
    p->printed++;
    return true;
}

bool fleet_print_take(struct fleet_print *p, const struct fleet_result *r,
                      struct err *err)
{
    if (r->err)
        log_error(r->err);
    if (is_at_end(p))
        return keep_row(p, r, err);
    struct fleet_text *t = &p->texts[r->at];
    t->arena = arena_new();
    buf_init(&t->text, t->arena, REPORT_MAX);
    return render(p, r, &t->text, err) && print_ready(p, r->at, err);
}

/* ---- all of them ---- */

static struct fleet_rows sorted(const struct fleet_print *p)
{
    const struct fleet_row **items =
        arena_alloc(p->arena, p->printed + 1, sizeof(struct fleet_row *));

    for (size_t i = 0; i < p->printed; i++)
        items[i] = &p->rows[i];
    fleet_row_sort(items, p->printed);
    return (struct fleet_rows){ items, p->printed };
}

static const struct report_alarm *alarm_of(const struct fleet_print *p,
                                           const struct fleet_row *row)
{
    return &p->alarms[row - p->rows];
}

/* Monitoring Plugins, development guidelines 2.6: a label has no "'" and no
 * "=". */
static void put_label(struct buf *out, const char *target, const char *what)
{
    buf_text(out, " '");
    for (; *target; target++)
        buf_char(out, strchr("'=|", *target) ? '_' : *target);
    buf_printf(out, " %s'=", what);
}

/* Behind a "|" in the second or a later line all that follows is data: so the
 * first line has its own, and the last one that of the others. */
static void put_others(const struct fleet_print *p,
                       const struct fleet_row *const *rows, size_t len,
                       struct buf *out)
{
    size_t at = out->len;

    for (size_t i = 1; i < len; i++) {
        const struct report_alarm *alarm = alarm_of(p, rows[i]);
        if (!*alarm->days && !*alarm->life)
            continue;
        if (out->len == at)
            buf_text(out, " |");
        if (*alarm->days) {
            put_label(out, rows[i]->target, "days");
            buf_text(out, alarm->days);
        }
        if (*alarm->life) {
            put_label(out, rows[i]->target, "life");
            buf_text(out, alarm->life);
        }
    }
}

static void put_alarms(const struct fleet_print *p,
                       const struct fleet_rows *rows, struct buf *out)
{
    static const enum alarm_status worst_first[] = { ALARM_CRITICAL,
                                                     ALARM_WARNING,
                                                     ALARM_UNKNOWN, ALARM_OK };
    const struct fleet_row **order =
        arena_alloc(p->arena, rows->len + 1, sizeof(struct fleet_row *));
    size_t len = 0;

    for (size_t s = 0; s < ALARM_COUNT; s++)
        for (size_t i = 0; i < rows->len; i++)
            if (alarm_of(p, rows->items[i])->status == worst_first[s])
                order[len++] = rows->items[i];
    if (len)
        report_nagios_line(alarm_of(p, order[0]), out);
    for (size_t i = 1; i < len; i++) {
        buf_text(out, alarm_of(p, order[i])->text);
        if (i + 1 == len)
            put_others(p, order, len, out);
        buf_char(out, '\n');
    }
}

bool fleet_print_end(struct fleet_print *p, struct err *err)
{
    struct buf out;

    if (!is_at_end(p))
        return true;
    const struct fleet_rows rows = sorted(p);
    buf_init(&out, p->arena, FLEET_MAX);
    if (p->alarms)
        put_alarms(p, &rows, &out);
    else if (!evaluation_render_fleet(p->arena, p->options, &rows, &out, err))
        return false;
    if (out.full)
        return err_set(err, ERR_SYSTEM,
                       "the result is too large; --format jsonl gives it line "
                       "by line");
    return p->put(out.text, out.len, err);
}
