#include "act/dane_change.h"

#include "act/hook.h"
#include "net/loop.h"

struct dane_change_call {
    struct dane_change change;
    dane_change_done *done;
    void *arg;
    struct dane_changed changed;
    struct timer timer;
};

static void finish(struct dane_change_call *e, const char *why)
{
    e->changed.why = why;
    e->done(e->arg, &e->changed);
}

static void on_seen(void *arg, const char *why)
{
    finish(arg, why);
}

static void look(struct dane_change_call *e)
{
    struct propagation_check *w = &e->change.watch;

    w->type = DNS_TLSA;
    w->strict = true;
    w->only_warns = false;
    w->seen = &e->changed.seen;
    propagation_check(w, e->changed.record, e->change.value, on_seen, e);
}

static void on_program(void *arg, const struct hook_result *result)
{
    struct dane_change_call *e = arg;
    const char *why = result->why;

    if (why && result->output[0])
        why = arena_printf(e->change.watch.dns.arena, "%s It said: %s", why,
                           result->output);
    if (why || e->change.act == DANE_REMOVE)
        finish(e, why);
    else
        look(e);
}

static void run_program(struct dane_change_call *e)
{
    const struct dane_change *c = &e->change;
    struct arena *a = c->watch.dns.arena;
    const char *action = c->act == DANE_ADD ? "present-tlsa" : "cleanup-tlsa";
    const char *const argv[] = { c->program, action, e->changed.record,
                                 c->value, NULL };
    const char *const env[] = {
        arena_printf(a, "CERTMEND_ACTION=%s", action),
        arena_printf(a, "CERTMEND_NAME=%s", c->name),
        "CERTMEND_TYPE=TLSA",
        arena_printf(a, "CERTMEND_RECORD=%s", e->changed.record),
        arena_printf(a, "CERTMEND_VALUE=%s", c->value),
        arena_printf(a, "CERTMEND_TTL=%u", (unsigned)c->ttl_s),
        NULL,
    };
    const struct hook_job job = { c->watch.dns.loop, a, argv, env,
                                  c->program_ms };

    hook_run(&job, on_program, e);
}

static void on_target(void *arg, const char *target)
{
    struct dane_change_call *e = arg;

    e->changed.record = target;
    if (e->change.program && e->change.act != DANE_LOOK)
        run_program(e);
    else
        look(e);
}

static void start(void *arg)
{
    struct dane_change_call *e = arg;

    cname_target(&e->change.watch.dns, e->change.owner, on_target, e);
}

void dane_change(const struct dane_change *c, dane_change_done *done, void *arg)
{
    struct dane_change_call *e = arena_alloc(c->watch.dns.arena, 1, sizeof *e);

    *e = (struct dane_change_call){
        .change = *c,
        .done = done,
        .arg = arg,
        .timer = { .call = start, .arg = e },
    };
    timer_set(c->watch.dns.loop, &e->timer, 0);
}
