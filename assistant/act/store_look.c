#include "act/store_look.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/folder.h"
#include "base/log.h"
#include "base/shell_word.h"

/* DIR/archive/NAME/3 is as deep as it goes. */
enum { DEPTH_MAX = 4 };

struct store_reading {
    struct arena *arena;
    struct err *err;
    bool (*see)(struct store_reading *l, const char *path,
                const struct stat *what);
    size_t dir_len; /* of the store's own path */
};

static bool is_ours(const struct stat *what)
{
    return what->st_uid == geteuid() || what->st_uid == 0;
}

/* What cannot be read here is somebody else's to look at. */
static bool walk(struct store_reading *l, const char *dir, unsigned depth)
{
    const char *const *names = NULL;
    size_t len = 0;
    struct err ignored;
    struct stat what;

    if (!file_list(l->arena, dir, "", &names, &len, &ignored))
        return true;
    for (size_t i = 0; i < len; i++) {
        const char *path = arena_printf(l->arena, "%s/%s", dir, names[i]);
        if (lstat(path, &what) != 0)
            continue;
        if (!l->see(l, path, &what) ||
            (S_ISDIR(what.st_mode) && depth < DEPTH_MAX &&
             !walk(l, path, depth + 1)))
            return false;
    }
    return true;
}

/* ---- who may write ---- */

static bool see_owned(struct store_reading *l, const char *path,
                      const struct stat *what)
{
    if (!is_ours(what))
        return err_set(l->err, ERR_INPUT,
                       "the store cannot be trusted: %s belongs to somebody "
                       "else; run certmend as its owner, choose another with "
                       "--store, or make it yours (chown); who is to read a "
                       "key is let in by its group",
                       path);
    if (what->st_mode & S_IWOTH)
        return err_set(l->err, ERR_INPUT,
                       "the store cannot be trusted: %s may be written by "
                       "everybody; look whether what is in it is yours, then "
                       "take that away with \"chmod o-w %s\"",
                       path, shell_word_path(l->arena, path));
    return true;
}

/* One that leads nowhere is told of where it is used. */
static bool see_link(struct store_reading *l, const char *path,
                     const struct stat *link)
{
    struct stat what;

    if (!is_ours(link))
        return err_set(l->err, ERR_INPUT,
                       "the store cannot be trusted: the link %s was made by "
                       "somebody else; take it away",
                       path);
    if (stat(path, &what) != 0)
        return true;
    if (S_ISDIR(what.st_mode) || S_ISREG(what.st_mode))
        return see_owned(l, path, &what);
    return err_set(l->err, ERR_INPUT,
                   "the store cannot be used: %s leads to a pipe or a device; "
                   "take it away",
                   path);
}

/* Some servers want to own the key they read. Nothing in it is run. */
static bool is_for_a_server(const char *path, const struct stat *what)
{
    const char *name = strrchr(path, '/');
    const char *dot = strrchr(path, '.');

    return dot && strcmp(dot, ".pem") == 0 && strncmp(name, "/key", 4) != 0 &&
           !(what->st_mode & S_IWOTH);
}

static bool see(struct store_reading *l, const char *path,
                const struct stat *what)
{
    if (!S_ISDIR(what->st_mode) && !S_ISREG(what->st_mode) &&
        !S_ISLNK(what->st_mode))
        return err_set(l->err, ERR_INPUT,
                       "the store cannot be used: %s is a pipe or a device, "
                       "not a file; take it away",
                       path);
    if (S_ISLNK(what->st_mode))
        return see_link(l, path, what);
    if (S_ISREG(what->st_mode) && is_for_a_server(path, what))
        return true;
    return see_owned(l, path, what);
}

/* What `path` stands in, as it is written. */
static const char *above(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return ".";
    return slash == path ? "/" : arena_text_n(a, path, (size_t)(slash - path));
}

/* Its owner may rename what is in it, sticky bit or not, and whoever is not
 * root may have been given a place there by him. */
static bool see_anothers(const char *path, struct err *err)
{
    if (geteuid() == 0)
        return err_set(err, ERR_INPUT,
                       "the store cannot be trusted: %s, which it is in, "
                       "belongs to another user, who may put another store in "
                       "its place; choose another with --store, or make it "
                       "root's (chown)",
                       path);
    log_note("%s, which the store is in, belongs to another user, who may put "
             "another store in its place; --store chooses another",
             path);
    return true;
}

/* Where everybody may rename what is there, the store can be another's at any
 * time; the sticky bit of /tmp forbids it. */
static bool see_up(struct arena *a, const char *path, struct err *err)
{
    bool is_top = false;
    struct stat what;

    while (!is_top) {
        bool is_there = stat(path, &what) == 0;
        if (is_there && !is_ours(&what) && !see_anothers(path, err))
            return false;
        if (is_there && (what.st_mode & S_IWOTH) && !(what.st_mode & S_ISVTX))
            return err_set(err, ERR_INPUT,
                           "the store cannot be trusted: everybody may rename "
                           "what is in %s; take that away with \"chmod o-w "
                           "%s\"",
                           path, shell_word_path(a, path));
        is_top = !path[1];
        path = above(a, path);
    }
    return true;
}

