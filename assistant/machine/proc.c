#include "machine/proc.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/own.h"

OWN_DEFINE(DIR, closedir);

enum { LINK_MAX_LEN = 4096, STATUS_MAX = 8192, ARGV_MAX = 64 * 1024 };

static int by_number(const void *a, const void *b)
{
    const pid_t *one = a;
    const pid_t *other = b;

    return (*one > *other) - (*one < *other);
}

bool proc_pids(struct arena *a, const char *proc, pid_t **out, size_t *len)
{
    OWN(DIR) *dir = opendir(proc);
    pid_t *pids = NULL;
    size_t n = 0;

    if (!dir)
        return false;
    for (const struct dirent *e = readdir(dir); e; e = readdir(dir)) {
        char *end = NULL;
        long number = strtol(e->d_name, &end, 10);
        if (!isdigit((unsigned char)*e->d_name) || *end || number <= 0)
            continue;
        pids = arena_grow(a, pids, n, sizeof *pids);
        pids[n++] = (pid_t)number;
    }
    if (n)
        qsort(pids, n, sizeof *pids, by_number);
    *out = pids;
    *len = n;
    return true;
}

const char *proc_text(struct arena *a, const char *proc, const char *name,
                      size_t max, size_t *len)
{
    int fd = open(arena_printf(a, "%s/%s", proc, name),
                  O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    size_t room = max < STATUS_MAX ? max : STATUS_MAX;
    char *text = NULL;
    size_t got = 0;
    ssize_t more = 1;

    if (fd < 0)
        return NULL;
    text = arena_alloc(a, room + 1, 1);
    while (more > 0) {
        if (got == room && room < max) {
            char *wider = arena_alloc(a, (room *= 2) + 1, 1);
            memcpy(wider, text, got);
            text = wider;
        }
        more = read(fd, text + got, room - got);
        if (more > 0)
            got += (size_t)more;
        else if (more < 0 && errno == EINTR)
            more = 1;
    }
    close(fd);
    if (more < 0)
        return NULL;
    text[got] = '\0';
    *len = got;
    return text;
}

const char *proc_link(struct arena *a, const char *proc, const char *name)
{
    char *to = arena_alloc(a, LINK_MAX_LEN + 1, 1);
    ssize_t len =
        readlink(arena_printf(a, "%s/%s", proc, name), to, LINK_MAX_LEN);

    return len > 0 && len < LINK_MAX_LEN ? to : NULL;
}

/* What stands behind `head` in PID/status, or NULL. */
static const char *status_row(struct arena *a, const char *proc, pid_t pid,
                              const char *head)
{
    size_t len = 0;
    const char *text =
        proc_text(a, proc, arena_printf(a, "%d/status", pid), STATUS_MAX, &len);
    const char *row = text ? strstr(text, head) : NULL;

    return row ? row + strlen(head) : NULL;
}

pid_t proc_parent(struct arena *a, const char *proc, pid_t pid)
{
    const char *row = status_row(a, proc, pid, "\nPPid:");

    return row ? (pid_t)strtol(row, NULL, 10) : 0;
}

uid_t proc_uid(struct arena *a, const char *proc, pid_t pid)
{
    const char *row = status_row(a, proc, pid, "\nUid:");
    char *end = NULL;

    if (!row)
        return (uid_t)-1;
    (void)strtoul(row, &end, 10);
    return (uid_t)strtoul(end, NULL, 10);
}

const char *const *proc_argv(struct arena *a, const char *proc, pid_t pid)
{
    size_t len = 0;
    const char *text =
        proc_text(a, proc, arena_printf(a, "%d/cmdline", pid), ARGV_MAX, &len);
    const char **argv = NULL;
    size_t n = 0;

    for (size_t at = 0; at < len; at += strlen(text + at) + 1) {
        argv = arena_grow(a, argv, n, sizeof *argv);
        argv[n++] = text + at;
    }
    return arena_grow(a, argv, n, sizeof *argv);
}

const char *proc_program(struct arena *a, const char *proc, pid_t pid)
{
    static const char gone[] = " (deleted)";
    const char *path = proc_link(a, proc, arena_printf(a, "%d/exe", pid));
    size_t len = path ? strlen(path) : 0;

    if (len > sizeof gone - 1 &&
        strcmp(path + len - (sizeof gone - 1), gone) == 0)
        return arena_text_n(a, path, len - (sizeof gone - 1));
    return path;
}

/* Services of systemd have a view of the files of their own, of the same
 * folder: only another folder counts. */
const char *proc_root(struct arena *a, const char *proc, pid_t pid)
{
    const char *path = arena_printf(a, "%s/%d/root", proc, pid);
    struct stat theirs, ours;

    if (stat(path, &theirs) != 0 || stat("/", &ours) != 0 ||
        (theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino))
        return "/";
    return path;
}

static bool is_unit(const char *name, size_t len)
{
    static const char end[] = ".service";
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:-_.\\@";

    return len > sizeof end - 1 && name[0] != '-' &&
           strspn(name, allowed) >= len &&
           memcmp(name + len - (sizeof end - 1), end, sizeof end - 1) == 0;
}

/* The first part of a path that is a unit: what lies below is its own affair.
 * Those below a user's manager are none of the system's. */
static const char *unit_in(struct arena *a, const char *path, size_t len)
{
    static const char by_user[] = "/user.slice/";

    if (len >= sizeof by_user - 1 &&
        memcmp(path, by_user, sizeof by_user - 1) == 0)
        return NULL;
    for (size_t at = 0; at < len;) {
        size_t part = strcspn(path + at, "/\n");
        if (is_unit(path + at, part))
            return arena_text_n(a, path + at, part);
        at += part + 1;
    }
    return NULL;
}

/* The path of the row that systemd keeps: "0::/..." or "1:name=systemd:/...".
 */
static const char *systemd_path(const char *cgroup, size_t *len)
{
    static const char *const heads[] = { "0::", "name=systemd:" };

    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        const char *row = strstr(cgroup, heads[i]);
        if (!row)
            continue;
        row += strlen(heads[i]);
        *len = strcspn(row, "\n");
        if (*len > 1)
            return row;
    }
    return NULL;
}

