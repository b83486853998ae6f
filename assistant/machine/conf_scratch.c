#include "machine/conf_scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "machine/conf_source.h"
#include "machine/in_root.h"

static bool fails(const struct conf_scratch *s, struct err *err)
{
    return err_set(err, ERR_SYSTEM,
                   "a copy of the configuration cannot be made in %s: %s",
                   s->path, strerror(errno));
}

/* Another's folder of that name is not taken: mkdirat() makes it or fails. */
static bool make_folder(struct arena *a, struct conf_scratch *s)
{
    unsigned char some[8];

    if (getrandom(some, sizeof some, 0) != sizeof some)
        return false;
    s->name = arena_printf(a, "certmend-%02x%02x%02x%02x%02x%02x%02x%02x",
                           some[0], some[1], some[2], some[3], some[4], some[5],
                           some[6], some[7]);
    s->path = conf_path(a, "/tmp", s->name);
    if (mkdirat(s->parent, s->name, 0700) != 0)
        return false;
    s->fd = openat(s->parent, s->name,
                   O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return s->fd >= 0;
}

static bool link_names(struct arena *a, const struct machine_root *root,
                       const char *dir, const struct conf_scratch *s)
{
    int fd = in_root_open(root, dir, O_RDONLY | O_DIRECTORY);
    DIR *names = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *entry;
    bool is_good = names != NULL;

    if (!names && fd >= 0)
        close(fd);
    while (is_good && (entry = readdir(names)) != NULL) {
        const char *name = entry->d_name;
        if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
            is_good = symlinkat(conf_path(a, dir, name), s->fd, name) == 0;
    }
    if (names)
        closedir(names);
    return is_good;
}

static void drop(struct conf_scratch *s)
{
    int fd = s->fd < 0 ? -1 : dup(s->fd);
    DIR *names = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *entry;

    while (names && (entry = readdir(names)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlinkat(s->fd, entry->d_name, 0);
    if (names)
        closedir(names);
    if (s->fd >= 0) {
        close(s->fd);
        unlinkat(s->parent, s->name, AT_REMOVEDIR);
    }
    if (s->parent >= 0)
        close(s->parent);
    s->fd = s->parent = -1;
}

static bool make_scratch(struct arena *a, const struct machine_root *root,
                         const char *dir, struct conf_scratch *out,
                         struct err *err)
{
    struct conf_scratch s = { .parent = -1, .fd = -1, .path = "/tmp" };

    s.parent = in_root_open(root, "/tmp", O_RDONLY | O_DIRECTORY);
    if (s.parent < 0 || !make_folder(a, &s) || !link_names(a, root, dir, &s)) {
        fails(&s, err);
        drop(&s);
        return false;
    }
    *out = s;
    return true;
}

bool conf_scratch_put(const struct conf_scratch *s, const char *name,
                      const char *text, size_t len, struct err *err)
{
    size_t done = 0;
    int fd;

    unlinkat(s->fd, name, 0);
    fd = openat(s->fd, name,
                O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return fails(s, err);
    while (done < len) {
        ssize_t n = write(fd, text + done, len - done);
        if (n <= 0)
            break;
        done += (size_t)n;
    }
    /* Postfix waits until a file is two seconds old. */
    if (futimens(fd, (struct timespec[2]){ { 0, 0 }, { 0, 0 } }) != 0)
        done = 0;
    if (close(fd) != 0 || done < len)
        return fails(s, err);
    return true;
}

bool conf_scratch_ask(struct arena *a, const struct conf_trial *trial,
                      bool *was_asked, struct err *err)
{
    const struct server_conf *conf = trial->conf;
    struct conf_scratch scratch;
    bool asked = false, is_good;

    if (!conf->kind->holds) {
        *was_asked = false;
        return true;
    }
    if (!make_scratch(a, &conf->root, conf->dir, &scratch, err))
        return false;
    is_good = conf->kind->holds(a, trial, &scratch, &asked, err);
    drop(&scratch);
    if (is_good)
        *was_asked = asked;
    return is_good;
}
