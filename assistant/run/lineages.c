#include "run/lineages.h"

#include <string.h>

#include "base/file.h"
#include "crypto/x509_read.h"

enum { CERT_FILE_MAX = 1024 * 1024 };

/* A look, and what it is weighed by. */
struct claim {
    struct lineage_look look;
    const struct cert *leaf;
};

struct claims {
    struct arena *arena;
    struct claim *all;
    size_t len;
};

static void add_claim(struct claims *c, const char *name, const char *file,
                      const struct cert *leaf)
{
    const struct claim made = { { name, file, leaf->sha256_hex }, leaf };

    for (size_t i = 0; i < c->len; i++) {
        struct claim *there = &c->all[i];
        if (strcmp(there->look.name, name) != 0 ||
            there->leaf->key_type != leaf->key_type)
            continue;
        if (there->leaf->not_before < leaf->not_before)
            *there = made;
        return;
    }
    c->all = arena_grow(c->arena, c->all, c->len, sizeof *c->all);
    c->all[c->len++] = made;
}

static size_t add_names(struct claims *c, const struct text_list *names,
                        const char *file, const struct cert *leaf)
{
    size_t places = 0;

    for (size_t i = 0; i < names->len; i++) {
        if (strncmp(names->text[i], "*.", 2) == 0)
            continue;
        add_claim(c, names->text[i], file, leaf);
        places++;
    }
    return places;
}

static bool read_one(struct claims *c, const char *file, size_t *places,
                     struct err *err)
{
    struct cert_list certs = { 0 };
    const char *text = NULL;
    size_t len = 0;

    if (!file_read(c->arena, file, CERT_FILE_MAX, &text, &len, err) ||
        !x509_read_file(c->arena, text, len, file, &certs, err))
        return false;
    const struct cert *leaf = &certs.items[0].cert;
    if (certs.items[0].malformed)
        return err_set(err, ERR_INPUT, "%s: its certificate is damaged", file);
    *places = add_names(c, &leaf->dns_names, file, leaf) +
              add_names(c, &leaf->ip_names, file, leaf);
    return true;
}

static void read_lineage(struct claims *c, const char *folder,
                         struct lineage_looks *out)
{
    const char *file = arena_printf(c->arena, "%s/cert.pem", folder);
    size_t places = 0;
    struct err err;

    if (!read_one(c, file, &places, &err))
        text_list_add(c->arena, &out->unreadable,
                      arena_text(c->arena, err.text));
    else if (!places)
        text_list_add(c->arena, &out->nowhere, folder);
}

bool lineages_read(struct arena *a, const char *dir, struct lineage_looks *out,
                   struct err *err)
{
    const char *live = arena_printf(a, "%s/live", dir);
    const char *const *names = NULL;
    struct claims claims = { .arena = a };
    size_t len = 0, folders = 0;

    if (!file_list(a, live, "", &names, &len, err))
        return err_add(err, "certificates of certbot or certmend were wanted");
    *out = (struct lineage_looks){ 0 };
    for (size_t i = 0; i < len; i++) {
        const char *folder = arena_printf(a, "%s/%s", live, names[i]);
        if (strcmp(names[i], "README") == 0)
            continue;
        folders++;
        read_lineage(&claims, folder, out);
    }
    if (!folders)
        return err_set(err, ERR_INPUT, "there is no certificate in %s", live);
    struct lineage_look *looks = arena_alloc(a, claims.len + 1, sizeof *looks);
    for (size_t i = 0; i < claims.len; i++)
        looks[i] = claims.all[i].look;
    out->all = looks;
    out->len = claims.len;
    return claims.len || out->unreadable.len ||
           err_set(err, ERR_INPUT,
                   "the certificates in %s are for wildcards alone, and these "
                   "have no place to look at",
                   live);
}