const char *proc_unit(struct arena *a, const char *cgroup)
{
    size_t len = 0;
    const char *path = systemd_path(cgroup, &len);

    return path ? unit_in(a, path, len) : NULL;
}

/* How those that run containers name the group of one. */
static const struct {
    const char *mark, *maker;
    bool by_number; /* sixty-four hexadecimal digits stand behind it */
} containers[] = {
    { "/docker/", "Docker", true },
    { "docker-", "Docker", true },
    { "libpod-", "Podman", true },
    { "cri-containerd-", "Kubernetes", true },
    { "crio-", "Kubernetes", true },
    { "/kubepods/", "Kubernetes", false },
    { "/lxc.payload.", "LXC", false },
    { "/lxc/", "LXC", false },
    { "/machine.slice/machine-", "systemd-nspawn", false },
};

enum { SHORT_ID = 12, NAME_MOST = 64 };

const char *proc_container(struct arena *a, const char *cgroup)
{
    for (size_t i = 0; i < sizeof containers / sizeof *containers; i++) {
        const char *mark = strstr(cgroup, containers[i].mark);
        if (!mark)
            continue;
        const char *name = mark + strlen(containers[i].mark);
        size_t len = strcspn(name, "/.\n");
        if (containers[i].by_number) {
            if (strspn(name, "0123456789abcdef") < SHORT_ID)
                continue; /* docker-proxy.service */
            len = SHORT_ID;
        }
        if (len > NAME_MOST)
            len = NAME_MOST;
        return arena_printf(a, "the %s container %s", containers[i].maker,
                            arena_printable(a, name, len));
    }
    return NULL;
}
