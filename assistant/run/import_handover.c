#include "run/import_handover.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "act/hook.h"
#include "act/import_text.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/folder.h"
#include "base/shell_word.h"
#include "net/loop.h"

/* ---- what runs the other client ---- */

struct run {
    struct loop *loop;
    bool worked;
    const char *why;
};

static void on_done(void *arg, const struct hook_result *r)
{
    struct run *run = arg;

    run->worked = !r->why;
    run->why = r->why;
    loop_stop(run->loop);
}

/* A program to its end. */
static bool run_program(struct arena *a, const char *const *argv,
                        struct run *out, struct err *err)
{
    if (!loop_new(&out->loop, err))
        return false;
    const struct hook_job job = { .loop = out->loop, .arena = a, .argv = argv };
    hook_run(&job, on_done, out);
    bool ran = loop_run(out->loop, err);
    loop_free(out->loop);
    return ran;
}

static bool is_enabled(struct arena *a, const char *timer, bool *out,
                       struct err *err)
{
    const char *const argv[] = { "systemctl", "is-enabled", "--quiet", timer,
                                 NULL };
    struct run run = { .loop = NULL };

    *out = false;
    if (!hook_find(a, argv[0]))
        return true;
    if (!run_program(a, argv, &run, err))
        return false;
    *out = run.worked;
    return true;
}

static const char *const cron_places[] = {
    "/etc/crontab",        "/etc/cron.d",
    "/etc/cron.hourly",    "/etc/cron.daily",
    "/etc/cron.weekly",    "/etc/cron.monthly",
    "/etc/systemd/system", "/var/spool/cron/crontabs",
    "/var/spool/cron",
};

static void look_at_cron(struct import_plan *p, const char *path,
                         struct text_list *out)
{
    const char *text = NULL;
    unsigned number = 1;

    if (import_text_look(p->arena, path, &text))
        return;
    for (; *text; number++) {
        size_t len = strcspn(text, "\n");
        const char *line = arena_text_n(p->arena, text, len);
        text += len + (text[len] == '\n');
        line += strspn(line, " \t");
        if (*line != '#' && strstr(line, p->source.tool->word))
            text_list_add(
                p->arena, out,
                arena_printf(p->arena, "line %u of %s", number, path));
    }
}

static void look_at_crons(struct import_plan *p, struct text_list *out)
{
    const char *const *names = NULL;
    size_t len = 0;
    struct err ignored;
    struct stat what;

    for (size_t i = 0; i < sizeof cron_places / sizeof *cron_places; i++) {
        if (stat(cron_places[i], &what) != 0)
            continue;
        if (S_ISREG(what.st_mode)) {
            look_at_cron(p, cron_places[i], out);
            continue;
        }
        if (!file_list(p->arena, cron_places[i], "", &names, &len, &ignored))
            continue;
        for (size_t k = 0; k < len; k++)
            look_at_cron(
                p, arena_printf(p->arena, "%s/%s", cron_places[i], names[k]),
                out);
    }
}

bool import_handover_runs(struct import_plan *p, struct text_list *out,
                          struct err *err)
{
    bool is_on = false;

    *out = (struct text_list){ 0 };
    for (const char *const *t = p->source.tool->timers; *t; t++) {
        if (!is_enabled(p->arena, *t, &is_on, err))
            return false;
        if (is_on)
            text_list_add(p->arena, out,
                          arena_printf(p->arena, "the timer %s", *t));
    }
    look_at_crons(p, out);
    return true;
}

/* ---- its files lead to ours ---- */

static bool is_here(const struct import_item *item)
{
    return item->state == IMPORT_CAME || item->state == IMPORT_IS_HERE;
}

static bool is_let_in(const struct stat *what, mode_t group, mode_t others)
{
    return (what->st_mode & others) ||
           ((what->st_mode & group) && what->st_gid != 0);
}

