/*
 * shim - loaded before libc: at the CRASH_AT-th call that changes a disk the
 * process is killed ("after" it; "torn": before it, or in the middle of a
 * write) or the call fails ("fail"). CRASH_LOG gets a line for each call that
 * was counted. With CRASH_MATCH only calls count that name a path with this in
 * it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int counted;

static const char *setting(const char *name)
{
    const char *value = getenv(name);

    return value ? value : "";
}

static int is_mode(const char *mode)
{
    return strcmp(setting("CRASH_MODE"), mode) == 0;
}

static int matches(const char *path)
{
    const char *wanted = setting("CRASH_MATCH");

    return !*wanted || (path && strstr(path, wanted));
}

static int is_due(const char *a, const char *b)
{
    if (!matches(a) && !matches(b))
        return 0;
    return ++counted == atoi(setting("CRASH_AT"));
}

static void die(void)
{
    kill(getpid(), SIGKILL);
}

static void *real(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

static int (*as_call(void *f))(const char *, const char *)
{
    int (*call)(const char *, const char *);

    memcpy(&call, &f, sizeof call);
    return call;
}

/* Calls with one or two paths: the second register is passed on as it is. */
static int act(const char *name, const char *a, const char *b)
{
    int due = is_due(a, strcmp(name, "mkdir") && strcmp(name, "chmod") ? b : a);

    if (due && is_mode("fail")) {
        errno = EIO;
        return -1;
    }
    if (due && is_mode("torn"))
        die();
    int done = as_call(real(name))(a, b);
    if (due)
        die();
    return done;
}

#define TWO_PATHS(name)                                                        \
    int name(const char *a, const char *b)                                     \
    {                                                                          \
        return act(#name, a, b);                                               \
    }
TWO_PATHS(rename)
TWO_PATHS(link)
TWO_PATHS(symlink)

int unlink(const char *path)
{
    return act("unlink", path, NULL);
}

int rmdir(const char *path)
{
    return act("rmdir", path, NULL);
}

int mkdir(const char *path, mode_t mode)
{
    return act("mkdir", path, (const char *)(size_t)mode);
}

int chmod(const char *path, mode_t mode)
{
    return act("chmod", path, (const char *)(size_t)mode);
}

int open(const char *path, int flags, ...)
{
    int (*call)(const char *, int, mode_t);
    void *f = real("open");
    mode_t mode = 0;
    va_list args;

    memcpy(&call, &f, sizeof call);
    va_start(args, flags);
    if (flags & O_CREAT)
        mode = va_arg(args, mode_t);
    va_end(args);
    int due = flags & O_CREAT ? is_due(path, path) : 0;
    if (due && is_mode("fail")) {
        errno = ENOSPC;
        return -1;
    }
    if (due && !is_mode("after"))
        die();
    int fd = call(path, flags, mode);
    if (due)
        die();
    return fd;
}

ssize_t write(int fd, const void *bytes, size_t len)
{
    ssize_t (*call)(int, const void *, size_t);
    void *f = real("write");

    memcpy(&call, &f, sizeof call);
    int due = fd > STDERR_FILENO ? is_due(NULL, NULL) : 0;
    if (due && is_mode("fail")) {
        errno = ENOSPC;
        return -1;
    }
    if (due && is_mode("torn"))
        len = len / 2;
    ssize_t done = call(fd, bytes, len);
    if (due)
        die();
    return done;
}

int fsync(int fd)
{
    int (*call)(int);
    void *f = real("fsync");

    memcpy(&call, &f, sizeof call);
    int due = is_due(NULL, NULL);
    if (due && is_mode("fail")) {
        errno = EIO;
        return -1;
    }
    if (due && !is_mode("after"))
        die();
    int done = call(fd);
    if (due)
        die();
    return done;
}

__attribute__((destructor)) static void tell(void)
{
    const char *path = setting("CRASH_LOG");
    FILE *log = *path ? fopen(path, "w") : NULL;

    if (log) {
        fprintf(log, "%d\n", counted);
        fclose(log);
    }
}
