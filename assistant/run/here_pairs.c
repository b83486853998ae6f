#include "run/here_pairs.h"

#include <string.h>

#include "act/import.h"
#include "act/store.h"
#include "base/file.h"
#include "crypto/verification.h"

static void add(struct arena *a, struct here_pairs *list,
                const struct here_pair *pair)
{
    for (size_t i = 0; i < list->len; i++)
        if (strcmp(list->items[i].fullchain, pair->fullchain) == 0 &&
            strcmp(list->items[i].key, pair->key) == 0)
            return;
    list->items = arena_grow(a, list->items, list->len, sizeof *list->items);
    list->items[list->len++] = *pair;
}

/* FOLDER/fullchain.pem and so on, as certbot keeps them, and certmend. */
static struct here_pair four_files(struct arena *a, const char *folder)
{
    return (struct here_pair){
        .fullchain = arena_printf(a, "%s/fullchain.pem", folder),
        .key = arena_printf(a, "%s/privkey.pem", folder),
        .leaf = arena_printf(a, "%s/cert.pem", folder),
        .chain = arena_printf(a, "%s/chain.pem", folder),
    };
}

static void add_store(struct arena *a, const char *dir, struct here_pairs *to)
{
    struct store store;
    const char *const *names = NULL;
    size_t len = 0;
    struct err err;

    if (!store_open(a, dir, &store, &err))
        return;
    if (store_list(&store, &names, &len, &err))
        for (size_t i = 0; i < len; i++) {
            struct here_pair pair = four_files(
                a, arena_printf(a, "%s/live/%s", store.dir, names[i]));
            add(a, to, &pair);
        }
    store_close(&store);
}

static const char *old_path(const struct import_lineage *l, const char *file)
{
    for (const struct import_old *o = l->old; o && o->path; o++)
        if (strcmp(o->file, file) == 0)
            return o->path;
    return NULL;
}

static void add_client(struct arena *a, const char *tool, struct here_pairs *to)
{
    struct import_source source;
    struct err err;

    if (!import_read(a, tool, NULL, &source, &err))
        return;
    for (size_t i = 0; i < source.len; i++) {
        const struct import_lineage *l = &source.all[i];
        struct here_pair pair = { .fullchain = l->chain,
                                  .key = l->key,
                                  .leaf = old_path(l, "cert.pem"),
                                  .chain = old_path(l, "chain.pem") };
        if (pair.fullchain && pair.key && pair.fullchain[0] == '/' &&
            pair.key[0] == '/')
            add(a, to, &pair);
    }
}

/* What servers name, and what lies beside it. */
static void add_place(struct arena *a, const struct tls_place *p,
                      struct here_pairs *to)
{
    const char *cert = p->cert.path, *key = p->key.path;

    if (!cert || !key || cert[0] != '/' || key[0] != '/')
        return;
    struct here_pair pair = { .fullchain = cert,
                              .key = key,
                              .one_file = strcmp(cert, key) == 0 };
    if (!p->chain.path)
        add(a, to, &pair);
    size_t folder = (size_t)(strrchr(cert, '/') - cert);
    pair = four_files(a, arena_text_n(a, cert, folder));
    pair.key = key;
    if (file_exists(pair.fullchain))
        add(a, to, &pair);
}

struct here_pairs here_pairs_find(struct arena *a, const char *store,
                                  const struct server_conf *const *confs,
                                  size_t confs_len)
{
    struct here_pairs found = { .len = 0 };

    add_store(a, store, &found);
    for (const struct import_tool *t = import_tools; t->name; t++)
        add_client(a, t->name, &found);
    for (size_t i = 0; i < confs_len; i++)
        for (size_t k = 0; k < confs[i]->places_len; k++)
            add_place(a, &confs[i]->places[k], &found);
    return found;
}

/* ---- the best ---- */

static bool can_name(const struct tls_place *place, const struct here_pair *p)
{
    bool wants_one = place->cert.path && place->key.path &&
                     strcmp(place->cert.path, place->key.path) == 0;

    if (wants_one)
        return p->one_file;
    return !place->chain.path || (p->leaf && p->chain);
}

static bool serves_all(const struct pair_fit *fit,
                       const struct text_list *names)
{
    const struct cert *leaf = &fit->chain.items[0].cert;

    for (size_t i = 0; i < names->len; i++)
        if (!verification_name(leaf->der, leaf->der_len, names->text[i]))
            return false;
    return true;
}

static bool fits(struct arena *a, struct evaluation *j,
                 const struct server_conf *conf, const struct here_pair *p,
                 const struct text_list *names, struct pair_fit *fit,
                 struct err *err)
{
    const struct pair_files files = { .root = &conf->root,
                                      .cert = p->fullchain,
                                      .key = p->key,
                                      .user = conf->user };

    pair_fit_read(a, &files, fit);
    if (fit->broken.len || fit->open_key || !serves_all(fit, names))
        text_list_add(a, &fit->faults, "It is not for this.");
    return fit->faults.len ||
           pair_fit_judge(a, j, p->fullchain, names->text[0], fit, err);
}

bool here_pairs_best(struct arena *a, struct evaluation *j,
                     const struct here_pairs *all,
                     const struct server_conf *conf,
                     const struct tls_place *place,
                     const struct text_list *names,
                     const struct here_pair **out, struct pair_fit *fit,
                     struct err *err)
{
    const struct here_pair *best = NULL;
    struct pair_fit best_fit = { .open_key = false };

    for (size_t i = 0; i < all->len; i++) {
        struct pair_fit one = { .open_key = false };
        if (!can_name(place, &all->items[i]))
            continue;
        if (!fits(a, j, conf, &all->items[i], names, &one, err))
            return false;
        if (one.faults.len ||
            (best && one.chain.items[0].cert.not_after <=
                         best_fit.chain.items[0].cert.not_after))
            continue;
        best = &all->items[i];
        best_fit = one;
    }
    *out = best;
    *fit = best_fit;
    return true;
}
