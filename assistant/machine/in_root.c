#define _GNU_SOURCE /* O_PATH, statx(2) */
#include "machine/in_root.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { LINK_MAX_LEN = 4096, TRIES = 16 };

int in_root_open(const struct machine_root *root, const char *path, int flags)
{
    struct open_how how = {
        .flags = (unsigned)(flags | O_CLOEXEC),
        .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
    };
    long fd = -1;

    /* EAGAIN: something was renamed while the path was walked. */
    for (int i = 0; i < TRIES && fd < 0; i++) {
        fd = syscall(SYS_openat2, root->fd, path, &how, sizeof how);
        if (fd < 0 && errno != EAGAIN && errno != EINTR)
            break;
    }
    return (int)fd;
}

int in_root_find(const struct machine_root *root, const char *path)
{
    return in_root_open(root, path, O_PATH);
}

static const char *link_of(struct arena *a, int fd)
{
    char *to = arena_alloc(a, LINK_MAX_LEN + 1, 1);
    const char *from = arena_printf(a, "/proc/self/fd/%d", fd);
    ssize_t len = readlink(from, to, LINK_MAX_LEN);

    return len > 0 && len < LINK_MAX_LEN ? to : NULL;
}

int in_root_reopen(int found)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/self/fd/%d", found);
    return open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

const char *in_root_path(struct arena *a, const struct machine_root *root,
                         int fd)
{
    struct stat what;
    const char *top = link_of(a, root->fd);
    const char *path = link_of(a, fd);

    if (!top || !path || fstat(fd, &what) != 0 || !what.st_nlink)
        return NULL;
    size_t len = strcmp(top, "/") == 0 ? 0 : strlen(top);
    if (strncmp(path, top, len) != 0)
        return NULL;
    return path[len] == '\0' ? "/" : path[len] == '/' ? path + len : NULL;
}

/* A list of rights may let somebody write whom the twelve bits do not show. */
static bool has_acl(struct arena *a, int fd)
{
    return getxattr(arena_printf(a, "/proc/self/fd/%d", fd),
                    "system.posix_acl_access", NULL, 0) > 0;
}

/* Somebody but root and `owner` may write it. */
static bool is_open_to_others(struct arena *a, int fd, const struct stat *what,
                              uid_t owner)
{
    bool by_group =
        (what->st_mode & S_IWGRP) && (what->st_gid != 0 || has_acl(a, fd));

    return by_group || (what->st_mode & S_IWOTH) ||
           (what->st_uid != 0 && what->st_uid != owner);
}

static const char *folder_of(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash && slash != path
               ? arena_text_n(a, path, (size_t)(slash - path))
               : "/";
}

/* Files of a folder that all may write and none but the owner may take away
 * (/tmp) are safe; new ones beside them are not. */
static const char *folder_rights(struct arena *a,
                                 const struct machine_root *root,
                                 const char *resolved, uid_t owner)
{
    const char *folder = resolved;
    bool is_own = true;

    do {
        struct stat what;
        folder = folder_of(a, folder);
        int fd = in_root_open(root, folder, O_PATH | O_DIRECTORY);
        bool seen = fd >= 0 && fstat(fd, &what) == 0;
        bool safe = seen && (!is_open_to_others(a, fd, &what, owner) ||
                             (!is_own && (what.st_mode & S_ISVTX)));
        if (fd >= 0)
            close(fd);
        if (!safe)
            return arena_printf(a,
                                "Others than root may write in the folder "
                                "%s.",
                                arena_printable(a, folder, strlen(folder)));
        is_own = false;
    } while (strcmp(folder, "/") != 0);
    return NULL;
}

static const char *flags_of(int fd)
{
    struct statx what;

    if (statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &what))
        return NULL;
    if (what.stx_attributes & (STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND))
        return "It is marked as not to be changed (lsattr shows it).";
    return NULL;
}

static const char *mount_of(struct arena *a, const struct machine_root *root,
                            const char *resolved, int fd)
{
    struct statx file, folder;
    struct statvfs system;
    int at = in_root_open(root, folder_of(a, resolved), O_PATH | O_DIRECTORY);
    bool seen = at >= 0 &&
                statx(at, "", AT_EMPTY_PATH, STATX_MNT_ID, &folder) == 0 &&
                statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &file) == 0;

    if (at >= 0)
        close(at);
    if (!seen)
        return "Its folder cannot be looked at.";
    if (file.stx_mnt_id != folder.stx_mnt_id ||
        file.stx_dev_major != folder.stx_dev_major ||
        file.stx_dev_minor != folder.stx_dev_minor)
        return "It is mounted here by itself, from somewhere else.";
    if (fstatvfs(fd, &system) == 0 && (system.f_flag & ST_RDONLY))
        return "It lies on a file system that can only be read.";
    return NULL;
}

const char *in_root_hands_off(struct arena *a, const struct machine_root *root,
                              const char *resolved, int fd)
{
    struct stat what;

    if (fstat(fd, &what) != 0)
        return "It cannot be looked at.";
    const char *why = flags_of(fd);
    if (!why)
        why = mount_of(a, root, resolved, fd);
    if (!why && is_open_to_others(a, fd, &what, what.st_uid))
        why = "Others than root and its owner may write it.";
    /* In a folder of its owner's own it may be another one the next moment. */
    return why ? why : folder_rights(a, root, resolved, geteuid());
}
