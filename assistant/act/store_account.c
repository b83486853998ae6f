#include "act/store_account.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "act/key_file.h"
#include "base/folder.h"
#include "base/json_fields.h"
#include "base/json_file.h"
#include "crypto/jws.h"

enum { ACCOUNT_FILE_MAX = 64 * 1024, HASH_SHOWN = 10 };

struct account_about { /* account.json */
    const char *directory, *url, *terms;
};

enum { KEPT_TEXT = JSON_OR_NULL | JSON_YOUNGER | JSON_AS_IS };

static const struct json_field about_fields[] = {
    JSON_FIELD_SCHEMA("certmend.account/1"),
    JSON_FIELD_TEXT("directory", struct account_about, directory, KEPT_TEXT),
    JSON_FIELD_TEXT("url", struct account_about, url, KEPT_TEXT),
    JSON_FIELD_TEXT("terms", struct account_about, terms, KEPT_TEXT),
    JSON_FIELDS_END,
};

/* "acme.example.org-Ab3_x9..." : readable, and one per directory. */
static const char *folder_name(struct arena *a, const char *url)
{
    const char *scheme = strstr(url, "://");
    const char *host = scheme ? scheme + 3 : url;
    size_t len = strcspn(host, "/:?#@");
    char *name = arena_copy(a, host, len);

    for (size_t i = 0; i < len; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-.", name[i]))
            name[i] = '_';
    return arena_printf(a, "%.*s-%.*s", (int)len, name, HASH_SHOWN,
                        jws_digest(a, url));
}

static const char *path_of(const struct store *s,
                           const struct store_account *account,
                           const char *file)
{
    return arena_printf(s->arena, "%s/%s", account->dir, file);
}

static bool read_key(const char *path, struct key **out, struct err *err)
{
    const struct key_file file = { .path = path };

    return !file_exists(path) || key_file_read(&file, out, err);
}

static bool read_about(const struct store *s, const char *path,
                       struct store_account *out, struct err *err)
{
    struct json_reader r = { s->arena, path, err, false };
    struct account_about about = { NULL, NULL, NULL };
    struct json *j = NULL;

    if (!file_exists(path))
        return true;
    if (!json_file_read(s->arena, path, ACCOUNT_FILE_MAX, &j, err) ||
        !json_fields_read(&r, j, about_fields, &about))
        return false;
    out->url = about.url;
    out->terms = about.terms;
    return true;
}

bool store_account_read(const struct store *s, const char *directory_url,
                        struct store_account *out, struct err *err)
{
    struct store_account account = {
        .dir = arena_printf(s->arena, "%s/accounts/%s", s->dir,
                            folder_name(s->arena, directory_url)),
    };

    if (!read_key(path_of(s, &account, "key.pem"), &account.key, err) ||
        !read_key(path_of(s, &account, "key-next.pem"), &account.next, err) ||
        !read_about(s, path_of(s, &account, "account.json"), &account, err)) {
        store_account_free(&account);
        return err_add(err, "the account with %s", directory_url);
    }
    *out = account;
    return true;
}

void store_account_free(struct store_account *account)
{
    key_free(account->key);
    key_free(account->next);
    account->key = account->next = NULL;
}

static bool write_key(const struct store *s,
                      const struct store_account *account, const char *file,
                      const struct key *key, struct err *err)
{
    char *pem = NULL;
    size_t len = 0;

    if (!folder_make(account->dir, FOLDER_PRIVATE, err) ||
        !key_pem(key, NULL, s->arena, &pem, &len, err))
        return false;
    folder_sweep(account->dir);
    bool wrote =
        file_write(path_of(s, account, file), pem, len, FILE_PRIVATE_NEW, err);
    key_wipe(pem, len);
    return wrote;
}

static bool make_key(const struct store *s, struct store_account *account,
                     const char *file, enum key_kind kind, struct key **out,
                     struct err *err)
{
    struct key *key = NULL;

    if (*out)
        return true;
    if (!key_new(kind, &key, err))
        return false;
    if (!write_key(s, account, file, key, err)) {
        key_free(key);
        return false;
    }
    *out = key;
    return true;
}

bool store_account_make_key(const struct store *s,
                            struct store_account *account, enum key_kind kind,
                            struct err *err)
{
    return make_key(s, account, "key.pem", kind, &account->key, err);
}

bool store_account_take_key(const struct store *s,
                            struct store_account *account, struct key *key,
                            struct err *err)
{
    if (account->key)
        return err_set(err, ERR_INPUT,
                       "%s is there already; another store (--store) can have "
                       "another account",
                       path_of(s, account, "key.pem"));
    if (!write_key(s, account, "key.pem", key, err))
        return false;
    account->key = key;
    return true;
}

bool store_account_make_next(const struct store *s,
                             struct store_account *account, enum key_kind kind,
                             struct err *err)
{
    return make_key(s, account, "key-next.pem", kind, &account->next, err);
}

bool store_account_keep(const struct store *s, struct store_account *account,
                        const char *directory_url, const char *url,
                        struct err *err)
{
    const struct account_about about = { directory_url, url, account->terms };
    struct json *j = json_object(s->arena);

    json_fields_write(s->arena, j, about_fields, &about);
    if (!folder_make(account->dir, FOLDER_PRIVATE, err) ||
        !json_file_write(s->arena, path_of(s, account, "account.json"), j,
                         ACCOUNT_FILE_MAX, FILE_PRIVATE, err))
        return false;
    account->url = arena_text(s->arena, url);
    return true;
}

bool store_account_set_aside(const struct store *s,
                             struct store_account *account,
                             const char *directory_url, struct err *err)
{
    const char *path = path_of(s, account, "key.pem");

    if (!account->key)
        return true;
    if (rename(path, path_of(s, account, "key-old.pem")) != 0)
        return err_set(err, ERR_SYSTEM, "%s cannot be set aside: %s", path,
                       strerror(errno));
    key_free(account->key);
    account->key = NULL;
    account->terms = NULL;
    return store_account_keep(s, account, directory_url, NULL, err);
}

bool store_account_take_next(const struct store *s,
                             struct store_account *account, struct err *err)
{
    const char *path = path_of(s, account, "key.pem");

    if (rename(path_of(s, account, "key-next.pem"), path) != 0)
        return err_set(err, ERR_SYSTEM, "%s cannot be replaced: %s", path,
                       strerror(errno));
    key_free(account->key);
    account->key = account->next;
    account->next = NULL;
    return true;
}

bool store_account_drop_next(const struct store *s,
                             struct store_account *account, struct err *err)
{
    const char *path = path_of(s, account, "key-next.pem");

    if (unlink(path) != 0 && errno != ENOENT)
        return err_set(err, ERR_SYSTEM, "%s cannot be taken away: %s", path,
                       strerror(errno));
    key_free(account->next);
    account->next = NULL;
    return true;
}