/* Where it is, and, if that is by a link, where the link is. */
static bool see_above(struct arena *a, const char *dir, struct err *err)
{
    char real[PATH_MAX];

    if (realpath(dir, real) && !see_up(a, above(a, real), err))
        return false;
    bool is_there = false;
    do {
        dir = above(a, dir);
        is_there = realpath(dir, real);
    } while (!is_there && dir[1]);
    return !is_there || see_up(a, real, err);
}

bool store_look(struct arena *a, const char *dir, struct err *err)
{
    struct store_reading l = { a, err, see, strlen(dir) };
    struct stat what;

    errno = 0;
    if (stat(dir, &what) != 0 && errno == ENOENT)
        return see_above(a, dir, err);
    if (errno || !S_ISDIR(what.st_mode))
        return err_set(err, ERR_INPUT, "the store %s cannot be used: %s", dir,
                       strerror(errno ? errno : ENOTDIR));
    return see_owned(&l, dir, &what) && see_above(a, dir, err) &&
           walk(&l, dir, 1);
}

/* ---- who may read keys ---- */

static bool is_key(const char *path)
{
    static const char *const names[] = { "/privkey.pem", "/privkey-next.pem",
                                         "/key.pem", "/key-next.pem" };
    const char *name = strrchr(path, '/');

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* A group that may read a certificate's key, and nobody else, was meant to. */
static bool is_open(const char *path, mode_t mode)
{
    bool is_account = strncmp(strrchr(path, '/'), "/key", 4) == 0;

    return mode & (S_IRWXO | S_IWGRP | (is_account ? S_IRGRP : 0));
}

static void close_key(struct arena *a, const char *path)
{
    /* The folder is ours alone: nobody puts a link here meanwhile. */
    if (chmod(path, 0600) == 0)
        log_note("others on this machine could read the key %s; now it is "
                 "closed (0600). If anybody had the chance to, have it "
                 "replaced",
                 path);
    else
        log_note("others on this machine could read the key %s; \"chmod 600 "
                 "%s\" takes that away, as its owner",
                 path, shell_word_path(a, path));
}

/* ---- what runs that were cut short have left ---- */

static bool ends_with(const char *text, const char *suffix)
{
    size_t len = strlen(text), n = strlen(suffix);

    return len >= n && strcmp(text + len - n, suffix) == 0;
}

/* A name may end so too (.new is a top level domain): then the link leads to
 * its own archive. */
bool store_is_leftover(struct arena *a, const char *link)
{
    const char *to = folder_link_read(a, link);
    const char *name = strrchr(link, '/') + 1;

    if (!to || !ends_with(name, ".new"))
        return false;
    const char *archive = arena_printf(
        a, "../archive/%.*s/", (int)(strlen(name) - strlen(".new")), name);
    return strncmp(to, archive, strlen(archive)) == 0;
}

/* "archive/NAME/3.part". A person's own files may be named as they like. */
static bool is_half_version(const char *path)
{
    const char *name = strrchr(path, '/') + 1;

    return strcmp(name + strspn(name, "0123456789"), ".part") == 0 &&
           name[0] != '.';
}

/* What a group may read is below live/ and archive/ only. */
static bool is_private(const struct store_reading *l, const char *path)
{
    const char *in_store = path + l->dir_len;

    return strncmp(in_store, "/accounts", strlen("/accounts")) == 0 ||
           strncmp(in_store, "/pending", strlen("/pending")) == 0;
}

static void close_folder(struct arena *a, const char *path)
{
    if (chmod(path, 0700) == 0)
        log_note("others on this machine could look into %s; now it is closed "
                 "(0700)",
                 path);
    else
        log_note("others on this machine can look into %s; \"chmod 700 %s\" "
                 "takes that away, as its owner",
                 path, shell_word_path(a, path));
}

static bool tidy(struct store_reading *l, const char *path,
                 const struct stat *what)
{
    struct err ignored;

    if (S_ISDIR(what->st_mode) && (what->st_mode & S_IWGRP))
        log_note("the group of %s may write into it, and so put keys and "
                 "programs there; \"chmod g-w %s\" takes that away",
                 path, shell_word_path(l->arena, path));
    if (S_ISDIR(what->st_mode) && is_private(l, path) &&
        (what->st_mode & (S_IRWXG | S_IRWXO)))
        close_folder(l->arena, path);
    if (S_ISLNK(what->st_mode) && is_half_version(path))
        unlink(path);
    /* What cannot go now goes the next time. */
    if (S_ISDIR(what->st_mode) && is_half_version(path) &&
        !folder_remove(path, &ignored))
        return true;
    if ((S_ISREG(what->st_mode) && file_is_temp(path)) ||
        store_is_leftover(l->arena, path))
        unlink(path);
    else if (S_ISREG(what->st_mode) && is_key(path) &&
             is_open(path, what->st_mode))
        close_key(l->arena, path);
    return true;
}

void store_tidy(struct arena *a, const char *dir)
{
    struct store_reading l = { a, NULL, tidy, strlen(dir) };
    bool walked = walk(&l, dir, 1);

    (void)walked;
}
