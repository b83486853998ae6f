#include "act/store_rights.h"

#include <errno.h>
#include <grp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/log.h"
#include "base/shell_word.h"

enum {
    KEY_OURS = 0600,
    FOLDER_OURS = 0700,
    KEY_GROUP = 0640,
    FOLDER_GROUP = 0750,
    PASS = S_IXGRP | S_IXOTH
};

struct key_rights {
    uid_t owner;
    gid_t group;
    mode_t key, folder;
};

static bool is_member(struct arena *a, gid_t group)
{
    int len = getgroups(0, NULL);
    gid_t *groups =
        arena_alloc(a, (size_t)(len > 0 ? len : 0) + 1, sizeof *groups);

    len = len > 0 ? getgroups(len, groups) : 0;
    for (int i = 0; i < len; i++)
        if (groups[i] == group)
            return true;
    return getegid() == group;
}

static bool find_group(struct arena *a, const char *name, gid_t *out,
                       struct err *err)
{
    const struct group *found = getgrnam(name);

    if (!found)
        return err_set(err, ERR_USAGE,
                       "--key-group: there is no group \"%s\" on this machine",
                       name);
    *out = found->gr_gid;
    return geteuid() == 0 || is_member(a, *out) ||
           err_set(err, ERR_USAGE,
                   "--key-group: only root, or a member of the group \"%s\", "
                   "can let it read a key",
                   name);
}

bool store_group_check(struct arena *a, const char *group, struct err *err)
{
    gid_t unused = 0;

    return find_group(a, group, &unused, err);
}

static bool says(const char *path, struct err *err)
{
    return err_set(err, ERR_SYSTEM, "%s cannot be opened to a group: %s", path,
                   strerror(errno));
}

/* Owner and group first: they may take modes away. */
static bool give(const char *path, uid_t owner, gid_t group, mode_t mode)
{
    struct stat st;

    return stat(path, &st) == 0 &&
           ((st.st_uid == owner && st.st_gid == group) ||
            chown(path, st.st_uid == owner ? (uid_t)-1 : owner, group) == 0) &&
           chmod(path, mode) == 0;
}

static bool give_all(struct arena *a, const char *version,
                     const struct key_rights *r, struct err *err)
{
    const char *key = arena_printf(a, "%s/privkey.pem", version);

    if (!give(version, geteuid(), r->group, r->folder))
        return says(version, err);
    return give(key, r->owner, r->group, r->key) || says(key, err);
}

/* ---- a group that was named ---- */

/* Everybody may go through, and see nothing on the way. */
static bool open_way(const struct store *s, const char *name, gid_t group,
                     struct err *err)
{
    struct arena *a = s->arena;
    const char *const way[] = { s->dir, arena_printf(a, "%s/live", s->dir),
                                arena_printf(a, "%s/archive", s->dir) };
    const char *archive = arena_printf(a, "%s/archive/%s", s->dir, name);
    struct stat st;

    for (size_t i = 0; i < sizeof way / sizeof *way; i++) {
        if (!folder_make(way[i], FOLDER_PRIVATE, err))
            return false;
        if (stat(way[i], &st) != 0 ||
            ((st.st_mode & PASS) != PASS &&
             chmod(way[i], (st.st_mode | PASS) & 07777) != 0))
            return says(way[i], err);
    }
    return give(archive, geteuid(), group, FOLDER_GROUP) || says(archive, err);
}

static bool give_named(const struct store *s, const char *name,
                       const char *version, const char *group, struct err *err)
{
    struct key_rights r = { geteuid(), 0, KEY_GROUP, FOLDER_GROUP };

    return find_group(s->arena, group, &r.group, err) &&
           open_way(s, name, r.group, err) &&
           give_all(s->arena, version, &r, err);
}

/* ---- what was given by hand ---- */

/* False: nobody but its owner may read it, and that is us. */
static bool read_rights(const struct store *s, const char *name,
                        struct key_rights *out)
{
    struct stat key, folder;

    if (stat(store_path(s, name, "privkey.pem"), &key) != 0 ||
        stat(store_path(s, name, "."), &folder) != 0)
        return false;
    *out = (struct key_rights){
        .owner = key.st_uid,
        .group = key.st_gid,
        .key = KEY_OURS | (key.st_mode & S_IROTH ? 0 : key.st_mode & S_IRGRP),
        .folder = FOLDER_OURS |
                  (folder.st_mode & (S_IRGRP | S_IXGRP | S_IROTH | S_IXOTH)),
    };
    return out->owner != geteuid() || out->key != KEY_OURS ||
           out->folder != FOLDER_OURS;
}

static void give_likewise(const struct store *s, const char *name,
                          const char *version)
{
    struct key_rights r;
    struct err err = { ERR_NONE, "" };

    if (!read_rights(s, name, &r) || give_all(s->arena, version, &r, &err))
        return;
    log_note("who may read the key of the last certificate may not read that "
             "of the new one: %s; as root, \"chown %ld:%ld %s\" and \"chmod "
             "%o\" let them, and --key-group lasts",
             err.text, (long)r.owner, (long)r.group,
             shell_word_path(s->arena, store_path(s, name, "privkey.pem")),
             (unsigned)r.key);
}

bool store_rights_give(const struct store *s, const char *name,
                       const char *version, const char *group, struct err *err)
{
    if (group)
        return give_named(s, name, version, group, err);
    give_likewise(s, name, version);
    return true;
}
