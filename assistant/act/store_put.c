#include "act/store_put.h"

#include <stdlib.h>
#include <string.h>

#include "act/chain_fit.h"
#include "base/file.h"
#include "base/folder.h"
#include "crypto/pair.h"

/* The versions of one name. */
struct shelf {
    struct arena *arena;
    const char *dir; /* DIR/archive/NAME */
    long newest;     /* 0: none yet */
};

static const char *version_path(const struct shelf *shelf, long version)
{
    return arena_printf(shelf->arena, "%s/%ld", shelf->dir, version);
}

/* 0: not the name of a version. */
static long version_number(const char *name)
{
    size_t digits = strspn(name, "0123456789");

    return digits && digits < 10 && !name[digits] ? strtol(name, NULL, 10) : 0;
}

/* Finds the newest; what a run that was cut short has left goes away. */
static bool open_shelf(struct shelf *shelf, struct err *err)
{
    const char *const *names = NULL;
    size_t len = 0;

    if (!folder_make(shelf->dir, FOLDER_PRIVATE, err) ||
        !file_list(shelf->arena, shelf->dir, "", &names, &len, err))
        return false;
    for (size_t i = 0; i < len; i++) {
        long version = version_number(names[i]);
        const char *dot = strrchr(names[i], '.');
        if (version > shelf->newest)
            shelf->newest = version;
        if (dot && strcmp(dot, ".part") == 0 &&
            !folder_remove(
                arena_printf(shelf->arena, "%s/%s", shelf->dir, names[i]), err))
            return false;
    }
    return true;
}

/* Never the one in use, whatever its number is. */
static void clear_shelf(const struct shelf *shelf, long in_use)
{
    const char *const *names = NULL;
    size_t len = 0;
    struct err ignored;

    if (!file_list(shelf->arena, shelf->dir, "", &names, &len, &ignored))
        return;
    for (size_t i = 0; i < len; i++) {
        long version = version_number(names[i]);
        /* An old version that stays is in nobody's way. */
        if (version && version <= in_use - STORE_KEPT &&
            !folder_remove(version_path(shelf, version), &ignored))
            return;
    }
}

struct part {
    const char *file;
    const char *text; /* NULL: there is no such file */
    enum file_mode mode;
};

static bool write_parts(struct arena *a, const char *dir,
                        const struct part *parts, struct err *err)
{
    for (const struct part *p = parts; p->file; p++)
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
    const struct part parts[] = {
        { "privkey.pem", n->key_pem, FILE_PRIVATE_NEW },
        { "cert.pem", pair_cert_pem(a, leaf->der, leaf->der_len),
          FILE_PUBLIC_NEW },
        { "chain.pem", chain_pem(a, &chain, 1), FILE_PUBLIC_NEW },
        { "fullchain.pem", chain_pem(a, &chain, 0), FILE_PUBLIC_NEW },
        { "privkey-next.pem", n->next_key_pem, FILE_PRIVATE_NEW },
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

/* What the disk says is what counts. */
static bool check_version(struct arena *a, const char *dir,
                          const struct store_new *n, struct err *err)
{
    struct store_new again = *n;

    return read_back(a, dir, "fullchain.pem", &again.chain_pem, err) &&
           read_back(a, dir, "privkey.pem", &again.key_pem, err) &&
           store_fits(a, &again, err);
}

static bool make_version(struct shelf *shelf, const struct store_new *n,
                         struct err *err)
{
    const char *whole = version_path(shelf, shelf->newest + 1);
    const char *part = arena_printf(shelf->arena, "%s.part", whole);

    if (!folder_make(part, FOLDER_PRIVATE, err))
        return false;
    if (write_version(shelf->arena, part, n, err) &&
        check_version(shelf->arena, part, n, err)) {
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

static bool put(struct arena *a, const struct store *s,
                const struct store_new *n, struct err *err)
{
    struct shelf shelf = {
        .arena = a,
        .dir = arena_printf(a, "%s/archive/%s", s->dir, n->name),
    };
    const char *live = arena_printf(a, "%s/live", s->dir);
    const char *link = arena_printf(a, "%s/%s", live, n->name);

    if (!folder_make(live, FOLDER_PRIVATE, err) || !open_shelf(&shelf, err) ||
        !make_version(&shelf, n, err))
        return false;
    long version = shelf.newest + 1;
    const char *to = arena_printf(a, "../archive/%s/%ld", n->name, version);
    if (!folder_link(to, link, err))
        return false;
    clear_shelf(&shelf, version);
    return true;
}

bool store_put(struct store *s, const struct store_new *n, struct err *err)
{
    struct arena *a = arena_new();
    bool good =
        store_fits(a, n, err) && store_lock(s, err) && put(a, s, n, err);

    arena_free(a);
    return good || err_add(err, "keeping the certificate for %s", n->name);
}
