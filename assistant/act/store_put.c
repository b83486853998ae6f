#include "act/store_put.h"

#include <string.h>

#include "act/store_archive.h"
#include "act/store_rights.h"
#include "base/file.h"
#include "base/folder.h"
#include "base/secret.h"
#include "crypto/cert_fit.h"

static bool key_fits(const struct store_new *n, const struct cert *leaf,
                     struct err *err)
{
    struct key *key = NULL;

    if (!key_read(n->key_pem, strlen(n->key_pem), "privkey.pem", NULL, &key,
                  err))
        return false;
    bool fits = cert_fit_key(key, leaf->der, leaf->der_len);
    key_free(key);
    return fits || err_set(err, ERR_INPUT,
                           "the private key is not that of the certificate");
}

static bool new_fits(struct arena *a, const struct store_new *n,
                     struct err *err)
{
    struct cert_list chain = { 0 };

    if (!x509_read_file(a, n->chain_pem, strlen(n->chain_pem), "fullchain.pem",
                        &chain, err))
        return false;
    const char *why = cert_fit_chain(a, &chain, n->names, n->names_len);
    if (why)
        return err_set(err, ERR_INPUT, "%s", why);
    return key_fits(n, &chain.items[0].cert, err);
}

/* Never the one in use, whatever its number is. */
static void clear_archive(const struct store_archive *archive, long live)
{
    const char *const *names = NULL;
    size_t len = 0;
    struct err ignored;

    if (!file_list(archive->arena, archive->dir, "", &names, &len, &ignored))
        return;
    for (size_t i = 0; i < len; i++) {
        long version = store_archive_number(names[i]);
        /* An old version that stays is in nobody's way. */
        if (version && version <= live - STORE_KEPT &&
            !folder_remove(store_archive_path(archive, version), &ignored))
            return;
    }
}

struct version_file {
    const char *file;
    const char *text; /* NULL: there is no such file */
    enum file_mode mode;
};

static bool write_parts(struct arena *a, const char *dir,
                        const struct version_file *parts, struct err *err)
{
    for (const struct version_file *p = parts; p->file; p++)
        if (p->text && !file_write(arena_printf(a, "%s/%s", dir, p->file),
                                   p->text, strlen(p->text), p->mode, err))
            return false;
    return true;
}

/* The chain is written without whatever else the CA may have sent. */
static bool write_version(struct arena *a, const char *dir,
                          const struct store_new *n, struct err *err)
{
    struct cert_list chain = { 0 };
    struct buf about;

    if (!x509_read_file(a, n->chain_pem, strlen(n->chain_pem), "fullchain.pem",
                        &chain, err))
        return false;
    const struct cert *leaf = &chain.items[0].cert;
    buf_init(&about, a, STORE_FILE_MAX);
    json_print(n->about, true, &about);
    const struct version_file parts[] = {
        { "privkey.pem", n->key_pem, FILE_PRIVATE_NEW },
        { "cert.pem", x509_cert_pem(a, leaf->der, leaf->der_len),
          FILE_PUBLIC_NEW },
        { "chain.pem", x509_chain_pem(a, &chain, 1), FILE_PUBLIC_NEW },
        { "fullchain.pem", x509_chain_pem(a, &chain, 0), FILE_PUBLIC_NEW },
        { "privkey-next.pem", n->rollover_key_pem, FILE_PRIVATE_NEW },
        { "certmend.json", about.text, FILE_PRIVATE_NEW },
        { .file = NULL },
    };
    return write_parts(a, dir, parts, err);
}

static bool read_back(struct arena *a, const char *dir, const char *file,
                      const char **out, struct err *err)
{
    size_t len = 0;

    return file_read(a, arena_printf(a, "%s/%s", dir, file), STORE_FILE_MAX,
                     out, &len, err);
}

/* To the last byte: half of a key may still look like one. */
static bool check_key(struct arena *a, const char *dir,
                      const struct store_new *n, struct err *err)
{
    const char *path = arena_printf(a, "%s/privkey.pem", dir);
    struct secret back;

    if (!secret_read(path, &back, err))
        return false;
    bool same = strcmp(back.text, n->key_pem) == 0;
    secret_wipe(&back, sizeof back);
    return same || err_set(err, ERR_SYSTEM,
                           "%s: the disk gives back other bytes than were "
                           "written",
                           path);
}

/* What the disk says is what counts. */
static bool check_version(struct arena *a, const char *dir,
                          const struct store_new *n, struct err *err)
{
    struct store_new again = *n;

    return read_back(a, dir, "fullchain.pem", &again.chain_pem, err) &&
           check_key(a, dir, n, err) && new_fits(a, &again, err);
}

