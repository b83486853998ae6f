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
    p->queue.loop = loop;
    p->queue.a_second = o->a_second;
    p->means = (struct scan_options){
        .loop = loop,
        .greeting_ms = SCAN_GREETING_MS,
        .later_ms = SCAN_LATER_MS,
        .ehlo = o->ehlo ? o->ehlo : ehlo_name(a),
        .err = &p->err,
        .failed = &p->failed,
    };
    if (o->proxy && !by_proxy_open(p, o->proxy, err)) {
        loop_free(loop);
        arena_free(a);
        return false;
    }
    *out = p;
    return true;
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
    timer_stop(&p->queue.later);
    http_free(p->http);
    resolver_free(p->resolver);
    tls_client_free(p->tls);
    loop_free(p->loop);
    arena_free(p->arena);
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
