#include "run/pair_fit.h"

#include <string.h>

#include "base/secret.h"
#include "crypto/cert_fit.h"
#include "machine/user_reads.h"
#include "run/look_file.h"

enum { PAIR_FILE_MAX = 4 * 1024 * 1024 };

static void add(struct arena *a, struct text_list *list, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

static void add(struct arena *a, struct text_list *list, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    text_list_add(a, list, arena_vprintf(a, fmt, args));
    va_end(args);
}

/* ---- the certificate ---- */

static bool read_certs(struct arena *a, const struct machine_root *root,
                       const char *path, struct cert_list *to, struct err *err)
{
    struct machine_file file;
    struct cert_list found = { 0 };

    if (!machine_file_read(a, root, path, PAIR_FILE_MAX, &file, err) ||
        !x509_read_file(a, file.text, file.len, path, &found, err))
        return false;
    for (size_t i = 0; i < found.len; i++) {
        if (found.items[i].malformed)
            return err_set(err, ERR_INPUT,
                           "%s: certificate %zu in it is damaged", path, i + 1);
        to->items = arena_grow(a, to->items, to->len, sizeof *to->items);
        to->items[to->len++] = found.items[i];
    }
    return true;
}

static void read_chain(struct arena *a, const struct pair_files *f,
                       struct pair_fit *out)
{
    struct cert_list chain = { 0 };
    struct err err;

    if (read_certs(a, f->root, f->cert, &chain, &err) &&
        (!f->chain || strcmp(f->chain, f->cert) == 0 ||
         read_certs(a, f->root, f->chain, &chain, &err)))
        out->chain = chain;
    else
        add(a, &out->broken, "%s.", err.text);
}

/* ---- the key ---- */

static void see_rights(struct arena *a, const struct pair_files *f,
                       const struct machine_file *key, struct pair_fit *out)
{
    const char *closed =
        f->user ? user_reads_not(a, f->root, key, f->user) : NULL;

    if (strcmp(f->root->path, "/") == 0)
        out->open_key = !out->broken.len && secret_is_open(f->key);
    if (closed)
        add(a, &out->broken, "%s is closed to the user %s, who reads it there.",
            closed, f->user);
}

/* `secret` is wiped by the caller. */
static void read_key(struct arena *a, struct arena *secret,
                     const struct pair_files *f, struct pair_fit *out)
{
    struct machine_file file;
    struct key *key = NULL;
    struct err err;

    if (!machine_file_read(secret, f->root, f->key, SECRET_MAX, &file, &err)) {
        add(a, &out->broken, "%s.", err.text);
        return;
    }
    if (key_is_locked(file.text, file.len)) {
        add(a, &out->faults,
            "%s is locked with a passphrase: whether it belongs to the "
            "certificate cannot be seen.",
            f->key);
        return;
    }
    if (!key_read(file.text, file.len, f->key, NULL, &key, &err)) {
        add(a, &out->broken, "%s.", err.text);
        return;
    }
    see_rights(a, f, &file, out);
    const struct cert *leaf = out->chain.len ? &out->chain.items[0].cert : NULL;
    if (leaf && !cert_fit_key(key, leaf->der, leaf->der_len))
        add(a, &out->broken,
            "The key in %s belongs to another certificate "
            "than %s.",
            f->key, f->cert);
    key_free(key);
}

void pair_fit_read(struct arena *a, const struct pair_files *files,
                   struct pair_fit *out)
{
    struct pair_fit fit = { .open_key = false };
    struct arena *secret = arena_new();

    read_chain(a, files, &fit);
    if (files->key)
        read_key(a, secret, files, &fit);
    arena_free_wiped(secret);
    *out = fit;
}

/* ---- what clients make of it ---- */

bool pair_fit_judge(struct arena *a, struct evaluation *j, const char *path,
                    const char *name, struct pair_fit *fit, struct err *err)
{
    struct findings *found = NULL;

    if (!fit->chain.len)
        return true;
    struct survey *s = look_file_survey(a, path, name, &fit->chain);
    if (j->options->now_s)
        s->judged_at = j->options->now_s;
    if (!evaluation_findings(j, s, &found, err))
        return err_add(err, "%s", path);
    for (size_t i = 0; i < found->len; i++)
        if (found->items[i].severity == SEV_ERROR)
            add(a, &fit->faults, "%s: %s", path, found->items[i].detail);
    return true;
}
