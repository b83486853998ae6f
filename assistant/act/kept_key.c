#include "act/kept_key.h"

#include <string.h>

#include "base/file.h"
#include "base/table.h"

void kept_key_free(struct kept_key *k)
{
    key_free(k->key);
    *k = (struct kept_key){ .source = KEPT_KEY_NONE };
}

/* Nothing is there: *out stays as it is. */
static bool read_stored(const struct store *s, const char *name,
                        const char *file, enum kept_key_source source,
                        struct kept_key *out, struct err *err)
{
    const struct key_file wanted = { .path = store_path(s, name, file) };
    struct key *key = NULL;

    if (!file_exists(wanted.path))
        return true;
    if (!key_file_read(&wanted, &key, err))
        return false;
    *out =
        (struct kept_key){ .source = source, .path = wanted.path, .key = key };
    return true;
}

/* certbot's folder goes by the bare name. */
static bool nothing_to_keep(const struct store *s, const char *name,
                            struct err *err)
{
    return err_set(err, ERR_USAGE,
                   "--keep-key: the key in use was to be kept, and there is "
                   "none in %s. Nothing was ordered: a new key would not fit "
                   "what DANE may have published of the old one. Give the key "
                   "that the server uses today: --key FILE (certbot's is "
                   "/etc/letsencrypt/live/%.100s/privkey.pem)",
                   store_path(s, name, "privkey.pem"),
                   strncmp(name, "_wildcard.", 10) == 0 ? name + 10 : name);
}

bool kept_key_in_store(const struct store *s, const char *name, bool keep,
                       struct kept_key *out, struct err *err)
{
    struct kept_key found = { .source = KEPT_KEY_NONE };

    if (!read_stored(s, name, "privkey-next.pem", KEPT_KEY_NEXT, &found, err))
        return false;
    if (!found.key && keep &&
        !read_stored(s, name, "privkey.pem", KEPT_KEY_LIVE, &found, err))
        return false;
    if (!found.key && keep)
        return nothing_to_keep(s, name, err);
    *out = found;
    return true;
}

/* A key of DANE's waits, or another than this was to be kept: which of the
 * two is meant is not ours to guess. */
static bool agrees(const struct store *s, const struct kept_key_request *r,
                   const struct key *key, struct err *err)
{
    struct kept_key stored = { .source = KEPT_KEY_NONE };

    if (!read_stored(s, r->name, "privkey-next.pem", KEPT_KEY_NEXT, &stored,
                     err))
        return false;
    if (!stored.key && r->keep &&
        !read_stored(s, r->name, "privkey.pem", KEPT_KEY_LIVE, &stored, err))
        return false;
    bool same = !stored.key || key_same(stored.key, key);
    bool is_next = stored.source == KEPT_KEY_NEXT;
    const char *path = stored.path;
    kept_key_free(&stored);
    if (same)
        return true;
    return err_set(err, ERR_USAGE,
                   is_next ? "--key: the next certificate takes the key that "
                             "\"acme next-key\" made, %s; leave --key out"
                           : "--key and --keep-key: they are two keys, for "
                             "that of the store is %s; leave one of them out",
                   path);
}

static bool read_given(const struct store *s, const struct kept_key_request *r,
                       struct kept_key *out, struct err *err)
{
    struct key *key = NULL;

    if (!key_file_read(&r->file, &key, err))
        return err_add(err, "--key");
    if (!agrees(s, r, key, err)) {
        key_free(key);
        return false;
    }
    *out = (struct kept_key){ .source = KEPT_KEY_FILE,
                              .path = arena_text(s->arena, r->file.path),
                              .key = key };
    return true;
}

/* Before anybody is asked for anything. */
static bool check(const struct store *s, const struct kept_key_request *r,
                  const struct kept_key *k, struct err *err)
{
    const char *kind = table_text(key_kind_words, (int)key_kind_of(k->key));

    if (!key_fits_cas(k->key, s->arena, err))
        return err_add(err, "%s", k->path);
    if (!r->key_type || k->source == KEPT_KEY_NEXT ||
        strcmp(r->key_type, kind) == 0)
        return true;
    return err_set(err, ERR_USAGE,
                   "--key-type %.20s: the key that is kept, %s, is %s; leave "
                   "--key-type out",
                   r->key_type, k->path, kind);
}

bool kept_key_find(const struct store *s, const struct kept_key_request *r,
                   struct kept_key *out, struct err *err)
{
    struct kept_key found = { .source = KEPT_KEY_NONE };
    bool good = r->file.path
                    ? read_given(s, r, &found, err)
                    : kept_key_in_store(s, r->name, r->keep, &found, err);

    if (good && found.key && !check(s, r, &found, err)) {
        kept_key_free(&found);
        good = false;
    }
    if (good)
        *out = found;
    return good;
}
