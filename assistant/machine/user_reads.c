#define _GNU_SOURCE /* O_PATH, setresuid(2) */
#include "machine/user_reads.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "machine/in_root.h"

enum {
    GROUPS_MAX = 256,
    TOLD_MAX = 200,      /* parts of a path that an exit status can name */
    STATUS_READS = 254,  /* or it cannot be told */
    STATUS_CLOSED = 255, /* the file itself */
};

/* The folders on the way, from the top on, each with "/." behind it: only who
 * may pass it gets there. */
static void add_folders(struct arena *a, const char *path,
                        struct text_list *out)
{
    for (const char *c = strchr(path + 1, '/'); c; c = strchr(c + 1, '/')) {
        const char *folder = arena_text_n(a, path, (size_t)(c - path));
        text_list_add_new(a, out, arena_printf(a, "%s/.", folder));
    }
}

static bool become(const struct passwd *who, const gid_t *groups, int len)
{
    return setgroups((size_t)len, groups) == 0 &&
           setresgid(who->pw_gid, who->pw_gid, who->pw_gid) == 0 &&
           setresuid(who->pw_uid, who->pw_uid, who->pw_uid) == 0;
}

static int try_it(const struct machine_root *root, const char *path,
                  const struct text_list *folders)
{
    int fd = in_root_open(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);

    if (fd >= 0 || errno != EACCES)
        return STATUS_READS;
    for (size_t i = 0; i < folders->len && i < TOLD_MAX; i++)
        if (in_root_open(root, folders->text[i], O_PATH) < 0 && errno == EACCES)
            return (int)i;
    return STATUS_CLOSED;
}

static int ask_child(const struct machine_root *root, const char *path,
                     const struct passwd *who, const struct text_list *folders)
{
    gid_t groups[GROUPS_MAX];
    int len = GROUPS_MAX;
    int status = 0;

    if (getgrouplist(who->pw_name, who->pw_gid, groups, &len) < 0)
        return STATUS_READS;
    pid_t child = fork();
    if (child == 0)
        _exit(become(who, groups, len) ? try_it(root, path, folders)
                                       : STATUS_READS);
    if (child < 0)
        return STATUS_READS;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : STATUS_READS;
}

const char *user_reads_not(struct arena *a, const struct machine_root *root,
                           const struct machine_file *file, const char *user)
{
    const struct passwd *who = geteuid() == 0 && user ? getpwnam(user) : NULL;
    struct text_list folders = { NULL, 0 };

    if (!who || who->pw_uid == 0)
        return NULL;
    add_folders(a, file->path, &folders);
    add_folders(a, file->resolved, &folders);
    int status = ask_child(root, file->path, who, &folders);
    if (status == STATUS_READS)
        return NULL;
    if (status == STATUS_CLOSED || !folders.text ||
        (size_t)status >= folders.len)
        return file->path;
    const char *closed = folders.text[status];
    return arena_text_n(a, closed, strlen(closed) - 2);
}
