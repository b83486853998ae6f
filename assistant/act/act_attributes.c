#include "act/act_attributes.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

/* What the kernel allows at most (xattr(7)). */
enum { NAMES_BYTES = 64 * 1024, VALUE_BYTES = 64 * 1024 };

static bool has_same(int fd, const char *name, const char *value, size_t len)
{
    char its[VALUE_BYTES];
    ssize_t got = fgetxattr(fd, name, its, sizeof its);

    return got >= 0 && (size_t)got == len && memcmp(its, value, len) == 0;
}

/* A label that the system gives by itself may not be ours to set: then it is
 * enough that it is the same. */
static bool copy_one(int from, int to, const char *name)
{
    char value[VALUE_BYTES];
    ssize_t len = fgetxattr(from, name, value, sizeof value);

    if (len < 0)
        return errno == ENODATA;
    if (has_same(to, name, value, (size_t)len))
        return true;
    return fsetxattr(to, name, value, (size_t)len, 0) == 0;
}

/* 0 where the file system has none. */
static ssize_t list(int fd, char *names, size_t room)
{
    ssize_t len = flistxattr(fd, names, room);

    return len < 0 && errno == ENOTSUP ? 0 : len;
}

static bool is_among(const char *name, const char *names, size_t len)
{
    for (const char *one = names; one < names + len; one += strlen(one) + 1)
        if (strcmp(one, name) == 0)
            return true;
    return false;
}

/* A new file inherits an access list from its folder. */
static bool drop_others(int to, const char *wanted, size_t wanted_len)
{
    char names[NAMES_BYTES];
    ssize_t len = list(to, names, sizeof names);

    for (const char *one = names; len > 0 && one < names + len;
         one += strlen(one) + 1)
        if (!is_among(one, wanted, wanted_len) && fremovexattr(to, one) != 0)
            return false;
    return len >= 0;
}

static bool copy_all(int from, int to)
{
    char names[NAMES_BYTES];
    ssize_t len = list(from, names, sizeof names);

    if (len < 0 || !drop_others(to, names, (size_t)len))
        return false;
    for (const char *one = names; one < names + len; one += strlen(one) + 1)
        if (!copy_one(from, to, one))
            return false;
    return true;
}

/* In this order: a new owner takes away the bits for set-user-id, and an
 * access list changes the mode. */
bool act_attributes_copy(int from, int to)
{
    struct stat st, got;

    if (fstat(from, &st) != 0 || fchown(to, st.st_uid, st.st_gid) != 0 ||
        !copy_all(from, to) || fchmod(to, st.st_mode & 07777) != 0 ||
        fstat(to, &got) != 0)
        return false;
    if (got.st_mode != st.st_mode || got.st_uid != st.st_uid ||
        got.st_gid != st.st_gid) {
        errno = EPERM; /* chmod(2) drops set-group-id without a word */
        return false;
    }
    return true;
}
