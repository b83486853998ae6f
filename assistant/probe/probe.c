#include "probe/probe.h"

#include <sys/resource.h>

#include "base/clock.h"
#include "probe/own_name.h"
#include "probe/round.h"

/* The rest of a budget, kept from the first round to the second. */
struct sitting {
    const struct survey *survey; /* NULL: free */
    int64_t until_ms;            /* monotonic */
};

/* Files that are not connections: the resolver's, the loop's, standard ones. */
enum { OTHER_FILES = 128 };

/* Running out of sockets would look like a fault of the peers. */
static size_t sockets_to_be_had(size_t wanted)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return wanted;
    rlim_t need = (rlim_t)wanted + OTHER_FILES;
    if (limit.rlim_cur < need) {
        limit.rlim_cur = need < limit.rlim_max ? need : limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
    if (limit.rlim_cur >= need)
        return wanted;
    return limit.rlim_cur > 2 * OTHER_FILES ? limit.rlim_cur - OTHER_FILES
                                            : OTHER_FILES;
}

bool probe_new(const struct probe_options *o, struct probe **out,
               struct err *err)
{
    struct loop *loop = NULL;

    if (!loop_new(&loop, err))
        return err_add(err, "looking at servers");
    struct arena *a = arena_new();
    struct probe *p = arena_alloc(a, 1, sizeof *p);
    p->arena = a;
    p->options = *o;
    p->loop = loop;
    if (p->options.budget_ms <= 0)
        p->options.budget_ms = PROBE_BUDGET_MS;
    p->queue.most = sockets_to_be_had(o->jobs ? o->jobs : PROBE_JOBS);
    p->means = (struct look_means){
        .loop = loop,
        .greeting_ms = LOOK_GREETING_MS,
        .ehlo = o->ehlo ? o->ehlo : own_name(a),
        .err = &p->err,
        .failed = &p->failed,
    };
    *out = p;
    return true;
}

struct loop *probe_loop(const struct probe *p)
{
    return p->loop;
}

static void drop(struct look *l)
{
    tls_end(&l->tls);
    wire_close(&l->wire);
}

void probe_free(struct probe *p)
{
    if (!p)
        return;
    for (struct round *r = p->rounds; r; r = r->next) {
        timer_stop(&r->begin);
        timer_stop(&r->budget);
    }
    for (size_t i = 0; i < QUEUE_BUCKETS; i++)
        for (struct look *l = p->queue.flying[i]; l; l = l->next)
            drop(l);
    http_free(p->http);
    resolver_free(p->resolver);
    tls_client_free(p->tls);
    loop_free(p->loop);
    arena_free(p->arena);
}

static struct sitting *find(const struct probe *p, const struct survey *s)
{
    for (size_t i = 0; i < p->sittings_len; i++)
        if (p->sittings[i].survey == s)
            return &p->sittings[i];
    return NULL;
}

static void remember(struct probe *p, const struct survey *s, int64_t until_ms)
{
    struct sitting *free_one = find(p, NULL);

    if (!free_one) {
        p->sittings = arena_grow(p->arena, p->sittings, p->sittings_len,
                                 sizeof *p->sittings);
        free_one = &p->sittings[p->sittings_len++];
    }
    *free_one = (struct sitting){ .survey = s, .until_ms = until_ms };
}

/* When the budget of this survey ends: a first round begins a new one. */
static int64_t take_budget(struct probe *p, const struct survey *s, bool first)
{
    struct sitting *had = find(p, s);
    int64_t until_ms = clock_monotonic_ms() + p->options.budget_ms;

    if (had && !first)
        until_ms = had->until_ms;
    if (had)
        had->survey = NULL;
    return until_ms;
}

static void start(struct probe *p, const struct round *plan)
{
    struct round *r = arena_alloc(plan->survey->arena, 1, sizeof *r);

    *r = *plan;
    r->probe = p;
    r->until_ms = take_budget(p, r->survey, r->is_first);
    r->next = p->rounds;
    p->rounds = r;
    round_start(r);
}

void probe_first(struct probe *p, struct survey *s, probe_done *done, void *arg)
{
    s->resolver = arena_text(s->arena, p->options.resolver);
    start(p, &(struct round){
                 .survey = s, .is_first = true, .done = done, .arg = arg });
}

void probe_more(struct probe *p, struct survey *s, const struct wishes *w,
                probe_done *done, void *arg)
{
    start(p, &(struct round){
                 .survey = s, .wishes = *w, .done = done, .arg = arg });
}

void probe_forget(struct probe *p, struct round *r)
{
    struct round **link = &p->rounds;

    while (*link != r)
        link = &(*link)->next;
    *link = r->next;
    if (r->is_first)
        remember(p, r->survey, r->until_ms);
}

bool probe_run(struct probe *p, struct err *err)
{
    if (p->rounds && !p->failed && !loop_run(p->loop, err))
        return err_add(err, "looking at servers");
    if (!p->failed)
        return true;
    *err = p->err;
    return err_add(err, "looking at servers");
}