/* By the file's own mode and those of all folders above it. */
static bool may_others_read(struct arena *a, const char *path)
{
    struct stat what;
    bool may = stat(path, &what) == 0 && is_let_in(&what, S_IRGRP, S_IROTH);
    const char *slash = strrchr(path, '/');

    while (may && slash && slash != path) {
        path = arena_text_n(a, path, (size_t)(slash - path));
        may = stat(path, &what) == 0 && is_let_in(&what, S_IXGRP, S_IXOTH);
        slash = strrchr(path, '/');
    }
    return may;
}

/* Whom the old files let in, ours would keep out. NULL: nobody. */
static const char *let_in(struct arena *a, const struct import_item *item)
{
    struct stat what;

    for (const struct import_old *o = item->lineage->old; o && o->path; o++) {
        bool is_anothers = stat(o->path, &what) == 0 && what.st_uid != 0 &&
                           what.st_uid != geteuid();
        if (is_anothers || may_others_read(a, o->path))
            return arena_printf(a,
                                "others may read %s, and may not read ours: "
                                "let the servers read the new folder, or copy "
                                "by a deploy hook",
                                o->path);
    }
    return NULL;
}

/* What is no link is kept beside it, and nobody sees it missing. */
static bool link_over(struct arena *a, const char *to, const char *path,
                      struct err *err)
{
    const char *kept = arena_printf(a, "%s.before-certmend", path);
    const char *temp = arena_printf(a, "%s.certmend-new", path);
    struct stat what;

    if (lstat(path, &what) != 0)
        return true; /* nobody could have read it */
    if (S_ISLNK(what.st_mode))
        return folder_link(to, path, err);
    if (!file_exists(kept) && link(path, kept) != 0)
        return err_set(err, ERR_SYSTEM, "%s: %s", kept, strerror(errno));
    unlink(temp); /* of a run that was cut short */
    if (symlink(to, temp) == 0 && rename(temp, path) == 0)
        return true;
    return err_set(err, ERR_SYSTEM, "%s: %s", path, strerror(errno));
}

static bool link_files(struct import_plan *p, struct import_item *item,
                       struct err *err)
{
    item->link_why = let_in(p->arena, item);
    if (item->link_why)
        return true;
    for (const struct import_old *o = item->lineage->old; o && o->path; o++)
        if (!link_over(p->arena, store_path(&p->store, item->name, o->file),
                       o->path, err))
            return false;
    item->is_linked = true;
    return true;
}

/* ---- it is on the other client's list no more ---- */

static bool comment_out(struct arena *a, const struct import_lineage *l,
                        struct err *err)
{
    const char *text = NULL;
    struct buf out;
    struct stat what;
    const char *why = import_text_read(a, l->aside, &text);

    if (why)
        return err_set(err, ERR_INPUT, "%s", why);
    buf_init(&out, a, 2 * IMPORT_TEXT_MAX);
    while (*text) {
        size_t len = strcspn(text, "\n");
        const char *line = arena_text_n(a, text, len);
        if (strcmp(line + strspn(line, " \t\r"), l->aside_line) == 0)
            buf_text(&out, "# certmend renews it: ");
        buf_printf(&out, "%s\n", line);
        text += len + (text[len] == '\n');
    }
    if (stat(l->aside, &what) != 0)
        return err_set(err, ERR_SYSTEM, "%s: %s", l->aside, strerror(errno));
    if (!file_write(l->aside, out.text, out.len, FILE_PUBLIC, err))
        return err_add(err, "%s", l->aside);
    return chmod(l->aside, what.st_mode & 07777) == 0 ||
           err_set(err, ERR_SYSTEM, "%s: %s", l->aside, strerror(errno));
}

static bool set_aside(struct import_plan *p, struct import_item *item,
                      struct err *err)
{
    const struct import_lineage *l = item->lineage;

    if (!l->aside_to) {
        if (!comment_out(p->arena, l, err))
            return false;
    } else if (rename(l->aside, l->aside_to) != 0) {
        return err_set(err, ERR_SYSTEM, "%s: %s", l->aside, strerror(errno));
    }
    item->is_aside = true;
    return true;
}

