#include "probe/probe.h"

#include "base/clock.h"
#include "base/process.h"
#include "net/resolve.h"
#include "probe/ehlo_name.h"
#include "probe/pass.h"

/* The rest of a budget, kept from one pass to the next. */
struct budget_left {
    const struct survey *survey; /* NULL: free */
    int64_t until_ms;            /* monotonic */
};

enum {
    OTHER_FILES = 24, /* standard ones, the loop's, libraries', a report's */
    LOOKS_LEAST = 4,
    FILES_LEAST = OTHER_FILES + RESOLVE_FILES_LEAST + LOOKS_LEAST + 2,
};

/* Running out of files would look like a fault of the peers: where there are
 * few, each gets its share, and the rest waits. */
static bool share_files(struct probe *p, size_t scans, struct err *err)
{
    size_t all = scans + HTTP_FILES + RESOLVE_FILES + OTHER_FILES;
    size_t had = process_files(all);

    if (had < FILES_LEAST)
        return err_set(err, ERR_SYSTEM,
                       "looking at servers: %d open files are needed at the "
                       "least, and only %zu are allowed; raise the limit "
                       "(ulimit -n)",
                       FILES_LEAST, had);
    p->queue.most = scans;
    p->resolver_files = RESOLVE_FILES;
    p->fetches_most = HTTP_FILES;
    if (had == all)
        return true;
    size_t spare = had - OTHER_FILES - RESOLVE_FILES_LEAST - LOOKS_LEAST;
    size_t dns = RESOLVE_FILES_LEAST + spare / 4;
    size_t http = spare / 4 + 1;
    p->resolver_files = dns < RESOLVE_FILES ? dns : RESOLVE_FILES;
    p->fetches_most = http < HTTP_FILES ? http : HTTP_FILES;
    size_t left = had - OTHER_FILES - p->resolver_files - p->fetches_most;
    p->queue.most = left < scans ? left : scans;
    return true;
}

bool probe_new(const struct probe_options *o, struct probe **out,
               struct err *err)
{
    struct loop *loop = NULL;

    process_begin();
    if (!loop_new(&loop, err))
        return err_add(err, "looking at servers");
    struct arena *a = arena_new();
    struct probe *p = arena_alloc(a, 1, sizeof *p);
    p->arena = a;
    p->options = *o;
    p->loop = loop;
    if (p->options.budget_ms <= 0)
        p->options.budget_ms = PROBE_BUDGET_MS;
    if (!share_files(p, o->jobs ? o->jobs : PROBE_JOBS, err)) {
        loop_free(loop);
        arena_free(a);
        return false;
    }
    p->means = (struct scan_options){
        .loop = loop,
        .greeting_ms = SCAN_GREETING_MS,
        .later_ms = SCAN_LATER_MS,
        .ehlo = o->ehlo ? o->ehlo : ehlo_name(a),
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

void probe_tell_targets(struct probe *p, size_t done, size_t all)
{
    p->waiting.targets_done = done;
    p->waiting.targets = all;
}

static void drop(struct scan *l)
{
    timer_stop(&l->later);
    tls_end(&l->tls);
    connection_close(&l->connection);
}

void probe_free(struct probe *p)
{
    if (!p)
        return;
    for (struct pass *r = p->passes; r; r = r->next) {
        timer_stop(&r->begin);
        timer_stop(&r->budget);
    }
    for (size_t i = 0; i < QUEUE_BUCKETS; i++)
        for (struct scan *l = p->queue.in_flight[i]; l; l = l->next)
            drop(l);
    http_free(p->http);
    resolver_free(p->resolver);
    tls_client_free(p->tls);
    loop_free(p->loop);
    arena_free(p->arena);
}

static struct budget_left *find(const struct probe *p, const struct survey *s)
{
    for (size_t i = 0; i < p->budgets_len; i++)
        if (p->budgets[i].survey == s)
            return &p->budgets[i];
    return NULL;
}

static void remember(struct probe *p, const struct survey *s, int64_t until_ms)
{
    struct budget_left *free_one = find(p, NULL);

    if (!free_one) {
        p->budgets = arena_grow(p->arena, p->budgets, p->budgets_len,
                                sizeof *p->budgets);
        free_one = &p->budgets[p->budgets_len++];
    }
    *free_one = (struct budget_left){ .survey = s, .until_ms = until_ms };
}

/* When the budget of this survey ends: a first pass begins a new one. */
static int64_t take_budget(struct probe *p, const struct survey *s, bool first)
{
    struct budget_left *had = find(p, s);
    int64_t until_ms = clock_monotonic_ms() + p->options.budget_ms;

    if (had && !first)
        until_ms = had->until_ms;
    if (had)
        had->survey = NULL;
    return until_ms;
}

static void start(struct probe *p, const struct pass *plan)
{
    struct pass *r = arena_alloc(plan->survey->arena, 1, sizeof *r);

    *r = *plan;
    r->probe = p;
    r->until_ms = take_budget(p, r->survey, r->is_first);
    r->next = p->passes;
    p->passes = r;
    pass_start(r);
}

void probe_first(struct probe *p, struct survey *s, probe_done *done, void *arg)
{
    s->resolver = arena_text(s->arena, p->options.resolver);
    start(p, &(struct pass){
                 .survey = s, .is_first = true, .done = done, .arg = arg });
}

void probe_more(struct probe *p, struct survey *s,
                const struct probe_requests *w, probe_done *done, void *arg)
{
    start(p, &(struct pass){
                 .survey = s, .requests = *w, .done = done, .arg = arg });
}

void probe_forget(struct probe *p, struct pass *r)
{
    struct pass **link = &p->passes;

    while (*link != r)
        link = &(*link)->next;
    *link = r->next;
    if (r->is_first)
        remember(p, r->survey, r->until_ms);
}

bool probe_run(struct probe *p, struct err *err)
{
    waiting_begin(p);
    bool ran = !p->passes || p->failed || loop_run(p->loop, err);
    waiting_end(p);
    if (!ran)
        return err_add(err, "looking at servers");
    if (!p->failed)
        return true;
    *err = p->err;
    return err_add(err, "looking at servers");
}
