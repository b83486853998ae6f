#define _GNU_SOURCE /* initgroups */
#include "run/pair_fit.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/secret.h"
#include "base/shell_word.h"
#include "crypto/cert_fit.h"
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

/* Ends the child: 0 where that user gets to read the file. */
static void try_as(const struct passwd *who, const char *path)
{
    if (initgroups(who->pw_name, who->pw_gid) != 0 ||
        setgid(who->pw_gid) != 0 || setuid(who->pw_uid) != 0)
        _exit(0); /* not ours to try: nothing is said against it */
    _exit(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) >= 0 ? 0 : 1);
}

/* Asked of the system itself, which knows of folders, groups and access
 * lists. */
static bool may_read(const char *user, const char *path)
{
    const struct passwd *who = getpwnam(user);
    int status = 0;

    if (!who || who->pw_uid == 0 || geteuid() != 0)
        return true;
    pid_t child = fork();
    if (child == 0)
        try_as(who, path);
    while (child > 0 && waitpid(child, &status, 0) < 0)
        ;
    return child < 0 || !WIFEXITED(status) || WEXITSTATUS(status) == 0;
}

static bool is_our_root(const struct pair_files *f)
{
    return strcmp(f->root->path, "/") == 0;
}

static void see_rights(struct arena *a, const struct pair_files *f,
                       struct pair_fit *out)
{
    if (!is_our_root(f))
        return;
    out->open_key = !out->broken.len && secret_is_open(f->key);
    if (f->user && !may_read(f->user, f->key))
        add(a, &out->broken,
            "%s cannot be read by the user %s, who reads the key there.",
            f->key, f->user);
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
    if (files->key) {
        read_key(a, secret, files, &fit);
        see_rights(a, files, &fit);
    }
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
