#include "act/deploy.h"

#include <string.h>

#include "act/hook.h"
#include "base/buf.h"

#define LINE(...)  ((const char *const[]){ __VA_ARGS__, NULL })
#define TRIES(...) ((const char *const *const[]){ __VA_ARGS__, NULL })

/* What each one's own manual calls a reload; systemd where the program has
 * none. Exim reads its certificate anew for each connection. */
const struct deploy_server deploy_servers[] = {
    { "postfix", TRIES(LINE("postfix", "reload")) },
    { "dovecot", TRIES(LINE("doveadm", "reload")) },
    { "exim", TRIES(LINE("systemctl", "reload", "exim4"),
                    LINE("service", "exim4", "reload")) },
    { "nginx", TRIES(LINE("nginx", "-s", "reload")) },
    { "apache",
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
    const char **env = arena_alloc(a, ROWS + 1, sizeof *env);
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

/* The first command line whose program is there, else the first. */
static const char *const *pick(struct arena *a, const struct deploy_server *s)
{
    for (size_t i = 0; s->tries[i]; i++)
        if (hook_find(a, s->tries[i][0]))
            return s->tries[i];
    return s->tries[0];
}

static void next(struct deploy *d)
{
    const struct deploy_job *job = &d->job;
    size_t reload = d->len - job->programs_len;

    if (d->len < job->programs_len) {
        run(d, LINE(job->programs[d->len]));
        return;
    }
    if (reload == job->reloads_len) {
        d->done(d->arg, d->steps, d->len);
        return;
    }
    const struct deploy_server *s = deploy_find(job->reloads[reload]);
    run(d, s ? pick(job->arena, s) : LINE(job->reloads[reload]));
}

void deploy_run(const struct deploy_job *job, deploy_done *done, void *arg)
{
    struct deploy *d = arena_alloc(job->arena, 1, sizeof *d);
    size_t steps = job->programs_len + job->reloads_len;

    *d = (struct deploy){
        .job = *job,
        .env = environment(job),
        .done = done,
        .arg = arg,
        .steps = arena_alloc(job->arena, steps + 1, sizeof *d->steps),
    };
    next(d);
}
