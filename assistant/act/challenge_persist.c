#include "act/challenge_persist.h"

#include "acme/persist_look.h"
#include "base/clock.h"

/* One name's. */
struct persist_call {
    struct challenge_persist *owner;
    struct challenge_task task; /* the digest is the record's text */
    challenge_done *done;
    void *arg;
};

static void on_set(void *arg, const char *why)
{
    const struct persist_call *e = arg;

    e->done(e->arg, why);
}

static void on_seen(void *arg, const struct persist_seen *seen)
{
    struct persist_call *e = arg;
    struct challenge_persist *c = e->owner;
    struct arena *a = c->dns.arena;
    const struct challenge_solver by = challenge_dns(&c->dns);
    const char *owner = persist_owner(a, e->task.name);

    if (seen->worth.state == PERSIST_STANDS || (!c->dns.program && c->unlooked))
        e->done(e->arg, NULL);
    else if (c->dns.program)
        by.present(by.arg, &e->task, on_set, e);
    else
        e->done(e->arg, arena_printf(a, "this TXT record does not stand: %s",
                                     persist_line(a, owner, e->task.digest)));
}

static void present(void *arg, const struct challenge_task *task,
                    challenge_done *done, void *done_arg)
{
    struct challenge_persist *c = arg;
    struct arena *a = c->dns.arena;
    const char *star = arena_printf(a, "*.%s", task->name);
    struct persist_call *e = arena_alloc(a, 1, sizeof *e);
    const struct persist_look look = {
        .dns = c->dns.watch.dns,
        .name = task->name,
        .want = { .issuers = task->issuers,
                  .account = task->account,
                  .wildcard = task->is_wildcard ||
                              text_is_among(star, c->names, c->names_len) },
        .now = clock_now_s(),
    };

    *e = (struct persist_call){ c, *task, done, done_arg };
    e->task.digest = persist_text(a, &look.want);
    if (e->task.digest)
        persist_look(&look, on_seen, e);
    else
        done(done_arg, "the account's address cannot stand in a record");
}

static void cleanup(void *arg, const struct challenge_task *task,
                    challenge_done *done, void *done_arg)
{
    (void)arg;
    (void)task;
    done(done_arg, NULL);
}

struct challenge_solver challenge_persist(struct challenge_persist *c)
{
    c->dns.label = "_validation-persist";
    return (struct challenge_solver){ PERSIST_TYPE, c, present, cleanup };
}