static bool hand_over(struct import_plan *p, struct import_item *item,
                      struct err *err)
{
    if (!item->lineage->aside) {
        item->aside_why = arena_printf(
            p->arena, "only its command line names it: take it out there");
        return true;
    }
    if (p->options->link_old && !link_files(p, item, err))
        return false;
    if (item->uses.len && !item->is_linked) {
        item->aside_why =
            item->link_why
                ? item->link_why
                : arena_printf(p->arena,
                               "%s still reads its files: change it to "
                               "%s/live/%s/, or say --link-old",
                               item->uses.text[0], p->store.dir, item->name);
        return true;
    }
    return set_aside(p, item, err);
}

bool import_handover_is_open(const struct import_plan *p)
{
    for (size_t i = 0; i < p->len; i++)
        if (is_here(&p->items[i]) && !p->items[i].is_aside)
            return true;
    return false;
}

/* ---- and when none is left, it runs no more ---- */

static bool has_all(const struct import_plan *p)
{
    return !import_handover_is_open(p) && !import_plan_count(p, IMPORT_CANNOT);
}

static void note(struct import_plan *p, const char *what, const struct run *run)
{
    text_list_add(p->arena, &p->notes,
                  run->worked
                      ? arena_printf(p->arena, "%s: done", what)
                      : arena_printf(p->arena, "%s: %s", what, run->why));
}

static bool stop_timers(struct import_plan *p, struct err *err)
{
    bool is_booted = file_exists("/run/systemd/system");

    for (const char *const *t = p->source.tool->timers; *t; t++) {
        const char *const now[] = { "systemctl", "disable", "--now", *t, NULL };
        const char *const later[] = { "systemctl", "disable", *t, NULL };
        struct run run = { .loop = NULL };
        bool is_on = false;
        if (!is_enabled(p->arena, *t, &is_on, err) ||
            (is_on &&
             !run_program(p->arena, is_booted ? now : later, &run, err)))
            return false;
        if (is_on)
            note(p,
                 arena_printf(p->arena, "systemctl disable%s %s",
                              is_booted ? " --now" : "", *t),
                 &run);
    }
    return true;
}

/* acme.sh takes its own line out of the crontab. */
static bool stop_cron(struct import_plan *p, struct err *err)
{
    const char *program = arena_printf(p->arena, "%s/acme.sh", p->source.dir);
    const char *const argv[] = { program, "--home", p->source.dir,
                                 "--uninstall-cronjob", NULL };
    struct run run = { .loop = NULL };
    struct text_list lines = { 0 };

    look_at_crons(p, &lines);
    bool is_ours = strcmp(p->source.tool->name, "acme.sh") == 0 &&
                   hook_find(p->arena, program) &&
                   !import_text_stranger(p->arena, program);
    if (lines.len && is_ours) {
        if (!run_program(p->arena, argv, &run, err))
            return false;
        note(p, arena_printf(p->arena, "%s --uninstall-cronjob", program),
             &run);
        return true;
    }
    for (size_t i = 0; i < lines.len; i++)
        text_list_add(p->arena, &p->notes,
                      arena_printf(p->arena,
                                   "%s stays as it is; nothing is left there "
                                   "for it to renew, and it may go",
                                   lines.text[i]));
    return true;
}

bool import_handover(struct import_plan *p, struct err *err)
{
    if (!store_lock(&p->store, err))
        return false;
    for (size_t i = 0; i < p->len; i++)
        if (is_here(&p->items[i]) && !hand_over(p, &p->items[i], err))
            return err_add(err, "handing over %s", p->items[i].lineage->name);
    if (has_all(p))
        return stop_timers(p, err) && stop_cron(p, err);
    text_list_add(p->arena, &p->notes,
                  arena_printf(p->arena,
                               "%s goes on running for what it still has",
                               p->source.tool->name));
    return true;
}
