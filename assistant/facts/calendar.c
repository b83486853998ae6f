#include "facts/calendar.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/table.h"

static const struct word kind_words[] = {
    { "lifetime_max", CALENDAR_LIFETIME_MAX },
    { "lifetime", CALENDAR_LIFETIME },
    { "validation_reuse", CALENDAR_REUSE },
    { "renewal", CALENDAR_RENEWAL },
    { "key_bits_min", CALENDAR_KEY_BITS_MIN },
    { "links", CALENDAR_LINKS },
    { "no_client_auth", CALENDAR_NO_CLIENT_AUTH },
    { "dnssec_validated", CALENDAR_DNSSEC },
    { NULL, CALENDAR_KIND_COUNT },
};
static_assert(sizeof kind_words / sizeof *kind_words == CALENDAR_KIND_COUNT + 1,
              "a word per kind");

/* What a kind is counted in; an event is counted in nothing. */
enum measure { IN_TIME, IN_BITS, IN_COUNT, AN_EVENT };

static const enum measure measures[] = {
    [CALENDAR_LIFETIME_MAX] = IN_TIME,    [CALENDAR_LIFETIME] = IN_TIME,
    [CALENDAR_REUSE] = IN_TIME,           [CALENDAR_RENEWAL] = IN_TIME,
    [CALENDAR_KEY_BITS_MIN] = IN_BITS,    [CALENDAR_LINKS] = IN_COUNT,
    [CALENDAR_NO_CLIENT_AUTH] = AN_EVENT, [CALENDAR_DNSSEC] = AN_EVENT,
};
static_assert(sizeof measures / sizeof *measures == CALENDAR_KIND_COUNT,
              "a measure per kind");

static const struct {
    const char *key;
    enum measure measure;
    int64_t each;
} units[] = {
    { "days", IN_TIME, DAY_S },
    { "hours", IN_TIME, HOUR_S },
    { "bits", IN_BITS, 1 },
    { "count", IN_COUNT, 1 },
};

enum { VALUE_MAX = 100000 };

static bool read_value(const struct json *j, const char *path,
                       struct calendar_row *row, struct err *err)
{
    enum measure wanted = measures[row->kind];
    int found = 0;

    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        int64_t number = 0;
        if (!json_find(j, units[i].key))
            continue;
        if (!json_need_int(j, units[i].key, path, &number, err))
            return false;
        if (units[i].measure != wanted || number < 1 || number > VALUE_MAX)
            return err_set(err, ERR_INPUT, "%s: \"%s\" cannot be that", path,
                           units[i].key);
        row->value = number * units[i].each;
        found++;
    }
    if (wanted == AN_EVENT)
        row->value = 1;
    return found == (wanted != AN_EVENT) ||
           err_set(err, ERR_INPUT, "%s: one value was wanted", path);
}

static bool read_date(const struct json *j, const char *key, const char *path,
                      int64_t *out, struct err *err)
{
    const struct json *date = json_find(j, key);

    if (!date || (date->type == JSON_TEXT && clock_parse(date->text, out, err)))
        return true;
    return err_set(err, ERR_INPUT, "%s: \"%s\" must be a date as 2026-03-15",
                   path, key);
}

static bool read_refs(struct arena *a, const struct json *j, const char *path,
                      struct text_list *out, struct err *err)
{
    const struct json *list = NULL;

    if (!json_need(j, "refs", JSON_ARRAY, path, &list, err))
        return false;
    return (json_read_texts(a, list, out) && out->len) ||
           err_set(err, ERR_INPUT, "%s: who says so, in \"refs\"?", path);
}

static bool read_row(struct arena *a, const struct json *j, const char *of,
                     const char *path, struct calendar_row *row,
                     struct err *err)
{
    static const char *const keys[] = { "kind",  "days",  "hours", "bits",
                                        "count", "since", "until", "refs",
                                        "of",    NULL };
    const char *kind = NULL;

    *row = (struct calendar_row){ .of = of,
                                  .since = INT64_MIN,
                                  .until = INT64_MAX };
    if (!json_need_known(j, keys, path, err) ||
        !json_need_text(j, "kind", path, &kind, err) ||
        (!of && !json_need_text(j, "of", path, &row->of, err)))
        return false;
    row->kind = (enum calendar_kind)table_code(kind_words, kind);
    if (row->kind == CALENDAR_KIND_COUNT || (of && json_find(j, "of")))
        return err_set(err, ERR_INPUT, "%s: nothing is known of \"%s\" there",
                       path, of && json_find(j, "of") ? "of" : kind);
    if (!read_value(j, path, row, err) ||
        !read_date(j, "since", path, &row->since, err) ||
        !read_date(j, "until", path, &row->until, err) ||
        !read_refs(a, j, path, &row->refs, err))
        return false;
    return row->since < row->until ||
           err_set(err, ERR_INPUT, "%s: it ends before it begins", path);
}

/* The last of the same kind ends where this one begins. */
static bool follows(const struct calendar *c, const struct calendar_row *row,
                    const char *path, struct err *err)
{
    const struct calendar_row *last = NULL;

    for (size_t i = 0; i < c->len; i++)
        if (c->rows[i].kind == row->kind && strcmp(c->rows[i].of, row->of) == 0)
            last = &c->rows[i];
    return !last || last->until == row->since ||
           err_set(err, ERR_INPUT,
                   "%s: it has to begin where the one before it ends", path);
}

bool calendar_read(struct arena *a, const struct json *list, const char *of,
                   const char *path, struct calendar *into, struct err *err)
{
    struct calendar c = *into;

    if (list && list->type != JSON_ARRAY)
        return err_set(err, ERR_INPUT, "%s: a list of dates was wanted", path);
    JSON_EACH (j, list) {
        const char *where =
            arena_printf(a, "%s: calendar[%zu]", path, c.len - into->len);
        struct calendar_row *rows = arena_grow(a, c.rows, c.len, sizeof *rows);
        c.rows = rows;
        if (!read_row(a, j, of, where, &rows[c.len], err) ||
            !follows(&c, &rows[c.len], where, err))
            return false;
        c.len++;
    }
    *into = c;
    return true;
}

const struct calendar_row *calendar_at(const struct calendar *c,
                                       enum calendar_kind kind, const char *of,
                                       int64_t at)
{
    for (size_t i = 0; i < c->len; i++) {
        const struct calendar_row *row = &c->rows[i];
        if (row->kind == kind && strcmp(row->of, of) == 0 && row->since <= at &&
            (at < row->until || row->until == INT64_MAX))
            return row;
    }
    return NULL;
}

int64_t calendar_value(const struct calendar *c, enum calendar_kind kind,
                       const char *of, int64_t at)
{
    const struct calendar_row *row = calendar_at(c, kind, of, at);

    return row ? row->value : 0;
}
