#ifndef CERTMEND_TESTS_DISK_CALLS_H
#define CERTMEND_TESTS_DISK_CALLS_H
/*
 * disk_calls - every call that changes a disk, with somebody in between
 *
 * Included by one file of a test program, it stands before the functions of
 * libc. The call with number `disk.at` (from 1) is the one that something
 * happens at: DISK_KILL before it, DISK_TEAR in the middle of a write, before
 * any other; DISK_FAIL instead of it, DISK_MEET before it. With `disk.no_flags`
 * a file system cannot exchange two names.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

enum disk_mode { DISK_COUNT, DISK_KILL, DISK_TEAR, DISK_FAIL, DISK_MEET };

static struct {
    enum disk_mode mode;
    int at, counted;
    bool no_flags;
    void (*meet)(void);
} disk;

static bool disk_is_due(void)
{
    return ++disk.counted == disk.at && disk.mode != DISK_COUNT;
}

/* True: the call fails. */
static bool disk_step(void)
{
    if (!disk_is_due())
        return false;
    if (disk.mode == DISK_KILL || disk.mode == DISK_TEAR)
        kill(getpid(), SIGKILL);
    if (disk.mode == DISK_MEET) {
        int counted = disk.counted;
        disk.meet();
        disk.counted = counted;
        return false;
    }
    errno = EIO;
    return true;
}

static int disk_call(long number, long a, const void *b, long c, const void *d,
                     long e)
{
    return disk_step() ? -1 : (int)syscall(number, a, b, c, d, e);
}

static mode_t disk_mode_in(int flags, va_list *args)
{
    return flags & O_CREAT ? va_arg(*args, mode_t) : 0;
}

static int disk_open(int dir, const char *path, int flags, mode_t mode)
{
    if (flags & O_CREAT && disk_step())
        return -1;
    return (int)syscall(SYS_openat, dir, path, flags, mode);
}

int openat(int dir, const char *path, int flags, ...)
{
    va_list args;

    va_start(args, flags);
    mode_t mode = disk_mode_in(flags, &args);
    va_end(args);
    return disk_open(dir, path, flags, mode);
}

int open(const char *path, int flags, ...)
{
    va_list args;

    va_start(args, flags);
    mode_t mode = disk_mode_in(flags, &args);
    va_end(args);
    return disk_open(AT_FDCWD, path, flags, mode);
}

ssize_t write(int fd, const void *bytes, size_t len)
{
    if (fd > STDERR_FILENO && disk_is_due()) {
        if (disk.mode == DISK_TEAR) {
            syscall(SYS_write, fd, bytes, len / 2);
            kill(getpid(), SIGKILL);
        }
        disk.counted--;
        if (disk_step())
            return -1;
    }
    return syscall(SYS_write, fd, bytes, len);
}

int fsync(int fd)
{
    return disk_call(SYS_fsync, fd, NULL, 0, NULL, 0);
}

int renameat2(int from, const char *a, int to, const char *b, unsigned how)
{
    if (disk.no_flags && how) {
        errno = EINVAL;
        return -1;
    }
    return disk_call(SYS_renameat2, from, a, to, b, (long)how);
}

int renameat(int from, const char *a, int to, const char *b)
{
    return renameat2(from, a, to, b, 0);
}

int linkat(int from, const char *a, int to, const char *b, int how)
{
    return disk_call(SYS_linkat, from, a, to, b, how);
}

int unlinkat(int dir, const char *path, int how)
{
    return disk_call(SYS_unlinkat, dir, path, how, NULL, 0);
}

int mkdirat(int dir, const char *path, mode_t mode)
{
    return disk_call(SYS_mkdirat, dir, path, (long)mode, NULL, 0);
}

int mkdir(const char *path, mode_t mode)
{
    return mkdirat(AT_FDCWD, path, mode);
}

int fchown(int fd, uid_t user, gid_t group)
{
    return disk_step() ? -1 : (int)syscall(SYS_fchown, fd, user, group);
}

int fchmod(int fd, mode_t mode)
{
    return disk_step() ? -1 : (int)syscall(SYS_fchmod, fd, mode);
}

int fsetxattr(int fd, const char *name, const void *value, size_t len, int how)
{
    return disk_step() ? -1
                       : (int)syscall(SYS_fsetxattr, fd, name, value, len, how);
}

int futimens(int fd, const struct timespec times[2])
{
    return disk_call(SYS_utimensat, fd, NULL, (long)times, NULL, 0);
}

#endif
