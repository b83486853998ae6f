#include "act/acme_webroot.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static const char *path(const struct acme_webroot *w, const char *below)
{
    return arena_printf(w->arena, "%s/%s", w->root, below);
}

/* *made only ever becomes true. NULL: it is there; else why not. */
static const char *make_folder(const struct acme_webroot *w, const char *below,
                               bool *made)
{
    const char *folder = path(w, below);

    if (mkdir(folder, 0755) == 0)
        *made = true;
    else if (errno != EEXIST)
        return arena_printf(w->arena, "%s: %s", folder, strerror(errno));
    return NULL;
}

static const char *token_path(const struct acme_webroot *w,
                              const struct challenge_task *task)
{
    return path(w, arena_printf(w->arena, ".well-known/acme-challenge/%s",
                                task->token));
}

static const char *write_token(struct acme_webroot *w,
                               const struct challenge_task *task)
{
    struct err err;
    const char *why = make_folder(w, ".well-known", &w->made_known);

    if (!why)
        why = make_folder(w, ".well-known/acme-challenge", &w->made_folder);
    if (why)
        return why;
    const char *file = token_path(w, task);
    if (!file_write(file, task->response, strlen(task->response), FILE_PASSING,
                    &err))
        return arena_text(w->arena, err.text);
    w->presented++;
    /* Whatever our umask is: the web server has to read it. */
    return chmod(file, 0644) == 0
               ? NULL
               : arena_printf(w->arena, "%s: %s", file, strerror(errno));
}

static void present(void *arg, const struct challenge_task *task,
                    challenge_done *done, void *done_arg)
{
    done(done_arg, write_token(arg, task));
}

static void cleanup(void *arg, const struct challenge_task *task,
                    challenge_done *done, void *done_arg)
{
    struct acme_webroot *w = arg;
    const char *file = token_path(w, task);
    const char *why = NULL;

    if (unlink(file) == 0)
        w->presented--;
    else if (errno != ENOENT && errno != ENOTDIR)
        why = arena_printf(w->arena, "%s: %s", file, strerror(errno));
    if (!w->presented && w->made_folder)
        rmdir(path(w, ".well-known/acme-challenge"));
    if (!w->presented && w->made_known)
        rmdir(path(w, ".well-known"));
    done(done_arg, why);
}

struct challenger acme_webroot(struct acme_webroot *w)
{
    return (struct challenger){
        .type = "http-01", .arg = w, .present = present, .cleanup = cleanup
    };
}
