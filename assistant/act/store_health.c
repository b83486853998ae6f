#include "act/store_health.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/folder.h"
#include "base/secret.h"
#include "crypto/cert_fit.h"
#include "crypto/x509_read.h"

static const char *in(const struct store *s, const char *path)
{
    return arena_printf(s->arena, "%s/%s", s->dir, path);
}

/* Why it cannot be read, and who could; NULL: it can. */
static const char *unreadable(struct arena *a, const char *path)
{
    struct stat st;
    int how = stat(path, &st) == 0 && S_ISDIR(st.st_mode) ? R_OK | X_OK : R_OK;

    if (faccessat(AT_FDCWD, path, how, AT_EACCESS) == 0)
        return NULL;
    int why = errno;
    const char *owner = folder_owner(a, path);
    if (why != EACCES)
        return arena_printf(a, "%s cannot be read: %s", path, strerror(why));
    return owner ? arena_printf(a,
                                "%s cannot be read: it belongs to the user "
                                "%s; run certmend as that user",
                                path, owner)
                 : arena_printf(a,
                                "%s cannot be read: %s; run certmend as the "
                                "user who owns it",
                                path, strerror(why));
}

static bool has_any(const struct store *s, const char *folder)
{
    const char *const *names = NULL;
    size_t len = 0;
    struct err ignored;

    return file_exists(in(s, folder)) &&
           file_list(s->arena, in(s, folder), "", &names, &len, &ignored) &&
           len > 0;
}

/* Something of a store, or nothing at all: as it is made for one. */
static bool may_be_store(const struct store *s)
{
    static const char *const parts[] = { "live", "archive", "accounts",
                                         "pending", "hooks" };

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (file_exists(in(s, parts[i])))
            return true;
    return !has_any(s, ".");
}

bool store_health(const struct store *s, enum store_kind *out, struct err *err)
{
    struct arena *a = s->arena;
    const char *live = in(s, "live");
    const char *const *names = NULL;
    size_t len = 0;
    struct stat st;

    *out = STORE_NONE;
    if (stat(s->dir, &st) != 0 && errno == ENOENT)
        return true;
    const char *why = unreadable(a, s->dir);
    if (!why && !may_be_store(s))
        why = arena_printf(a,
                           "%s is no store of certmend's: there is no live/ in "
                           "it; look whether the path is right",
                           s->dir);
    if (!why && stat(live, &st) != 0 && has_any(s, "archive"))
        why = arena_printf(a,
                           "%s is gone, and %s is not: put it back (cp -a from "
                           "where the store was), or order anew with "
                           "\"certmend issue\"",
                           live, in(s, "archive"));
    if (!why && stat(live, &st) == 0)
        why = unreadable(a, live);
    if (why)
        return err_set(err, ERR_INPUT, "the store cannot be used: %s", why);
    if (!store_list(s, &names, &len, err))
        return false;
    *out = len ? STORE_FILLED : STORE_EMPTY;
    return true;
}

/* ---- one certificate ---- */

static const char *not_there(const struct store *s, const char *name)
{
    struct arena *a = s->arena;
    const char *live = arena_printf(a, "%s/live/%s", s->dir, name);
    const char *to = folder_link_read(a, live);
    struct stat st;

    if (lstat(live, &st) != 0)
        return arena_printf(a, "there is no certificate \"%s\" in %s", name,
                            s->dir);
    if (stat(live, &st) == 0)
        return S_ISDIR(st.st_mode) ? NULL
                                   : arena_printf(a, "%s is no folder", live);
    int why = errno;
    if (why == ENOENT && to)
        return arena_printf(a,
                            "%s leads to %s, which is not there: the store was "
                            "moved or put back without it; bring that folder "
                            "along (cp -a), or order anew with \"certmend "
                            "issue\"",
                            live, to);
    return arena_printf(a,
                        "%s cannot be read: %s; run certmend as the user who "
                        "owns it",
                        live, strerror(why));
}

static const char *missing(const struct store *s, const char *name)
{
    enum { NEEDED = 2 }; /* by a renewal */
    static const char *const files[] = { "certmend.json", "fullchain.pem",
                                         "cert.pem", "chain.pem",
                                         "privkey.pem" };
    struct arena *a = s->arena;

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const char *path = store_path(s, name, files[i]);
        if (!file_exists(path))
            return arena_printf(
                a,
                "%s is missing: put it back from a backup, or "
                "get another with \"%s%s\"",
                path, i < NEEDED ? "certmend issue" : "certmend renew --force ",
                i < NEEDED ? "" : name);
        const char *why = unreadable(a, path);
        if (why)
            return why;
    }
    return NULL;
}

static bool read_certs(struct arena *a, const char *path, struct cert_list *out)
{
    const char *text = NULL;
    size_t len = 0;
    struct err ignored;

    return file_read(a, path, STORE_FILE_MAX, &text, &len, &ignored) &&
           x509_read_file(a, text, len, path, out, &ignored);
}

/* Those of fullchain.pem from number `first` on, and no others. */
static bool has_same(const struct store *s, const char *file,
                     const struct store_entry *e, size_t first, size_t len)
{
    struct cert_list list = { 0 };

    if (!len) /* a leaf that a root signed has no chain */
        return true;
    if (!read_certs(s->arena, store_path(s, e->name, file), &list) ||
        list.len != len)
        return false;
    for (size_t i = 0; i < len; i++)
        if (strcmp(list.items[i].cert.sha256_hex,
                   e->chain[first + i].cert.sha256_hex) != 0)
            return false;
    return true;
}

static bool has_key(const struct store *s, const struct store_entry *e)
{
    const struct cert *leaf = &e->chain[0].cert;
    struct secret text;
    struct key *key = NULL;
    struct err ignored;

    if (!secret_read(store_path(s, e->name, "privkey.pem"), &text, &ignored))
        return false;
    bool fits = key_read(text.text, text.len, NULL, NULL, &key, &ignored) &&
                cert_fit_key(key, leaf->der, leaf->der_len);
    secret_wipe(&text, sizeof text);
    key_free(key);
    return fits;
}

static const char *garbled(const struct store *s, const struct store_entry *e)
{
    const char *file = NULL;

    if (!has_same(s, "cert.pem", e, 0, 1))
        file = "cert.pem";
    else if (!has_same(s, "chain.pem", e, 1, e->chain_len - 1))
        file = "chain.pem";
    else if (!has_key(s, e))
        file = "privkey.pem";
    return file ? arena_printf(s->arena,
                               "%s does not go with fullchain.pem beside it: "
                               "what reads it fails; put it back from a "
                               "backup, or get another with \"certmend renew "
                               "--force %s\"",
                               store_path(s, e->name, file), e->name)
                : NULL;
}

const char *store_ailment(const struct store *s, const char *name)
{
    const struct store_entry *e = NULL;
    const char *why = not_there(s, name);
    struct err err = { ERR_NONE, "" };

    if (!why)
        why = missing(s, name);
    if (!why && !store_find(s, name, &e, &err))
        why = arena_printf(s->arena,
                           "%s; put it back from a backup, or move %s away and "
                           "order anew with \"certmend issue\"",
                           err.text,
                           arena_printf(s->arena, "%s/live/%s", s->dir, name));
    return why || !e ? why : garbled(s, e);
}
