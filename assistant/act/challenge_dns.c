#include "act/challenge_dns.h"

#include "act/hook.h"

/* One run of the program. */
struct dns_hook_call {
    struct challenge_dns *owner;
    const struct challenge_task *task;
    bool add; /* else: take it away */
    const char *record;
    challenge_done *done;
    void *arg;
    struct dns_hook_call *next;
};

static void start_first(struct challenge_dns *c);

static void on_shown(void *arg, const char *why)
{
    const struct dns_hook_call *e = arg;

    e->done(e->arg, why);
}

/* The next one begins before this one is told of: being told may queue more.
 * This one still has to be seen. */
static void leave(struct dns_hook_call *e, const char *why)
{
    struct challenge_dns *c = e->owner;

    c->first = e->next;
    if (c->first)
        start_first(c);
    else
        c->last = NULL;
    if (!why && e->add && !c->no_watch)
        propagation_check(&c->watch, e->record, e->task->digest, on_shown, e);
    else
        e->done(e->arg, why);
}

static void on_hook(void *arg, const struct hook_result *result)
{
    struct dns_hook_call *e = arg;
    struct arena *a = e->owner->arena;
    const char *why = result->why;

    if (why && result->output[0])
        why = arena_printf(a, "%s It said: %s", why, result->output);
    leave(e, why);
}

static void run_program(struct dns_hook_call *e)
{
    struct challenge_dns *c = e->owner;
    const char *action = e->add ? "present" : "cleanup";
    const char *value = e->task->digest;
    const char *const argv[] = { c->program, action, e->record, value, NULL };
    const char *const env[] = {
        arena_printf(c->arena, "CERTMEND_ACTION=%s", action),
        arena_printf(c->arena, "CERTMEND_NAME=%s%s",
                     e->task->is_wildcard ? "*." : "", e->task->name),
        "CERTMEND_TYPE=TXT",
        arena_printf(c->arena, "CERTMEND_RECORD=%s", e->record),
        arena_printf(c->arena, "CERTMEND_VALUE=%s", value),
        NULL,
    };
    const struct hook_job job = { c->loop, c->arena, argv, env, c->program_ms };

    hook_run(&job, on_hook, e);
}

/* A star and the name below it may want the same record. */
static bool is_given(struct dns_hook_call *e)
{
    struct challenge_dns *c = e->owner;
    const char *line =
        arena_printf(c->arena, "%s %s", e->record, e->task->digest);
    bool given = c->label && text_list_has(&c->given, line);

    if (c->label && !given)
        text_list_add(c->arena, &c->given, line);
    return given;
}

static void on_target(void *arg, const char *target)
{
    struct dns_hook_call *e = arg;
    struct challenge_dns *c = e->owner;

    e->record = target;
    if (e->add && propagation_check_is_stopped(&c->watch)) {
        leave(e, "It was stopped.");
        return;
    }
    if (c->program && !is_given(e)) {
        run_program(e);
        return;
    }
    if (c->program) {
        leave(e, NULL);
        return;
    }
    c->tell_record(c->tell_arg, e->add, e->record, e->task->digest);
    leave(e, NULL);
}

static void start_first(struct challenge_dns *c)
{
    struct dns_hook_call *e = c->first;
    const char *owner =
        arena_printf(c->arena, "%s.%s", c->label ? c->label : "_acme-challenge",
                     e->task->name);

    cname_target(&c->watch.dns, owner, on_target, e);
}

static void queue(struct challenge_dns *c, const struct dns_hook_call *call)
{
    struct dns_hook_call *e = arena_alloc(c->arena, 1, sizeof *e);

    *e = *call;
    if (c->last)
        c->last->next = e;
    else
        c->first = e;
    c->last = e;
    if (c->first == e)
        start_first(c);
}

static void present(void *arg, const struct challenge_task *task,
                    challenge_done *done, void *done_arg)
{
    struct challenge_dns *c = arg;

    queue(c, &(struct dns_hook_call){ .owner = c,
                                      .task = task,
                                      .add = true,
                                      .done = done,
                                      .arg = done_arg });
}

static void cleanup(void *arg, const struct challenge_task *task,
                    challenge_done *done, void *done_arg)
{
    struct challenge_dns *c = arg;

    queue(c, &(struct dns_hook_call){
                 .owner = c, .task = task, .done = done, .arg = done_arg });
}

struct challenge_solver challenge_dns(struct challenge_dns *c)
{
    return (struct challenge_solver){ "dns-01", c, present, cleanup };
}
