#include "act/rate_limit_log.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json_fields.h"
#include "base/json_file.h"
#include "base/text.h"
#include "model/name.h"

enum {
    RATE_LIMIT_LOG_MAX = 16 * 1024 * 1024,
    KEPT_S = 15 * DAY_S,
    KEY_MAX = 32768
};

enum { KEPT_TEXT = JSON_OR_NULL | JSON_YOUNGER | JSON_AS_IS };

static const struct json_field entry_fields[] = {
    JSON_FIELD_NUMBER("at", struct rate_limit_entry, at, 0,
                      (int64_t)JSON_INT_MAX),
    JSON_FIELD_TEXT("ca", struct rate_limit_entry, ca, KEPT_TEXT),
    JSON_FIELD_TEXT("what", struct rate_limit_entry, what, KEPT_TEXT),
    JSON_FIELD_TEXTS("names", struct rate_limit_entry, names, names_len,
                     JSON_YOUNGER | JSON_AS_IS),
    JSON_FIELD_TEXT("order", struct rate_limit_entry, order,
                    KEPT_TEXT | JSON_NOT_EMPTY),
    JSON_FIELDS_END,
};

static const struct json_field log_fields[] = {
    JSON_FIELD_SCHEMA("certmend.ledger/1"),
    JSON_FIELD_LIST("entries", struct rate_limit_log, entries, len,
                    entry_fields),
    JSON_FIELDS_END,
};

static const char *path_of(const struct store *s)
{
    return arena_printf(s->arena, "%s/ledger.json", s->dir);
}

bool rate_limit_log_read(const struct store *s, struct rate_limit_log *out,
                         struct err *err)
{
    const char *path = path_of(s);
    struct json_reader r = { s->arena, path, err, false };
    struct rate_limit_log log = { .store = s };
    struct json *file = NULL;

    if (file_exists(path) &&
        (!json_file_read(s->arena, path, RATE_LIMIT_LOG_MAX, &file, err) ||
         !json_fields_read(&r, file, log_fields, &log)))
        return err_add(err, "what was spent of the rate limits");
    *out = log;
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

static bool counts_under(struct arena *a, const struct rate_limit_entry *entry,
                         enum limit_per per, const char *key)
{
    struct text_list keys = keys_of(a, per, entry->names, entry->names_len);

    return text_list_has(&keys, key);
}

static bool is_of(const struct rate_limit_entry *entry, const struct ca *ca,
                  enum limit_of of)
{
    return entry->what && entry->ca && strcmp(entry->ca, ca->directory) == 0 &&
           strcmp(entry->what, table_text(limit_of_words, (int)of)) == 0;
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

    for (size_t i = 0; i < l->len; i++) {
        const struct rate_limit_entry *entry = &l->entries[i];
        if (!is_of(entry, ca, limit->of) || entry->at > now_s ||
            !counts_under(a, entry, limit->per, key))
            continue;
        flow(&level, limit, entry->at);
        level.left -= 1;
        level.spent += entry->at > now_s - limit->window_s;
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
    struct rate_limit_log kept = { .entries = arena_alloc(
                                       a, l->len, sizeof *kept.entries) };
    struct json *file = json_object(a);

    for (size_t i = 0; i < l->len; i++)
        if (l->entries[i].at > now_s - KEPT_S)
            kept.entries[kept.len++] = l->entries[i];
    json_fields_write(a, file, log_fields, &kept);
    return json_file_write(a, path_of(l->store), file, RATE_LIMIT_LOG_MAX,
                           FILE_PRIVATE, err);
}

static bool is_of_order(const struct rate_limit_entry *entry, const char *order)
{
    return entry->order && order && strcmp(entry->order, order) == 0;
}

bool rate_limit_log_add(struct rate_limit_log *l,
                        const struct rate_limit_log_request *request,
                        enum limit_of what, int64_t now_s, struct err *err)
{
    struct arena *a = l->store->arena;
    struct text_list names = { 0 };

    for (size_t i = 0; i < l->len; i++)
        if (is_of_order(&l->entries[i], request->order))
            return true;
    for (size_t i = 0; i < request->names_len; i++)
        text_list_add(a, &names, arena_text(a, request->names[i]));
    l->entries = arena_grow(a, l->entries, l->len, sizeof *l->entries);
    l->entries[l->len++] = (struct rate_limit_entry){
        .at = now_s,
        .ca = request->ca->directory,
        .what = table_text(limit_of_words, (int)what),
        .names = names.text,
        .names_len = names.len,
        .order = request->order ? arena_text(a, request->order) : NULL,
    };
    return write_all(l, now_s, err) ||
           err_add(err, "writing down what was spent of the rate limits");
}

bool rate_limit_log_drop(struct rate_limit_log *l, const char *order,
                         int64_t now_s, struct err *err)
{
    size_t kept = 0, had = l->len;

    for (size_t i = 0; i < had; i++)
        if (!is_of_order(&l->entries[i], order))
            l->entries[kept++] = l->entries[i];
    l->len = kept;
    return kept == had || write_all(l, now_s, err) ||
           err_add(err, "writing down what was not spent of the rate limits");
}
