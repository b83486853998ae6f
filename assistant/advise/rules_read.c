#include <limits.h>
#include <string.h>

#include "advise/rules.h"
#include "base/clock.h"
#include "base/text.h"

static bool read_range(const struct json *range, const char *path,
                       struct err *err)
{
    static const char *const keys[] = { "min", "max", NULL };
    if (!json_need_known(range, keys, path, err))
        return false;
    JSON_EACH (end, range) {
        if (end->type != JSON_NUMBER)
            return err_set(err, ERR_INPUT, "%s: \"%s\" must be a number", path,
                           end->key);
    }
    if (range->len == 0)
        return err_set(err, ERR_INPUT,
                       "%s: a range needs \"min\", \"max\" or both", path);
    return true;
}

static bool is_literal(const struct json *j)
{
    return j->type == JSON_TEXT || j->type == JSON_NUMBER ||
           j->type == JSON_BOOL;
}

static bool read_wanted(const struct json *want, const char *path,
                        struct err *err)
{
    if (want->type == JSON_OBJECT)
        return read_range(want, path, err);
    if (want->type != JSON_ARRAY && !is_literal(want))
        return err_set(err, ERR_INPUT,
                       "%s: a literal, a list or a range was wanted", path);
    JSON_EACH (item, want) {
        if (!is_literal(item))
            return err_set(err, ERR_INPUT,
                           "%s: a list holds only texts, numbers and "
                           "true or false",
                           path);
    }
    return true;
}

static const struct fact *need_fact(const char *word, const char *path,
                                    struct err *err)
{
    const struct fact *fact = facts_find(word);
    if (!fact)
        err_set(err, ERR_INPUT, "%s: unknown word \"%s\"", path, word);
    return fact;
}

static bool read_when(struct arena *a, const struct json *when,
                      const char *path, struct rule_row *row, struct err *err)
{
    row->when = arena_alloc(a, when->len, sizeof *row->when);
    JSON_EACH (member, when) {
        const struct fact *fact = need_fact(member->key, path, err);
        if (!fact)
            return false;
        const char *at = arena_printf(a, "%s.%s", path, member->key);
        if (!read_wanted(member, at, err))
            return false;
        row->when[row->when_len++] = (struct condition){ fact, member };
    }
    return true;
}

static bool read_filling(const struct json *j, const char *path,
                         struct filling *out, struct err *err)
{
    bool is_object = j->type == JSON_OBJECT && j->len == 1;
    struct filling f = {
        .param = j->key,
        .literal = is_object ? json_find(j, "is") : NULL,
        .text = is_object ? json_find_text(j, "text") : NULL,
    };
    if (j->type == JSON_TEXT) {
        f.fact = need_fact(j->text, path, err);
        if (!f.fact)
            return false;
    }
    if (!f.fact && !f.literal && !f.text)
        return err_set(err, ERR_INPUT,
                       "%s: \"%s\" must be a word, {\"is\": literal} or "
                       "{\"text\": \"...\"}",
                       path, j->key);
    *out = f;
    return true;
}

static bool is_filled(const struct rule_row *row, const char *param)
{
    for (size_t i = 0; i < row->with_len; i++) {
        if (strcmp(row->with[i].param, param) == 0)
            return true;
    }
    return false;
}

static bool read_with(struct arena *a, const struct json *with,
                      const char *path, struct rule_row *row, struct err *err)
{
    row->with = arena_alloc(a, with ? with->len : 0, sizeof *row->with);
    JSON_EACH (member, with) {
        if (!read_filling(member, path, &row->with[row->with_len], err))
            return false;
        row->with_len++;
    }
    for (const char *const *p = row->fix->needs; *p; p++) {
        if (!is_filled(row, *p))
            return err_set(err, ERR_INPUT, "%s: fix \"%s\" needs \"%s\"", path,
                           row->fix->id, *p);
    }
    return true;
}

static bool read_date(const struct json *j, const char *key, const char *path,
                      int64_t *out, struct err *err)
{
    const struct json *date = json_find(j, key);
    if (!date)
        return true;
    if (date->type != JSON_TEXT || !clock_parse(date->text, out, err))
        return err_set(err, ERR_INPUT,
                       "%s: \"%s\" must be a date as 2026-03-15", path, key);
    return true;
}

