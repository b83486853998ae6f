#include "act/rate_limit_log.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "model/name.h"

enum {
    RATE_LIMIT_LOG_MAX = 16 * 1024 * 1024,
    KEPT_S = 15 * DAY_S,
    KEY_MAX = 32768
};

static const char *path_of(const struct store *s)
{
    return arena_printf(s->arena, "%s/ledger.json", s->dir);
}

bool rate_limit_log_read(const struct store *s, struct rate_limit_log *out,
                         struct err *err)
{
    const char *path = path_of(s), *text = NULL;
    size_t len = 0;
    struct json *file = NULL;
    const struct json *entries = NULL;

    *out = (struct rate_limit_log){ s, json_array(s->arena) };
    if (!file_exists(path))
        return true;
    if (!file_read(s->arena, path, RATE_LIMIT_LOG_MAX, &text, &len, err) ||
        !json_parse(s->arena, text, len, path, &file, err) ||
        !json_need(file, "entries", JSON_ARRAY, path, &entries, err))
        return err_add(err, "what was spent of the rate limits");
    out->entries = json_copy(s->arena, entries);
    return true;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The same names in any order are the same set. */
static const char *set_of(struct arena *a, const char *const *names, size_t len)
{
    const char **sorted = arena_copy(a, names, len * sizeof *names);
    struct buf key;

    if (len)
        qsort(sorted, len, sizeof *sorted, by_text);
    buf_init(&key, a, KEY_MAX);
    for (size_t i = 0; i < len; i++)
        if (i == 0 || strcmp(sorted[i - 1], sorted[i]) != 0)
            buf_printf(&key, "%s%s", key.len ? " " : "", sorted[i]);
    return key.text;
}

/* An address stands for itself. */
static const char *domain_of(struct arena *a, const char *name)
{
    const char *domain = name_domain(a, name_base(name));

    return domain ? domain : name_base(name);
}

/* What a limit counts these names under. */
static struct text_list keys_of(struct arena *a, enum limit_per per,
                                const char *const *names, size_t len)
{
    struct text_list keys = { 0 };

    if (per == PER_ACCOUNT)
        text_list_add_new(a, &keys, "this account");
    if (per == PER_SET)
        text_list_add_new(a, &keys, set_of(a, names, len));
    for (size_t i = 0; i < len; i++) {
        if (per == PER_DOMAIN)
            text_list_add_new(a, &keys, domain_of(a, names[i]));
        if (per == PER_NAME)
            text_list_add_new(a, &keys, name_base(names[i]));
    }
    return keys;
}

static bool counts_under(struct arena *a, const struct json *entry,
                         enum limit_per per, const char *key)
{
    struct text_list names = { 0 };

    JSON_EACH (name, json_find(entry, "names"))
        text_list_add(a, &names, name->text ? name->text : "");
    struct text_list keys = keys_of(a, per, names.text, names.len);
    return text_list_has(&keys, key);
}

static bool is_of(const struct json *entry, const struct ca *ca,
                  enum limit_of of)
{
    const char *what = json_find_text(entry, "what");
    const char *by = json_find_text(entry, "ca");

