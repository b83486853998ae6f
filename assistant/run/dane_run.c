#include "run/dane_run.h"

#include "net/loop.h"

struct dane_run_call {
    struct loop *loop;
    struct dane_seen seen;
};

static void on_seen(void *arg, const struct dane_seen *seen)
{
    struct dane_run_call *run = arg;

    run->seen = *seen;
    loop_stop(run->loop);
}

bool dane_run(struct arena *a, const struct issue_order *o,
              struct dane_seen *out, struct err *err)
{
    struct dane_run_call run = { .loop = NULL };

    if (!loop_new(&run.loop, err))
        return false;
    const struct dane_ask ask = {
        .loop = run.loop,
        .arena = a,
        .resolver = o->resolver,
        .names = o->names,
        .names_len = o->names_len,
    };
    dane_look(&ask, on_seen, &run);
    bool ran = loop_run(run.loop, err);
    loop_free(run.loop);
    *out = run.seen;
    return ran;
}