static bool read_rank(const struct json *j, const char *path, int *rank,
                      struct err *err)
{
    int64_t n;
    if (!json_need_int(j, "rank", path, &n, err))
        return false;
    if (n < 1 || n > INT_MAX)
        return err_set(err, ERR_INPUT, "%s: \"rank\" must be 1 or more", path);
    *rank = (int)n;
    return true;
}

static bool read_head(const struct rules *r, const struct json *j,
                      struct rule_row *row, struct err *err)
{
    static const char *const keys[] = {
        "id",   "when",  "fix",   "with", "why",
        "rank", "since", "until", "refs", NULL
    };
    const char *fix = NULL;
    if (j->type != JSON_OBJECT)
        return err_set(err, ERR_INPUT, "%s: an object was wanted", row->path);
    if (!json_need_known(j, keys, row->path, err) ||
        !json_need_text(j, "id", row->path, &row->id, err) ||
        !json_need_text(j, "why", row->path, &row->why, err) ||
        !json_need_text(j, "fix", row->path, &fix, err) ||
        !json_need(j, "refs", JSON_ARRAY, row->path, &row->refs, err) ||
        !read_rank(j, row->path, &row->rank, err) ||
        !read_date(j, "since", row->path, &row->since, err) ||
        !read_date(j, "until", row->path, &row->until, err))
        return false;
    row->fix = fix_defs_find(&r->fixes, fix);
    if (!row->fix)
        return err_set(err, ERR_INPUT, "%s: unknown fix \"%s\"", row->path,
                       fix);
    return true;
}

static bool read_row(struct arena *a, const struct rules *r,
                     const struct json *j, struct rule_row *row,
                     struct err *err)
{
    const struct json *when = NULL;
    row->since = INT64_MIN;
    row->until = INT64_MAX;
    if (!read_head(r, j, row, err) ||
        !json_need(j, "when", JSON_OBJECT, row->path, &when, err))
        return false;
    const struct json *with = json_find(j, "with");
    const char *at = arena_printf(a, "%s.with", row->path);
    if (with && with->type != JSON_OBJECT)
        return err_set(err, ERR_INPUT, "%s: an object was wanted", at);
    return read_when(a, when, arena_printf(a, "%s.when", row->path), row,
                     err) &&
           read_with(a, with, at, row, err);
}

/* Absent is empty. */
static bool read_texts(struct arena *a, const struct json *j, const char *key,
                       const char *path, struct text_list *out, struct err *err)
{
    const struct json *list = json_find(j, key);
    if (!list)
        return true;
    if (list->type != JSON_ARRAY || !json_read_texts(a, list, out))
        return err_set(err, ERR_INPUT, "%s: \"%s\" must be a list of texts",
                       path, key);
    return true;
}

/* What it is told with, and once for what. */
static bool read_told(struct arena *a, const struct json *j, const char *path,
                      struct rule_file *file, struct err *err)
{
    struct text_list because_of = { 0 }, once_for = { 0 };
    if (!read_texts(a, j, "because_of", path, &because_of, err) ||
        !read_texts(a, j, "once_for", path, &once_for, err))
        return false;
    file->because_of = because_of.text;
    file->because_of_len = because_of.len;
    file->once_for = once_for.text;
    file->once_for_len = once_for.len;
    return true;
}

bool rules_read_file(struct arena *a, const struct rules *r,
                     const struct json *j, const char *path,
                     struct rule_file *out, struct err *err)
{
    static const char *const keys[] = { "finding",  "why_none",   "info_too",
                                        "once_for", "because_of", "rows",
                                        NULL };
    struct rule_file file = { .why_none = json_find_text(j, "why_none"),
                              .info_too = json_find_bool(j, "info_too") };
    const struct json *rows = NULL;
    if (!json_need_known(j, keys, path, err) ||
        !json_need_text(j, "finding", path, &file.finding, err) ||
        !json_need(j, "rows", JSON_ARRAY, path, &rows, err) ||
        !read_told(a, j, path, &file, err))
        return false;
    if (rows->len == 0 && !file.why_none)
        return err_set(err, ERR_INPUT,
                       "%s: without rows it needs a \"why_none\"", path);
    file.rows = arena_alloc(a, rows->len, sizeof *file.rows);
    JSON_EACH (item, rows) {
        struct rule_row *row = &file.rows[file.rows_len];
        row->path = arena_printf(a, "%s: rows[%zu]", path, file.rows_len);
        if (!read_row(a, r, item, row, err))
            return false;
        file.rows_len++;
    }
    *out = file;
    return true;
}