static bool make_version(const struct store *s, struct store_archive *archive,
                         const struct store_new *n, struct err *err)
{
    const char *whole = store_archive_path(archive, archive->newest + 1);
    const char *part = arena_printf(archive->arena, "%s.part", whole);

    if (!folder_make(part, FOLDER_PRIVATE, err))
        return false;
    if (write_version(archive->arena, part, n, err) &&
        check_version(archive->arena, part, n, err) &&
        store_rights_give(s, n->name, part, n->key_group, err)) {
        folder_sweep(part);
        if (folder_move(part, whole, err))
            return true;
    }
    /* If it cannot go now, the next run takes it away. */
    struct err ignored;
    bool removed = folder_remove(part, &ignored);
    (void)removed;
    return false;
}

/* archive/NAME/waiting: the number of the version that is to go live; what is
 * newer than the live one without it was turned back from by hand. */
static const char *waiting_path(const struct store_archive *archive)
{
    return arena_printf(archive->arena, "%s/waiting", archive->dir);
}

static bool write_waiting(const struct store_archive *archive, long version,
                          struct err *err)
{
    const char *text = arena_printf(archive->arena, "%ld\n", version);

    return file_write(waiting_path(archive), text, strlen(text), FILE_PRIVATE,
                      err);
}

static long live_version(struct arena *a, const struct store *s,
                         const char *name)
{
    const char *to =
        folder_link_read(a, arena_printf(a, "%s/live/%s", s->dir, name));
    const char *slash = to ? strrchr(to, '/') : NULL;

    return slash ? store_archive_number(slash + 1) : 0;
}

/* 0: none waits. */
static long waiting_version(const struct store *s,
                            const struct store_archive *archive,
                            const char *name)
{
    enum { NUMBER_MAX = 32 };
    const char *text = NULL;
    size_t len = 0;
    struct err ignored;

    if (!file_exists(waiting_path(archive)) ||
        !file_read(archive->arena, waiting_path(archive), NUMBER_MAX, &text,
                   &len, &ignored))
        return 0;
    long version = store_archive_number(
        arena_text_n(archive->arena, text, strcspn(text, "\n")));
    bool is_newer = version > live_version(archive->arena, s, name);
    return is_newer && file_exists(store_archive_path(archive, version))
               ? version
               : 0;
}

/* The note comes first: cut short behind it, nothing waits yet. */
static bool shelve(struct arena *a, const struct store *s,
                   const struct store_new *n, struct err *err)
{
    struct store_archive archive = store_archive_of(a, s, n->name);

    return store_archive_open(&archive, err) &&
           write_waiting(&archive, archive.newest + 1, err) &&
           make_version(s, &archive, n, err);
}

static bool go_live(struct arena *a, const struct store *s, const char *name,
                    struct err *err)
{
    struct store_archive archive = store_archive_of(a, s, name);
    const char *live = arena_printf(a, "%s/live", s->dir);
    const char *link = arena_printf(a, "%s/%s", live, name);
    long version = waiting_version(s, &archive, name);

    if (!version)
        return err_set(err, ERR_INPUT, "no certificate waits in %s",
                       archive.dir);
    const char *to = arena_printf(a, "../archive/%s/%ld", name, version);
    if (!folder_make(live, FOLDER_PRIVATE, err) || !folder_link(to, link, err))
        return false;
    clear_archive(&archive, version);
    /* What is live waits no more, whatever the note says. */
    struct err ignored;
    bool noted = write_waiting(&archive, 0, &ignored);
    (void)noted;
    return true;
}

bool store_shelve(struct store *s, const struct store_new *n, struct err *err)
{
    struct arena *a = arena_new();
    bool good =
        new_fits(a, n, err) && store_lock(s, err) && shelve(a, s, n, err);

    arena_free(a);
    return good || err_add(err, "keeping the certificate for %s", n->name);
}

bool store_go_live(struct store *s, const char *name, struct err *err)
{
    struct arena *a = arena_new();
    bool good = store_lock(s, err) && go_live(a, s, name, err);

    arena_free(a);
    return good || err_add(err, "turning to the new certificate for %s", name);
}

bool store_put(struct store *s, const struct store_new *n, struct err *err)
{
    return store_shelve(s, n, err) && store_go_live(s, n->name, err);
}

bool store_find_waiting(const struct store *s, const char *name,
                        const struct store_entry **out, struct err *err)
{
    struct store_archive archive = store_archive_of(s->arena, s, name);
    long version = waiting_version(s, &archive, name);

    *out = NULL;
    return !version ||
           store_read(s, name, store_archive_path(&archive, version), out, err);
}
