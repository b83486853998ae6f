#include "act/rollover_key.h"

#include "act/key_file.h"
#include "base/file.h"
#include "crypto/cert_fit.h"

static bool read_key(const char *path, struct key **out, struct err *err)
{
    const struct key_file file = { .path = path };

    return key_file_read(&file, out, err);
}

/* RFC 7671 5.1: end entity, public key, SHA-256. */
static const char *tlsa_of(struct arena *a, const struct key *key)
{
    return arena_printf(a, "3 1 1 %s", key_spki_hex(a, key));
}

static bool make(const struct store *s, const char *name, enum key_kind kind,
                 struct key **out, struct err *err)
{
    struct key *key = NULL;
    char *pem = NULL;
    size_t len = 0;

    if (!key_new(kind, &key, err))
        return false;
    bool wrote = key_pem(key, NULL, s->arena, &pem, &len, err) &&
                 store_write(s, name, "privkey-next.pem", pem, err);
    if (pem)
        key_wipe(pem, len);
    if (!wrote) {
        key_free(key);
        return false;
    }
    *out = key;
    return true;
}

bool rollover_key_make(const struct store *s, const char *name,
                       enum key_kind kind, struct rollover_key *out,
                       struct err *err)
{
    const struct store_entry *live = NULL;
    struct key *key = NULL;
    struct rollover_key next = { .path =
                                     store_path(s, name, "privkey-next.pem") };

    if (!store_find(s, name, &live, err))
        return false;
    if (!live)
        return err_set(err, ERR_USAGE,
                       "a key for the next certificate of %s was wanted; "
                       "there is no first one in %s",
                       name, s->dir);
    next.is_new = !file_exists(next.path);
    if (next.is_new ? !make(s, name, kind, &key, err)
                    : !read_key(next.path, &key, err))
        return false;
    next.tlsa = tlsa_of(s->arena, key);
    key_free(key);
    *out = next;
    return true;
}

bool rollover_key_live(const struct store *s, const char *name,
                       const char **tlsa, struct err *err)
{
    struct key *key = NULL;

    if (!read_key(store_path(s, name, "privkey.pem"), &key, err))
        return false;
    *tlsa = tlsa_of(s->arena, key);
    key_free(key);
    return true;
}
