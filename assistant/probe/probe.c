#include "probe/probe.h"

#include "base/process.h"
#include "net/resolve.h"
#include "net/route.h"
#include "probe/by_proxy.h"
#include "probe/ehlo_name.h"
#include "probe/pass.h"

enum {
    OTHER_FILES = 24, /* standard ones, the loop's, libraries', a report's */
    LOOKS_LEAST = 4,
    /* One of many probes has one target, or a few: */
    GUEST_FILES = 48,   /* of its resolver */
    GUEST_FETCHES = 24, /* and for what it fetches */
};

/* What may be open at once: of each probe, and beside them. */
struct file_shares {
    size_t probes, scans, dns, http, others;
};

/* Running out of files would look like a fault of the peers: where there are
 * few, each gets its share, and the rest waits. */
static bool share_files(struct probe_shared *s, const struct file_shares *w,
                        struct err *err)
{
    size_t all = w->scans + w->others + w->probes * (w->http + w->dns);
    size_t least =
        w->others + LOOKS_LEAST + w->probes * (RESOLVE_FILES_LEAST + 2);
    size_t had = process_files(all);

    if (had < least)
        return err_set(err, ERR_SYSTEM,
                       "looking at servers: %zu open files are needed at the "
                       "least, and only %zu are allowed; raise the limit "
                       "(ulimit -n)",
                       least, had);
    s->queue.most = w->scans;
    s->resolver_files = w->dns;
    s->fetches_most = w->http;
    if (had == all)
        return true;
    size_t spare =
        (had - w->others - LOOKS_LEAST) / w->probes - RESOLVE_FILES_LEAST;
    size_t dns = RESOLVE_FILES_LEAST + spare / 4;
    size_t http = spare / 4 + 1;
    s->resolver_files = dns < w->dns ? dns : w->dns;
    s->fetches_most = http < w->http ? http : w->http;
    size_t left =
        had - w->others - w->probes * (s->resolver_files + s->fetches_most);
    s->queue.most = left < w->scans ? left : w->scans;
    return true;
}

/* A fetch has made room at an address. */
static void run_scans(void *arg)
{
    queue_run(&((struct probe_shared *)arg)->queue);
}

/* Their turn has come. */
static void run_others(struct probe_shared *s)
{
    queue_run(&s->queue);
    if (s->crowd.counts)
        fetch_line_run(&s->fetch_line);
}

static bool shared_new(struct loop *loop, const struct file_shares *w,
                       size_t a_second, struct probe_shared **out,
                       struct err *err)
{
    struct arena *a = arena_new();
    struct probe_shared *s = arena_alloc(a, 1, sizeof *s);

    s->arena = a;
    s->loop = loop;
    if (!share_files(s, w, err)) {
        arena_free(a);
        return false;
    }
    s->queue.loop = loop;
    s->queue.a_second = a_second;
    s->queue.crowd = &s->crowd;
    s->fetch_line.crowd = &s->crowd;
    s->fetch_line.moved = run_scans;
    s->fetch_line.arg = s;
    *out = s;
    return true;
}

bool probe_shared_new(const struct probe_shared_options *o,
                      struct probe_shared **out, struct err *err)
{
    const struct file_shares w = {
        .probes = o->probes,
        .scans = o->jobs ? o->jobs : PROBE_JOBS,
        .dns = GUEST_FILES,
        .http = GUEST_FETCHES,
        .others = OTHER_FILES + o->other_files,
    };

    return shared_new(o->loop, &w, o->a_second, out, err);
}

void probe_shared_free(struct probe_shared *s)
{
    if (!s)
        return;
    timer_stop(&s->queue.later);
    arena_free(s->arena);
}

static struct probe *make(struct probe_shared *s, const struct probe_options *o)
{
    struct arena *a = arena_new();
    struct probe *p = arena_alloc(a, 1, sizeof *p);

    p->arena = a;
    p->options = *o;
    p->loop = s->loop;
    p->shared = s;
    s->probes++;
    s->crowd.counts = s->crowd.counts || o->public_only;
    if (p->options.budget_ms <= 0)
        p->options.budget_ms = PROBE_BUDGET_MS;
    p->means = (struct scan_options){
        .loop = s->loop,
        .rule = o->public_only,
        .greeting_ms = SCAN_GREETING_MS,
        .later_ms = SCAN_LATER_MS,
        .ehlo = o->ehlo ? o->ehlo : ehlo_name(a),
        .err = &p->err,
        .failed = &p->failed,
    };
    return p;
}

