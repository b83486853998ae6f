#include "act/store.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "act/act_csr.h"
#include "act/store_look.h"
#include "base/folder.h"
#include "base/json_file.h"
#include "base/shell_word.h"
#include "crypto/x509_read.h"

/* DIR for who gives none: /etc/certmend for root, else the XDG data folder. */
static bool default_dir(struct arena *a, const char **out, struct err *err)
{
    const char *data = getenv("XDG_DATA_HOME");
    const char *home = getenv("HOME");

    if (geteuid() == 0)
        *out = "/etc/certmend";
    else if (data && data[0] == '/')
        *out = arena_printf(a, "%s/certmend", data);
    else if (home && home[0] == '/')
        *out = arena_printf(a, "%s/.local/share/certmend", home);
    else
        return err_set(err, ERR_USAGE,
                       "a folder for certificates was wanted, and HOME names "
                       "none: give one with --store");
    return true;
}

bool store_open(struct arena *a, const char *dir, struct store *out,
                struct err *err)
{
    if (!dir && !default_dir(a, &dir, err))
        return false;
    if (!dir[0])
        return err_set(err, ERR_USAGE, "a folder was wanted, not \"\"");
    size_t len = strlen(dir);
    while (len > 1 && dir[len - 1] == '/')
        len--;
    dir = arena_text_n(a, dir, len);
    if (file_exists(arena_printf(a, "%s/renewal", dir)))
        return err_set(err, ERR_INPUT,
                       "the store %s is certbot's; certmend keeps a folder of "
                       "its own: choose another with --store, and take its "
                       "certificates over with \"certmend import certbot "
                       "%s\"",
                       dir, shell_word_path(a, dir));
    if (!store_look(a, dir, err))
        return false;
    *out = (struct store){ a, dir, -1 };
    return true;
}

void store_close(struct store *s)
{
    folder_unlock(s->lock);
    s->lock = -1;
}

const char *store_name(struct arena *a, const char *first)
{
    return act_csr_file_name(a, first, "");
}

const char *store_path(const struct store *s, const char *name,
                       const char *file)
{
    return arena_printf(s->arena, "%s/live/%s/%s", s->dir, name, file);
}

struct json *store_json(const struct store *s, const char *path)
{
    struct json *j = NULL;
    struct err ignored;

    if (!file_exists(path) ||
        !json_file_read(s->arena, path, STORE_FILE_MAX, &j, &ignored))
        return NULL;
    return j;
}

static bool read_about(const struct store *s, const char *folder,
                       const struct json **out, struct err *err)
{
    const char *path = arena_printf(s->arena, "%s/certmend.json", folder);
    struct json *about = NULL;

    if (!json_file_read(s->arena, path, STORE_FILE_MAX, &about, err))
        return false;
    if (about->type != JSON_OBJECT)
        return err_set(err, ERR_INPUT, "%s: an object was wanted", path);
    *out = about;
    return true;
}

static bool read_chain(const struct store *s, const char *folder,
                       struct store_entry *out, struct err *err)
{
    const char *path = arena_printf(s->arena, "%s/fullchain.pem", folder);
    const char *text = NULL;
    struct cert_list chain = { 0 };
    size_t len = 0;

    if (!file_read(s->arena, path, STORE_FILE_MAX, &text, &len, err) ||
        !x509_read_file(s->arena, text, len, path, &chain, err))
        return false;
    if (chain.items[0].malformed)
        return err_set(err, ERR_INPUT, "%s: its certificate is damaged", path);
    out->chain = chain.items;
    out->chain_len = chain.len;
    return true;
}

bool store_read(const struct store *s, const char *name, const char *folder,
                const struct store_entry **out, struct err *err)
{
    struct store_entry *found = arena_alloc(s->arena, 1, sizeof *found);

    found->name = arena_text(s->arena, name);
    found->live = folder;
    if (!read_chain(s, folder, found, err) ||
        !read_about(s, folder, &found->about, err))
        return false;
    *out = found;
    return true;
}

bool store_find(const struct store *s, const char *name,
                const struct store_entry **out, struct err *err)
{
    const char *live = arena_printf(s->arena, "%s/live/%s", s->dir, name);

    if (file_exists(live))
        return store_read(s, name, live, out, err);
    *out = NULL;
    return true;
}

/* A link that leads nowhere is one too: it is told of, not passed over. */
static bool is_entry(const struct store *s, const char *name)
{
    const char *path = arena_printf(s->arena, "%s/live/%s", s->dir, name);

    if (store_is_leftover(s->arena, path))
        return false;
    return folder_link_read(s->arena, path) ||
           file_exists(store_path(s, name, "cert.pem")) ||
           file_exists(store_path(s, name, "certmend.json"));
}

bool store_list(const struct store *s, const char *const **names, size_t *len,
                struct err *err)
{
    const char *live = arena_printf(s->arena, "%s/live", s->dir);
    const char *const *all = NULL;
    const char **kept = NULL;
    size_t all_len = 0, kept_len = 0;

    if (file_exists(live) &&
        !file_list(s->arena, live, "", &all, &all_len, err))
        return false;
    for (size_t i = 0; i < all_len; i++) {
        if (!is_entry(s, all[i]))
            continue;
        kept = arena_grow(s->arena, kept, kept_len, sizeof *kept);
        kept[kept_len++] = all[i];
    }
    *names = kept;
    *len = kept_len;
    return true;
}

bool store_write(const struct store *s, const char *name, const char *file,
                 const char *text, struct err *err)
{
    return file_write(store_path(s, name, file), text, strlen(text),
                      FILE_PRIVATE, err);
}

bool store_write_json(const struct store *s, const char *name, const char *file,
                      const struct json *j, struct err *err)
{
    return json_file_write(s->arena, store_path(s, name, file), j,
                           STORE_FILE_MAX, FILE_PRIVATE, err);
}
