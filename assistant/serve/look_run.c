#include "serve/look_run.h"

#include "base/clock.h"
#include "serve/look_watch.h"
#include "serve/serve_inside.h"

enum { PARTS_AT_ONCE = 8 };

struct look_run { /* in the look's arena */
    struct serve *serve;
    struct serve_look *look;
    struct probe *probe;
    struct timer end; /* out of whatever called: the probe goes then */
    size_t begun;
    bool beginning;
};

static void end(void *arg)
{
    struct look_run *r = arg;
    struct serve_look *l = r->look;

    probe_free(r->probe);
    l->under_way = NULL;
    look_watch_end(l);
    page_again_news(r->serve, l);
    looks_done(&r->serve->looks, l, clock_monotonic_ms());
}

static void begin_more(struct look_run *r);

static void part_done(struct target_run *e)
{
    struct look_part *part = e->arg;
    struct look_run *r = part->look->under_way;

    if (part->is_done)
        return; /* it was given up */
    part->is_done = true;
    r->look->parts_done++;
    begin_more(r);
    if (r->look->parts_done == r->look->parts_len)
        timer_set(r->serve->loop, &r->end, 0);
}

/* A target may be done before target_run_start() returns. */
static void begin_more(struct look_run *r)
{
    struct serve_look *l = r->look;

    if (r->beginning)
        return;
    r->beginning = true;
    while (r->begun < l->parts_len &&
           r->begun - l->parts_done < PARTS_AT_ONCE) {
        struct look_part *part = &l->parts[r->begun++];
        part->run = (struct target_run){ .evaluation = &r->serve->evaluation,
                                         .probe = r->probe,
                                         .no_files = true,
                                         .done = part_done,
                                         .arg = part };
        target_run_start(&part->run, part->input);
    }
    r->beginning = false;
}

/* What was not done by then never will be. */
static void give_up(struct look_run *r, const struct err *err)
{
    struct serve_look *l = r->look;

    for (size_t i = 0; i < l->parts_len; i++) {
        struct look_part *part = &l->parts[i];
        if (part->is_done)
            continue;
        part->run.failed = true;
        part->run.err = *err;
        part->is_done = true;
    }
    l->parts_done = l->parts_len;
    timer_set(r->serve->loop, &r->end, 0);
}

static void probe_failed(void *arg)
{
    struct look_run *r = arg;

    give_up(r, probe_err(r->probe));
}

static void seen(void *arg, const struct survey *s, const struct cell *c,
                 enum probe_step step)
{
    struct look_run *r = arg;

    (void)s;
    look_watch_cell(r->look, c, step);
}

void look_run_start(void *serve, struct serve_look *l)
{
    struct serve *s = serve;
    struct look_run *r = arena_alloc(l->arena, 1, sizeof *r);
    struct probe_options *probe =
        arena_copy(l->arena, &s->probe, sizeof *probe);
    struct err err;

    *r = (struct look_run){ .serve = s, .look = l };
    r->end = (struct timer){ .call = end, .arg = r };
    l->under_way = r;
    if (s->desk)
        probe->public_only = public_desk_rule(s->desk, l);
    if (!probe_new_among(s->shared, probe, probe_failed, r, &r->probe, &err)) {
        give_up(r, &err);
        return;
    }
    probe_tell_cells(r->probe, seen, r);
    begin_more(r);
}

void look_run_drop(void *serve, struct serve_look *l)
{
    struct look_run *r = l->under_way;

    (void)serve;
    look_watch_end(l);
    if (!r)
        return;
    timer_stop(&r->end);
    probe_free(r->probe);
    l->under_way = NULL;
}
