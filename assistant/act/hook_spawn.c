#include "act/hook_spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "act/hook.h"
#include "base/process.h"

extern char **environ;

/* Where system programs live; a timer's PATH may be anything. */
static const char *const places[] = {
    "/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
    "/usr/bin",        "/sbin",          "/bin",
};

static bool may_run(const char *path)
{
    struct stat what;

    return stat(path, &what) == 0 && S_ISREG(what.st_mode) &&
           access(path, X_OK) == 0;
}

/* The program works in another folder than we do. */
static const char *absolute(struct arena *a, const char *path)
{
    char here[4096];

    if (path[0] == '/' || !getcwd(here, sizeof here))
        return path;
    return arena_printf(a, "%s/%s", here, path);
}

const char *hook_find(struct arena *a, const char *program)
{
    if (strchr(program, '/'))
        return may_run(program) ? absolute(a, program) : NULL;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const char *path = arena_printf(a, "%s/%s", places[i], program);
        if (may_run(path))
            return path;
    }
    return NULL;
}

/* "NAME" of "NAME=value" is among the rows of `env`. */
static bool is_set(const char *const *env, const char *row)
{
    size_t len = strcspn(row, "=") + 1;

    for (; *env; env++)
        if (strncmp(*env, row, len) == 0)
            return true;
    return false;
}

/* Ours, with theirs on top. */
static char **merged(struct arena *a, const char *const *env)
{
    char **all = NULL;
    size_t len = 0;

    for (char **row = environ; row && *row; row++) {
        if (is_set(env, *row))
            continue;
        all = arena_grow(a, all, len, sizeof *all);
        all[len++] = *row;
    }
    for (; *env; env++) {
        all = arena_grow(a, all, len, sizeof *all);
        all[len++] = arena_copy(a, *env, strlen(*env) + 1);
    }
    return arena_grow(a, all, len, sizeof *all);
}

static char **words(struct arena *a, const char *const *argv)
{
    char **copy = NULL;
    size_t len = 0;

    for (; *argv; argv++) {
        copy = arena_grow(a, copy, len, sizeof *copy);
        copy[len++] = arena_copy(a, *argv, strlen(*argv) + 1);
    }
    return arena_grow(a, copy, len, sizeof *copy);
}

struct pipes {
    int output[2]; /* what the program says */
    int fault[2];  /* why it could not be run: an errno, or nothing */
};

enum { FAULT_FD = STDERR_FILENO + 1 };

/* In the child: only what is safe after fork(), no memory asked for. Libraries
 * may have opened files that would be passed on. */
static void become(const char *path, char **argv, char **env,
                   const struct pipes *p)
{
    sigset_t none;
    int null = open("/dev/null", O_RDONLY);

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    process_give_back();
    setpgid(0, 0);
    if (dup2(p->output[1], STDOUT_FILENO) >= 0 &&
        dup2(p->output[1], STDERR_FILENO) >= 0 &&
        dup2(null, STDIN_FILENO) >= 0 && chdir("/") == 0) {
        closefrom(FAULT_FD + 1);
        execve(path, argv, env);
    }
    int why = errno;
    ssize_t wrote = write(FAULT_FD, &why, sizeof why);
    _exit(wrote < 0 ? 126 : 127);
}

static const char *failed(struct arena *a, const char *program, int why)
{
    return arena_printf(
        a, "%s could not be started: %s%s.", program, strerror(why),
        why == ENOEXEC ? " (a script wants \"#!/bin/sh\" as its first "
                         "line)"
                       : "");
}

/* Ends, at the latest, when the child has become the program. */
static int fault_of(int fd)
{
    int why = 0;
    ssize_t got = -1;

    do
        got = read(fd, &why, sizeof why);
    while (got < 0 && errno == EINTR);
    return got == (ssize_t)sizeof why ? why : 0;
}

static int start(const char *path, char **argv, char **env, struct pipes *p,
                 struct hook_child *out)
{
    pid_t pid = fork();

    if (pid == 0) {
        if (dup2(p->fault[1], FAULT_FD) >= 0)
            fcntl(FAULT_FD, F_SETFD, FD_CLOEXEC);
        become(path, argv, env, p);
    }
    if (pid < 0)
        return errno;
    /* Both sides do it: whoever comes second changes nothing. */
    setpgid(pid, pid);
    close(p->fault[1]);
    p->fault[1] = -1;
    int why = fault_of(p->fault[0]);
    int pidfd = why ? -1 : pidfd_open(pid, 0);
    if (!why && pidfd < 0)
        why = errno;
    if (why) {
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        return why;
    }
    *out = (struct hook_child){ pid, pidfd, p->output[0] };
    p->output[0] = -1;
    return 0;
}

/* Above the places where the child wants to have them. */
static bool open_pipe(int ends[2])
{
    int low[2];

    if (pipe(low) != 0)
        return false;
    for (int i = 0; i < 2; i++) {
        ends[i] = fcntl(low[i], F_DUPFD_CLOEXEC, FAULT_FD + 1);
        close(low[i]);
    }
    return ends[0] >= 0 && ends[1] >= 0;
}

static void close_pipe(const int ends[2])
{
    for (int i = 0; i < 2; i++)
        if (ends[i] >= 0)
            close(ends[i]);
}

const char *hook_spawn(struct arena *a, const char *const *argv,
                       const char *const *env, struct hook_child *out)
{
    const char *path = hook_find(a, argv[0]);
    struct pipes p = { { -1, -1 }, { -1, -1 } };

    if (!path)
        return arena_printf(a,
                            "%s could not be started: there is no such "
                            "program, or it may not be run.",
                            argv[0]);
    int why = EMFILE;
    if (open_pipe(p.output) && open_pipe(p.fault))
        why = start(path, words(a, argv), merged(a, env), &p, out);
    close_pipe(p.output);
    close_pipe(p.fault);
    return why ? failed(a, argv[0], why) : NULL;
}
