#include "run/here_stock.h"

#include <string.h>

#include "act/import.h"
#include "act/store.h"
#include "base/file.h"
#include "crypto/key.h"

enum { STOCK_FILE_MAX = 1024 * 1024, STOCK_FILES_MAX = 2000 };

/* Where people and packages put them. */
static const char *const folders[] = {
    "/etc/ssl",
    "/etc/ssl/certs",
    "/etc/ssl/private",
    "/etc/pki/tls/certs",
    "/etc/pki/tls/private",
    "/etc/pki/dovecot/certs",
    "/etc/pki/dovecot/private",
    "/etc/dovecot",
    "/etc/dovecot/private",
    "/etc/dovecot/ssl",
    "/etc/postfix",
    "/etc/postfix/ssl",
    "/etc/postfix/tls",
    "/etc/nginx/ssl",
    "/etc/nginx/certs",
    "/etc/apache2/ssl",
    "/etc/exim4",
    "/etc/exim4/tls",
    "/etc/haproxy/certs",
    "/etc/haproxy/ssl",
    "/etc/mail/certs",
    "/etc/stunnel",
};

static const char *const endings[] = { "pem", "crt", "cer", "cert", "key" };

#define COUNT(table) (sizeof(table) / sizeof *(table))

const char *here_stock_spki(struct arena *a, const char *text, size_t len,
                            bool *locked)
{
    struct key *key = NULL;
    struct err err;

    *locked = key_is_locked(text, len);
    if (*locked || !key_read(text, len, "key", NULL, &key, &err))
        return NULL;
    const char *hex = key_spki_hex(a, key);
    key_free(key);
    return hex;
}

static void add_certs(struct here_stock *s, const char *path,
                      const struct machine_file *f)
{
    struct cert_list chain = { NULL, 0 };
    struct err err;

    if (!x509_read_file(s->arena, f->text, f->len, path, &chain, &err) ||
        chain.items[0].malformed || chain.items[0].cert.is_ca)
        return;
    s->certs = arena_grow(s->arena, s->certs, s->certs_len, sizeof *s->certs);
    s->certs[s->certs_len++] =
        (struct stock_cert){ .path = path, .chain = chain };
}

static void add_key(struct here_stock *s, const char *path,
                    const struct machine_file *f)
{
    bool locked = false;
    const char *hex = here_stock_spki(s->arena, f->text, f->len, &locked);

    if (!hex)
        return;
    s->keys = arena_grow(s->arena, s->keys, s->keys_len, sizeof *s->keys);
    s->keys[s->keys_len++] = (struct stock_key){ path, hex };
}

void here_stock_file(struct here_stock *s, const char *path)
{
    /* A key may be in it: nothing of its text stays. */
    struct arena *scratch = arena_new();
    struct machine_file f;
    struct err err;

    if (s->read.len < STOCK_FILES_MAX && path[0] == '/' &&
        !text_list_has(&s->read, path) &&
        machine_file_read(scratch, s->root, path, STOCK_FILE_MAX, &f, &err)) {
        const char *kept = arena_text(s->arena, path);
        text_list_add(s->arena, &s->read, kept);
        add_certs(s, kept, &f);
        if (strstr(f.text, "PRIVATE KEY-----"))
            add_key(s, kept, &f);
    }
    arena_free_wiped(scratch);
}

/* Files that look like certificates or keys. */
static void read_folder(struct here_stock *s, const char *folder)
{
    for (size_t i = 0; i < COUNT(endings); i++) {
        const char *const *paths = NULL;
        size_t len = 0;
        struct err err;
        const char *all = arena_printf(s->arena, "%s/*.%s", folder, endings[i]);
        if (!machine_file_glob(s->arena, s->root, all, &paths, &len, &err))
            continue;
        for (size_t k = 0; k < len; k++)
            here_stock_file(s, paths[k]);
    }
}

static struct stock_cert *find(struct here_stock *s, const char *path)
{
    for (size_t i = 0; i < s->certs_len; i++)
        if (strcmp(s->certs[i].path, path) == 0)
            return &s->certs[i];
    return NULL;
}

static void add_pair(struct here_stock *s, const char *chain, const char *key,
                     bool ours)
{
    here_stock_file(s, chain);
    here_stock_file(s, key);
    struct stock_cert *cert = find(s, chain);
    if (!cert)
        return;
    cert->ours = cert->ours || ours;
    cert->renewed = true;
}

static void read_store(struct here_stock *s)
{
    struct arena *a = s->arena;
    const char *const *names = NULL;
    size_t len = 0;
    struct store store;
    struct err err;

    if (!store_open(a, NULL, &store, &err))
        return;
    if (store_list(&store, &names, &len, &err))
        for (size_t i = 0; i < len; i++)
            add_pair(s, store_path(&store, names[i], "fullchain.pem"),
                     store_path(&store, names[i], "privkey.pem"), true);
    store_close(&store);
}

/* Folders of folders as certbot lays them out, whoever renews them by now. */
static void read_live(struct here_stock *s, const char *dir)
{
    const char *const *names = NULL;
    size_t len = 0;
    struct err err;

    if (!file_list(s->arena, dir, "", &names, &len, &err))
        return;
    for (size_t i = 0; i < len; i++)
        add_pair(
            s, arena_printf(s->arena, "%s/%s/fullchain.pem", dir, names[i]),
            arena_printf(s->arena, "%s/%s/privkey.pem", dir, names[i]), false);
}

static void read_clients(struct here_stock *s)
{
    for (const struct import_tool *t = import_tools; t->name; t++) {
        struct import_source source = { .tool = t };
        struct err err;
        if (!import_read(s->arena, t->name, NULL, &source, &err))
            continue;
        for (size_t i = 0; i < source.len; i++) {
            const struct import_lineage *l = &source.all[i];
            if (l->chain && l->key)
                add_pair(s, l->chain, l->key, false);
        }
    }
}

void here_stock_usual(struct here_stock *s)
{
    read_store(s);
    read_clients(s);
    read_live(s, "/etc/letsencrypt/live");
    for (size_t i = 0; i < COUNT(folders); i++)
        read_folder(s, folders[i]);
}

static size_t folder_len(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? (size_t)(slash - path) : 0;
}

const struct stock_key *here_stock_key(const struct here_stock *s,
                                       const struct stock_cert *cert)
{
    const char *wanted = cert->chain.items[0].cert.spki_sha256_hex;
    size_t len = folder_len(cert->path);
    const struct stock_key *best = NULL;
    int best_rank = 0;

    for (size_t i = 0; i < s->keys_len; i++) {
        const struct stock_key *k = &s->keys[i];
        if (strcmp(k->spki_hex, wanted) != 0)
            continue;
        bool beside = folder_len(k->path) == len &&
                      strncmp(k->path, cert->path, len) == 0;
        int rank = strcmp(k->path, cert->path) == 0 ? 3 : beside ? 2 : 1;
        if (rank > best_rank) {
            best = k;
            best_rank = rank;
        }
    }
    return best;
}
