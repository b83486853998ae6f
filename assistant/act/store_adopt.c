#include "act/store_adopt.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "act/store_archive.h"
#include "base/file.h"
#include "base/folder.h"
#include "base/log.h"
#include "base/secret.h"

struct store_copy {
    struct arena *arena;
    const char *live; /* the folder in live/ */
    struct store_archive archive;
    const char *name;
};

static const char *in(const struct store_copy *c, const char *dir,
                      const char *file)
{
    return arena_printf(c->arena, "%s/%s", dir, file);
}

static bool is_real_folder(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool store_is_copy(const struct store *s, const char *name)
{
    return is_real_folder(arena_printf(s->arena, "%s/live/%s", s->dir, name)) &&
           file_exists(store_path(s, name, "certmend.json"));
}

static bool is_same_file(const char *one, const char *other)
{
    struct secret a, b;
    struct err ignored;
    bool same = secret_read(one, &a, &ignored) &&
                secret_read(other, &b, &ignored) && a.len == b.len &&
                memcmp(a.text, b.text, a.len) == 0;

    secret_wipe(&a, sizeof a);
    secret_wipe(&b, sizeof b);
    return same;
}

static bool is_same_version(const struct store_copy *c, const char *version)
{
    static const char *const files[] = { "privkey.pem", "cert.pem",
                                         "fullchain.pem", "certmend.json" };

    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (!is_same_file(in(c, c->live, files[i]), in(c, version, files[i])))
            return false;
    return true;
}

/* 0: none of the archive is what was copied. */
static long find_version(const struct store_copy *c)
{
    long newest = c->archive.newest;

    for (long n = newest; n > 0 && n > newest - 2 * STORE_KEPT; n--)
        if (is_same_version(c, store_archive_path(&c->archive, n)))
            return n;
    return 0;
}

/* The files get a second name: owners and rights stay, no key is copied. */
static bool link_files(const struct store_copy *c, const char *to,
                       struct err *err)
{
    const char *const *files = NULL;
    size_t len = 0;

    if (!folder_make(to, FOLDER_PRIVATE, err) ||
        !file_list(c->arena, c->live, "", &files, &len, err))
        return false;
    for (size_t i = 0; i < len; i++)
        if (link(in(c, c->live, files[i]), in(c, to, files[i])) != 0)
            return err_set(err, ERR_SYSTEM, "%s cannot be linked to: %s",
                           in(c, c->live, files[i]), strerror(errno));
    return true;
}

static bool make_version(const struct store_copy *c, long version,
                         struct err *err)
{
    const char *whole = store_archive_path(&c->archive, version);
    const char *part = arena_printf(c->arena, "%s.part", whole);

    return link_files(c, part, err) && folder_move(part, whole, err);
}

/* The link is made elsewhere and takes the folder's place. Its name there is
 * one that store_tidy() clears, whatever bears it. */
static bool turn(const struct store_copy *c, long version, struct err *err)
{
    const char *aside = in(c, c->archive.dir, "0.part");
    const char *to =
        arena_printf(c->arena, "../archive/%s/%ld", c->name, version);
    struct err ignored;

    if (symlink(to, aside) != 0)
        return err_set(err, ERR_SYSTEM, "%s cannot be made: %s", aside,
                       strerror(errno));
    if (!folder_exchange(aside, c->live, err)) {
        unlink(aside);
        return false;
    }
    bool removed = folder_remove(aside, &ignored);
    (void)removed; /* what cannot go now goes the next time */
    return true;
}

static bool adopt(struct store_copy *c, struct err *err)
{
    if (!store_archive_open(&c->archive, err))
        return false;
    long version = find_version(c);
    if (!version && !make_version(c, version = c->archive.newest + 1, err))
        return false;
    return turn(c, version, err);
}

static void adopt_and_tell(const struct store *s, const char *name)
{
    struct store_copy c = {
        .arena = s->arena,
        .live = arena_printf(s->arena, "%s/live/%s", s->dir, name),
        .archive = store_archive_of(s->arena, s, name),
        .name = name,
    };
    struct err err = { ERR_NONE, "" };

    if (adopt(&c, &err)) {
        log_note("%s was a folder, as a copy without links has it; it leads "
                 "into archive/ again",
                 c.live);
        return;
    }
    err_add(&err, "%s is a folder, as a copy without links has it", c.live);
    log_error(&err);
}

void store_adopt(const struct store *s)
{
    const char *live = arena_printf(s->arena, "%s/live", s->dir);
    const char *const *names = NULL;
    size_t len = 0;
    struct err ignored;

    if (!file_exists(live) ||
        !file_list(s->arena, live, "", &names, &len, &ignored))
        return;
    for (size_t i = 0; i < len; i++)
        if (store_is_copy(s, names[i]))
            adopt_and_tell(s, names[i]);
}