    return what && by && strcmp(by, ca->directory) == 0 &&
           strcmp(what, table_text(limit_of_words, (int)of)) == 0;
}

struct level {
    double left; /* may be spent now */
    int64_t at;  /* Unix seconds, of `left` */
    int64_t spent;
};

static void flow(struct level *level, const struct limit *limit, int64_t at)
{
    if (at > level->at)
        level->left += (double)(at - level->at) * (double)limit->most /
                       (double)limit->window_s;
    if (level->left > (double)limit->most)
        level->left = (double)limit->most;
    level->at = at;
}

static struct level level_of(const struct rate_limit_log *l,
                             const struct ca *ca, const struct limit *limit,
                             const char *key, int64_t now_s)
{
    struct arena *a = l->store->arena;
    struct level level = { .left = (double)limit->most };

    JSON_EACH (entry, l->entries) {
        int64_t at = (int64_t)json_find_number(entry, "at", 0);
        if (!is_of(entry, ca, limit->of) || at > now_s ||
            !counts_under(a, entry, limit->per, key))
            continue;
        flow(&level, limit, at);
        level.left -= 1;
        level.spent += at > now_s - limit->window_s;
    }
    flow(&level, limit, now_s);
    return level;
}

static const char *span(struct arena *a, int64_t s)
{
    if (s % DAY_S == 0)
        return s == DAY_S ? "a day"
                          : arena_printf(a, "%d days", (int)(s / DAY_S));
    return s == HOUR_S ? "an hour"
                       : arena_printf(a, "%d hours", (int)(s / HOUR_S));
}

static const char *about(const struct limit *limit, const char *key)
{
    return limit->per == PER_SET ? "exactly these names" : key;
}

static void refuse(struct arena *a,
                   const struct rate_limit_log_request *request,
                   const struct limit *limit, const char *key,
                   const struct level *level, struct rate_limit_log_cost *out)
{
    double wait_s =
        (1 - level->left) * (double)limit->window_s / (double)limit->most;
    int64_t free_at = level->at + (int64_t)wait_s + 1;

    if (out->refusal && out->free_at >= free_at)
        return;
    out->free_at = free_at;
    out->refusal = arena_printf(
        a,
        "%s allows %lld %ss in %s for %s, and this machine has had %lld; the "
        "next is possible at %s.",
        request->ca->title, (long long)limit->most,
        table_text(limit_of_words, (int)limit->of), span(a, limit->window_s),
        about(limit, key), (long long)level->spent, clock_text(a, free_at));
}

struct rate_limit_log_cost rate_limit_log_ask(
    const struct rate_limit_log *l,
    const struct rate_limit_log_request *request, int64_t now_s)
{
    struct arena *a = l->store->arena;
    const struct ca *ca = request->ca;
    struct rate_limit_log_cost cost = { 0 };
    const char **lines = NULL;

    for (size_t i = 0; i < ca->limits_len && !request->is_renewal; i++) {
        const struct limit *limit = &ca->limits[i];
        struct text_list keys =
            keys_of(a, limit->per, request->names, request->names_len);
        for (size_t k = 0; k < keys.len; k++) {
            struct level level = level_of(l, ca, limit, keys.text[k], now_s);
            if (level.left < 1)
                refuse(a, request, limit, keys.text[k], &level, &cost);
            if (limit->of != LIMIT_CERTIFICATE)
                continue;
            lines = arena_grow(a, lines, cost.len, sizeof *lines);
            lines[cost.len++] = arena_printf(
                a, "certificate %lld of %lld in %s for %s",
                (long long)level.spent + 1, (long long)limit->most,
                span(a, limit->window_s), about(limit, keys.text[k]));
        }
    }
    cost.lines = lines;
    return cost;
}

static bool write_all(const struct rate_limit_log *l, int64_t now_s,
                      struct err *err)
{
    struct arena *a = l->store->arena;
    struct json *file = json_object(a);
    struct buf text;

    json_put_text(a, file, "schema", "certmend.ledger/1");
    struct json *kept = json_put_array(a, file, "entries");
    JSON_EACH (entry, l->entries)
        if (json_find_number(entry, "at", 0) > (double)(now_s - KEPT_S))
            json_add(a, kept, entry);
    buf_init(&text, a, RATE_LIMIT_LOG_MAX);
    json_print(file, false, &text);
    return file_write(path_of(l->store), text.text, text.len, FILE_PRIVATE,
                      err);
}

static bool is_of_order(const struct json *entry, const char *order)
{
    const char *text = json_find_text(entry, "order");

    return text && order && strcmp(text, order) == 0;
}

bool rate_limit_log_add(struct rate_limit_log *l,
                        const struct rate_limit_log_request *request,
                        enum limit_of what, int64_t now_s, struct err *err)
{
    struct arena *a = l->store->arena;

    JSON_EACH (known, l->entries)
        if (is_of_order(known, request->order))
            return true;
    struct json *entry = json_add_object(a, l->entries);

    json_put_number(a, entry, "at", (double)now_s);
    json_put_text(a, entry, "ca", request->ca->directory);
    json_put_text(a, entry, "what", table_text(limit_of_words, (int)what));
    json_put_texts(a, entry, "names", request->names, request->names_len);
    if (request->order)
        json_put_text(a, entry, "order", request->order);
    return write_all(l, now_s, err) ||
           err_add(err, "writing down what was spent of the rate limits");
}

bool rate_limit_log_drop(struct rate_limit_log *l, const char *order,
                         int64_t now_s, struct err *err)
{
    struct arena *a = l->store->arena;
    struct json *kept = json_array(a);
    bool found = false;

    JSON_EACH (entry, l->entries) {
        if (is_of_order(entry, order))
            found = true;
        else
            json_add(a, kept, entry);
    }
    l->entries = kept;
    return !found || write_all(l, now_s, err) ||
           err_add(err, "writing down what was not spent of the rate limits");
}
