#include "page/page_fleet.h"

#include <assert.h>

#include "base/clock.h"
#include "report/fleet_since.h"

enum { PORTS_TOLD = 8, PORTS_MAX = 200 };

static const char *const grade_keys[] = {
    [FLEET_ERROR] = "error",   [FLEET_WARNING] = "warning",
    [FLEET_UNSEEN] = "unseen", [FLEET_NO_TARGET] = "no_target",
    [FLEET_OK] = "ok",
};
static_assert(sizeof grade_keys / sizeof *grade_keys == FLEET_GRADES,
              "a key per grade");

static bool has_labels(const struct fleet_rows *rows)
{
    for (size_t i = 0; i < rows->len; i++)
        if (*rows->items[i]->label)
            return true;
    return false;
}

static void put_count(struct arena *a, struct json *page, const char *key,
                      size_t count)
{
    if (count)
        json_put_number(a, page, key, (double)count);
    else
        json_put(a, page, key, NULL);
}

static void put_counts(struct arena *a, const struct fleet_rows *rows,
                       struct json *page)
{
    static const char *const keys[] = {
        [FLEET_ERROR] = "errors",  [FLEET_WARNING] = "warnings",
        [FLEET_UNSEEN] = "unseen", [FLEET_NO_TARGET] = "no_target",
        [FLEET_OK] = "fine",
    };
    size_t counts[FLEET_GRADES] = { 0 };

    static_assert(sizeof keys / sizeof *keys == FLEET_GRADES,
                  "a key per grade");
    for (size_t i = 0; i < rows->len; i++)
        counts[rows->items[i]->grade]++;
    for (size_t i = 0; i < FLEET_GRADES; i++)
        put_count(a, page, keys[i], counts[i]);
    json_put_number(a, page, "all", (double)rows->len);
    json_put_bool(a, page, "all_one", rows->len == 1);
    json_put_bool(a, page, "errors_one", counts[FLEET_ERROR] == 1);
    json_put_bool(a, page, "warnings_one", counts[FLEET_WARNING] == 1);
    json_put_text(a, page, "sum", fleet_row_sum(a, rows->items, rows->len));
}

/* When the last of them was looked at; 0: none was. */
static int64_t looked_at(const struct fleet_rows *rows)
{
    int64_t last = 0;

    for (size_t i = 0; i < rows->len; i++)
        if (rows->items[i]->looked_at_s > last)
            last = rows->items[i]->looked_at_s;
    return last;
}

static void put_end(struct arena *a, const struct fleet_row *r,
                    struct json *row)
{
    const struct fleet_cert *cert = fleet_row_first_to_end(r);
    int64_t days = r->days < 0 ? -r->days : r->days;
    bool ends = r->has_days && cert;

    json_put_text(a, row, "until", ends ? clock_day(a, cert->ends_s) : NULL);
    json_put_number(a, row, "days", (double)days);
    json_put_bool(a, row, "days_one", days == 1);
    json_put_bool(a, row, "ended", r->days < 0);
}

static bool has_more(const struct fleet_row *r)
{
    return r->faults_len > 0;
}

static void put_names(struct arena *a, const struct fleet_row *r,
                      struct json *out)
{
    json_put_text(a, out, "id", arena_printf(a, "t%zu", r->at));
    json_put_text(a, out, "target", r->target);
    json_put_text(a, out, "label", r->label);
}

static void put_row(struct arena *a, const struct fleet_row *r,
                    const struct page_fleet_options *o, struct json *rows)
{
    struct json *row = json_add_object(a, rows);

    put_names(a, r, row);
    json_put_bool(a, json_put_object(a, row, "is"), grade_keys[r->grade], true);
    json_put_text(a, row, "since", r->compared ? fleet_since_words(a, r) : "");
    json_put_text(a, row, "fault", r->fault);
    json_put_text(a, row, "port", r->port);
    json_put_text(a, row, "fix", r->fix);
    json_put_text(a, row, "who", r->who);
    put_end(a, r, row);
    json_put_text(a, row, "at", o->row_at ? o->row_at(o->arg, r->at) : NULL);
    json_put_bool(a, row, "has_more", has_more(r));
}

static void put_fault(struct arena *a, const struct fleet_fault *f,
                      struct json *faults)
{
    struct json *fault = json_add_object(a, faults);
    struct buf ports;

    buf_init(&ports, a, PORTS_MAX);
    text_list_tell_most(&ports, f->ports.text, f->ports.len, PORTS_TOLD);
    json_put_text(a, fault, "title", f->title);
    json_put_text(a, fault, "ports", ports.text);
    json_put_bool(a, fault, "many", f->ports.len > 1);
    json_put_text(a, fault, "detail", f->detail);
}

static void put_more(struct arena *a, const struct fleet_row *r,
                     struct json *more)
{
    if (!has_more(r))
        return;
    struct json *one = json_add_object(a, more);
    struct json *faults = json_put_array(a, one, "faults");
    put_names(a, r, one);
    json_put_text(a, one, "fix", r->fix);
    json_put_text(a, one, "who", r->who);
    for (size_t i = 0; i < r->faults_len; i++)
        if (!r->faults[i].is_part)
            put_fault(a, &r->faults[i], faults);
}

struct json *page_fleet(struct arena *a, const struct fleet_rows *rows,
                        const struct page_fleet_options *o)
{
    struct json *page = json_object(a);
    int64_t when = looked_at(rows);

    bool compared = rows->len && rows->items[0]->compared;

    json_put_bool(a, page, "is_wide", has_labels(rows) || compared);
    put_counts(a, rows, page);
    json_put_text(a, page, "when", when ? clock_moment(a, when) : NULL);
    json_put_bool(a, page, "has_labels", has_labels(rows));
    json_put_bool(a, page, "compared", compared);
    struct json *table = json_put_array(a, page, "rows");
    struct json *more = json_put_array(a, page, "more");
    for (size_t i = 0; i < rows->len; i++) {
        put_row(a, rows->items[i], o, table);
        put_more(a, rows->items[i], more);
    }
    json_put_bool(a, page, "has_any_more", more->len > 0);
    json_put_text(a, page, "at", o->at);
    json_put_text(a, page, "csrf_again", o->csrf_again);
    return page;
}
