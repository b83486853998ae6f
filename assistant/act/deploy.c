#include "act/deploy.h"

#include <string.h>

#include "act/hook.h"
#include "base/buf.h"
#include "base/file.h"

#define LINE(...)  ((const char *const[]){ __VA_ARGS__, NULL })
#define TRIES(...) ((const char *const *const[]){ __VA_ARGS__, NULL })

/* systemd where it runs: it reloads from outside of what it has shut us into.
 * Else what each one's own manual calls a reload. Exim reads its certificate
 * anew for each connection. */
const struct deploy_server deploy_servers[] = {
    { "postfix", TRIES(LINE("systemctl", "reload", "postfix"),
                       LINE("postfix", "reload")) },
    { "dovecot", TRIES(LINE("systemctl", "reload", "dovecot"),
                       LINE("doveadm", "reload")) },
    { "exim", TRIES(LINE("systemctl", "reload", "exim4"),
                    LINE("service", "exim4", "reload")) },
    { "nginx", TRIES(LINE("systemctl", "reload", "nginx"),
                     LINE("nginx", "-s", "reload")) },
    { "apache", /* which asks systemd itself, by the right name */
      TRIES(LINE("apache2ctl", "graceful"), LINE("apachectl", "graceful")) },
    { "haproxy", TRIES(LINE("systemctl", "reload", "haproxy"),
                       LINE("service", "haproxy", "reload")) },
    { NULL, NULL },
};

const struct deploy_server *deploy_find(const char *name)
{
    for (const struct deploy_server *s = deploy_servers; s->name; s++)
        if (strcmp(s->name, name) == 0)
            return s;
    return NULL;
}

struct deploy {
    struct deploy_job job;
    const char *const *env;
    const char *const *programs; /* the job's, then those of the folder */
    size_t programs_len;
    deploy_done *done;
    void *arg;
    struct deploy_step *steps;
    size_t len; /* steps done */
};

static const char *joined(struct arena *a, const char *const *words, size_t len)
{
    enum { WORDS_MAX = 32 * 1024 };
    struct buf text;

    buf_init(&text, a, WORDS_MAX);
    for (size_t i = 0; i < len; i++)
        buf_printf(&text, "%s%s", i ? " " : "", words[i]);
    return text.text;
}

static const char *const *environment(const struct deploy_job *job)
{
    enum { ROWS = 9 };
    struct arena *a = job->arena;
    const char *names = joined(a, job->names, job->names_len);
    const char **env = arena_alloc(a, ROWS + job->env_len + 1, sizeof *env);
    const char *const files[][2] = {
        { "CERTMEND_PRIVKEY", "privkey.pem" },
        { "CERTMEND_CERT", "cert.pem" },
        { "CERTMEND_CHAIN", "chain.pem" },
        { "CERTMEND_FULLCHAIN", "fullchain.pem" },
    };
    size_t n = 0;

    for (size_t i = 0; i < 4; i++)
        env[n++] =
            arena_printf(a, "%s=%s/%s", files[i][0], job->live, files[i][1]);
    env[n++] = arena_printf(a, "CERTMEND_NAME=%s", job->name);
    env[n++] = arena_printf(a, "CERTMEND_NAMES=%s", names);
    env[n++] = arena_printf(a, "CERTMEND_LIVE=%s", job->live);
    env[n++] = arena_printf(a, "RENEWED_LINEAGE=%s", job->live);
    env[n++] = arena_printf(a, "RENEWED_DOMAINS=%s", names);
    for (size_t i = 0; i < job->env_len; i++)
        env[n++] = job->env[i];
    return env;
}

static void next(struct deploy *d);

static void on_step(void *arg, const struct hook_result *result)
{
    struct deploy *d = arg;
    struct deploy_step *step = &d->steps[d->len++];

    step->why = result->why;
    if (result->why && result->output[0])
        step->why = arena_printf(d->job.arena, "%s It said: %s", result->why,
                                 result->output);
    next(d);
}

static void run(struct deploy *d, const char *const *argv)
{
    const struct hook_job job = { d->job.loop, d->job.arena, argv, d->env,
                                  d->job.limit_ms };
    size_t len = 0;

    while (argv[len])
        len++;
    d->steps[d->len].what = joined(d->job.arena, argv, len);
    hook_run(&job, on_step, d);
}

/* systemd's tool is also where systemd does not run: sd_booted(3). */
static bool is_of_use(struct arena *a, const char *program)
{
    if (strcmp(program, "systemctl") == 0 &&
        !file_exists("/run/systemd/system"))
        return false;
    return hook_find(a, program) != NULL;
}

/* The first command line that can be run here, else the last. */
static const char *const *pick(struct arena *a, const struct deploy_server *s)
{
    size_t i = 0;

    while (s->tries[i + 1] && !is_of_use(a, s->tries[i][0]))
        i++;
    return s->tries[i];
}

const char *deploy_reload_line(struct arena *a, const struct deploy_server *s)
{
    const char *const *words = pick(a, s);
    size_t len = 0;

    while (words[len])
        len++;
    return joined(a, words, len);
}

static void next(struct deploy *d)
{
    const struct deploy_job *job = &d->job;
    size_t reload = d->len - d->programs_len;

    if (d->len < d->programs_len) {
        run(d, LINE(d->programs[d->len]));
        return;
    }
    if (reload == job->reloads_len) {
        d->done(d->arg, d->steps, d->len);
        return;
    }
    const struct deploy_server *s = deploy_find(job->reloads[reload]);
    run(d, s ? pick(job->arena, s) : LINE(job->reloads[reload]));
}

/* "DIR/hooks/NAME" for "DIR/live/NAME". */
static const char *folder_of(const struct deploy_job *job)
{
    const char *name = strrchr(job->live, '/');
    size_t above = name ? (size_t)(name - job->live) : 0;

    while (above && job->live[above - 1] != '/')
        above--;
    return arena_printf(job->arena, "%.*shooks/%s", (int)above, job->live,
                        job->name);
}

/* What may not be run is somebody's note, not a hook. */
static void take_folder(struct deploy *d)
{
    struct arena *a = d->job.arena;
    const char *folder = folder_of(&d->job);
    const char *const *files = NULL;
    const char **all = NULL;
    size_t len = 0, n = 0;
    struct err none;

    for (; n < d->job.programs_len; n++) {
        all = arena_grow(a, all, n, sizeof *all);
        all[n] = d->job.programs[n];
    }
    if (!file_exists(folder) || !file_list(a, folder, "", &files, &len, &none))
        len = 0;
    for (size_t i = 0; i < len; i++) {
        const char *path = arena_printf(a, "%s/%s", folder, files[i]);
        if (!hook_find(a, path))
            continue;
        all = arena_grow(a, all, n, sizeof *all);
        all[n++] = path;
    }
    d->programs = all;
    d->programs_len = n;
}

bool deploy_has_work(const struct deploy_job *job)
{
    struct deploy d = { .job = *job };

    take_folder(&d);
    return d.programs_len + job->reloads_len > 0;
}

void deploy_run(const struct deploy_job *job, deploy_done *done, void *arg)
{
    struct deploy *d = arena_alloc(job->arena, 1, sizeof *d);

    *d = (struct deploy){
        .job = *job,
        .env = environment(job),
        .done = done,
        .arg = arg,
    };
    take_folder(d);
    d->steps = arena_alloc(job->arena, d->programs_len + job->reloads_len + 1,
                           sizeof *d->steps);
    next(d);
}
