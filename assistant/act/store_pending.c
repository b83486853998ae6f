#include "act/store_pending.h"

#include <string.h>

#include "act/key_file.h"
#include "base/clock.h"
#include "base/folder.h"
#include "base/json_fields.h"
#include "base/json_file.h"

/* Let's Encrypt forgets an order after a week. */
enum { KEPT_S = 7 * DAY_S };

static const char order_file[] = "order.json";

enum { KEPT_TEXT = JSON_OR_NULL | JSON_YOUNGER | JSON_AS_IS };

static const struct json_field pending_fields[] = {
    JSON_FIELD_SCHEMA("certmend.order/1"),
    JSON_FIELD_TEXT("order", struct store_pending, order, JSON_AS_IS),
    JSON_FIELD_TEXT("directory", struct store_pending, directory, KEPT_TEXT),
    JSON_FIELD_TEXT("account", struct store_pending, account, KEPT_TEXT),
    JSON_FIELD_TEXT("profile", struct store_pending, profile,
                    KEPT_TEXT | JSON_NOT_EMPTY),
    JSON_FIELD_TEXTS("names", struct store_pending, names, names_len,
                     JSON_YOUNGER | JSON_AS_IS),
    JSON_FIELD_BOOL("replaces", struct store_pending, replaces, JSON_YOUNGER),
    JSON_FIELD_NUMBER("at", struct store_pending, at, 0, (int64_t)JSON_INT_MAX),
    JSON_FIELDS_END,
};

static const char *path_of(const struct store *s, const char *name,
                           const char *file)
{
    return arena_printf(s->arena, "%s/pending/%s%s%s", s->dir, name,
                        file ? "/" : "", file ? file : "");
}

static bool read_order(const struct store *s, const char *path,
                       const struct json **out)
{
    const struct json *j = store_json(s, path);

    if (!j || j->type != JSON_OBJECT)
        return false;
    *out = j;
    return true;
}

static bool read_key(const char *path, struct key **out)
{
    const struct key_file file = { .path = path };
    struct err ignored;

    return file_exists(path) && key_file_read(&file, out, &ignored);
}

void store_pending_find(const struct store *s, const char *name,
                        struct store_pending *out)
{
    const char *path = path_of(s, name, order_file);
    struct err ignored;
    struct json_reader r = { s->arena, path, &ignored, false };
    struct store_pending p = { .order = NULL };
    const struct json *j = NULL;
    bool found = read_order(s, path, &j) &&
                 json_fields_read(&r, j, pending_fields, &p) &&
                 read_key(path_of(s, name, "privkey.pem"), &p.key);

    *out = found ? p : (struct store_pending){ .order = NULL };
}

static bool write_order(const struct store *s, const char *name,
                        const struct store_pending *p, struct err *err)
{
    struct json *j = json_object(s->arena);

    json_fields_write(s->arena, j, pending_fields, p);
    return json_file_write(s->arena, path_of(s, name, order_file), j,
                           STORE_FILE_MAX, FILE_PRIVATE, err);
}

static bool write_key(const struct store *s, const char *name,
                      const struct key *key, struct err *err)
{
    char *pem = NULL;
    size_t len = 0;

    if (!key_pem(key, NULL, s->arena, &pem, &len, err))
        return false;
    bool wrote = file_write(path_of(s, name, "privkey.pem"), pem, len,
                            FILE_PRIVATE, err);
    key_wipe(pem, len);
    return wrote;
}

/* The order last: with it, all is there. */
bool store_pending_keep(const struct store *s, const char *name,
                        const struct store_pending *p, struct err *err)
{
    store_pending_drop(s, name);
    return folder_make(path_of(s, name, NULL), FOLDER_PRIVATE, err) &&
           write_key(s, name, p->key, err) && write_order(s, name, p, err);
}

/* Its files go in the order of their names: the order first. */
void store_pending_drop(const struct store *s, const char *name)
{
    const char *dir = path_of(s, name, NULL);
    struct err ignored;

    /* If it cannot go now, the next run takes it away. */
    bool gone = !file_exists(dir) || folder_remove(dir, &ignored);
    (void)gone;
}

static bool is_order_of(const struct store *s, const char *path,
                        const char *order)
{
    const struct json *j = NULL;
    const char *text =
        read_order(s, path, &j) ? json_find_text(j, "order") : "";

    return text && strcmp(text, order) == 0;
}

/* Live, or waiting for it. */
static bool was_kept(const struct store *s, const char *name, const char *order)
{
    const char *archive = arena_printf(s->arena, "%s/archive/%s", s->dir, name);
    const char *const *versions = NULL;
    size_t len = 0;
    struct err ignored;

    if (!file_exists(archive) ||
        !file_list(s->arena, archive, "", &versions, &len, &ignored))
        return false;
    for (size_t i = 0; i < len; i++)
        if (is_order_of(s,
                        arena_printf(s->arena, "%s/%s/certmend.json", archive,
                                     versions[i]),
                        order))
            return true;
    return false;
}

void store_pending_sweep(const struct store *s)
{
    const char *dir = arena_printf(s->arena, "%s/pending", s->dir);
    const char *const *names = NULL;
    size_t len = 0;
    struct err ignored;

    if (!file_exists(dir) ||
        !file_list(s->arena, dir, "", &names, &len, &ignored))
        return;
    for (size_t i = 0; i < len; i++) {
        struct store_pending p;
        store_pending_find(s, names[i], &p);
        key_free(p.key);
        if (!p.order || p.at < clock_now_s() - KEPT_S ||
            was_kept(s, names[i], p.order))
            store_pending_drop(s, names[i]);
    }
}