bool probe_new(const struct probe_options *o, struct probe **out,
               struct err *err)
{
    const struct file_shares w = {
        .probes = 1,
        .scans = o->jobs ? o->jobs : PROBE_JOBS,
        .dns = RESOLVE_FILES,
        .http = HTTP_FILES,
        .others = OTHER_FILES,
    };
    struct probe_shared *shared = NULL;
    struct loop *loop = NULL;

    process_begin();
    if (!loop_new(&loop, err))
        return err_add(err, "looking at servers");
    if (!shared_new(loop, &w, o->a_second, &shared, err)) {
        loop_free(loop);
        return false;
    }
    struct probe *p = make(shared, o);
    if (o->proxy && !by_proxy_open(p, o->proxy, err)) {
        probe_free(p);
        return false;
    }
    *out = p;
    return true;
}

/* What this machine was short of while nobody else looked is forgotten. */
bool probe_new_among(struct probe_shared *s, const struct probe_options *o,
                     void (*failed)(void *arg), void *arg, struct probe **out,
                     struct err *err)
{
    if (o->proxy)
        return err_set(err, ERR_USAGE, "a proxy is not gone through here");
    if (!s->probes)
        process_begin();
    struct probe *p = make(s, o);
    p->is_guest = true;
    p->gave_up = (struct timer){ .call = failed, .arg = arg };
    *out = p;
    return true;
}

const struct err *probe_err(const struct probe *p)
{
    return &p->err;
}

void probe_tell_cells(struct probe *p, probe_seen *seen, void *arg)
{
    p->seen = seen;
    p->seen_arg = arg;
}

struct loop *probe_loop(const struct probe *p)
{
    return p->loop;
}

bool probe_is_busy(const struct probe *p)
{
    return !pass_may_begin(p);
}

void probe_tell_room(struct probe *p, void (*room)(void *arg), void *arg)
{
    p->room = room;
    p->room_arg = arg;
}

void probe_tell_targets(struct probe *p, size_t done, size_t all)
{
    p->waiting.targets_done = done;
    p->waiting.targets = all;
}

static void drop(struct probe *p, struct scan *l)
{
    queue_drop(&p->shared->queue, l);
    timer_stop(&l->later);
    tls_end(&l->tls);
    connection_close(&l->connection);
}

static void drop_pass(struct probe *p, struct pass *r)
{
    timer_stop(&r->begin);
    timer_stop(&r->budget);
    for (size_t i = 0; i < r->scans_len; i++)
        for (struct scan *l = r->scans[i]; l; l = l->variant)
            if (!l->is_over)
                drop(p, l);
}

void probe_free(struct probe *p)
{
    if (!p)
        return;
    struct probe_shared *shared = p->shared;
    bool alone = !p->is_guest;

    for (struct pass *r = p->passes; r; r = r->next)
        drop_pass(p, r);
    timer_stop(&p->gave_up);
    http_free(p->http);
    for (struct pass *r = p->passes; r && !alone; r = r->next)
        fetch_batch_drop(&r->fetches);
    resolver_free(p->resolver);
    tls_client_free(p->tls);
    struct loop *loop = alone ? p->loop : NULL;
    arena_free(p->arena);
    shared->probes--;
    if (!alone) {
        run_others(shared);
        return;
    }
    probe_shared_free(shared);
    loop_free(loop);
}

void probe_first_with(struct probe *p, struct survey *s,
                      const struct probe_requests *w, probe_done *done,
                      void *arg)
{
    s->resolver = arena_text(s->arena, p->options.resolver);
    s->has_no_route = !p->means.proxy && !route_exists();
    pass_start(p, &(struct pass){ .survey = s,
                                  .requests = *w,
                                  .is_first = true,
                                  .done = done,
                                  .arg = arg });
}

void probe_first(struct probe *p, struct survey *s, probe_done *done, void *arg)
{
    const struct probe_requests none = { .arena = s->arena };

    probe_first_with(p, s, &none, done, arg);
}

void probe_more(struct probe *p, struct survey *s,
                const struct probe_requests *w, probe_done *done, void *arg)
{
    pass_start(p, &(struct pass){
                      .survey = s, .requests = *w, .done = done, .arg = arg });
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
