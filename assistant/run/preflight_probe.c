#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "facts/connection_lost.h"
#include "facts/http01.h"
#include "net/signals.h"
#include "prove/order_requests.h"
#include "run/preflight.h"

enum {
    BUDGET_MS = 30 * 1000,
    PASSES_MAX = 14 /* ten redirects */,
    SECRET_LEN = 16
};

static unsigned wanted(const struct preflight_look *l)
{
    const struct issue_options *o = l->run->request->options;
    const char *why = NULL;
    const char *way =
        challenge_type_for(&l->run->request->order->ways, l->name, &why);
    bool by_http = strcmp(way, "http-01") == 0;
    bool by_dns = strcmp(way, "dns-01") == 0;
    unsigned want = 0;

    if (!issue_skips(o, "dns") || !issue_skips(o, "dnssec") || by_http)
        want |= ORDER_REQUEST_ADDRESSES;
    if (!issue_skips(o, "caa"))
        want |= ORDER_REQUEST_CAA;
    if (by_http && !issue_skips(o, "port80"))
        want |= ORDER_REQUEST_PORT80;
    if (by_dns && !issue_skips(o, "dns01"))
        want |= ORDER_REQUEST_DNS01;
    return want;
}

static void next_pass(void *arg)
{
    struct preflight_look *l = arg;
    struct probe_requests more = { .arena = l->run->arena };

    order_requests_add_of(l->survey, wanted(l), &more);
    if (connection_lost_dns_is_silent(l->survey))
        probe_request_question(&more, l->survey, CONNECTION_LOST_CONTROL,
                               DNS_NS);
    if ((more.questions_len || more.fetches_len) && l->passes++ < PASSES_MAX)
        probe_more(l->run->probe, l->survey, &more, next_pass, l);
}

/* ---- what this machine shows on port 80 meanwhile ---- */

static const struct challenge_solver *web_solver(
    const struct preflight_run *run)
{
    for (size_t i = 0; i < run->solvers.len; i++)
        if (strcmp(run->solvers.list[i].type, "http-01") == 0)
            return &run->solvers.list[i];
    return NULL;
}

static bool make_secret(struct arena *a, const char **out, struct err *err)
{
    unsigned char bytes[SECRET_LEN];
    struct buf text;

    if (getentropy(bytes, sizeof bytes) < 0)
        return err_set(err, ERR_SYSTEM, "the system gives no random numbers");
    buf_init(&text, a, 3 * SECRET_LEN);
    for (size_t i = 0; i < sizeof bytes; i++)
        buf_printf(&text, "%02x", bytes[i]);
    *out = text.text;
    return true;
}

struct shown {
    struct challenge_task task;
    struct preflight_look *look;
    const char *secret;
};

static void on_shown(void *arg, const char *why)
{
    struct shown *s = arg;

    s->look->unshown = why;
    s->look->survey->ordered.shown = why ? NULL : s->secret;
}

static void show(struct preflight_run *run, struct shown *shown,
                 const char *secret)
{
    const struct challenge_solver *by = web_solver(run);

    for (size_t i = 0; by && i < run->request->order->names_len; i++) {
        struct preflight_look *l = &run->looks[i];
        if (!(wanted(l) & ORDER_REQUEST_PORT80))
            continue;
        shown[i] = (struct shown){
            .look = l,
            .secret = secret,
            .task = { .name = l->name,
                      .type = by->type,
                      .token = http01_token(run->arena, l->name),
                      .response = secret,
                      .digest = "" },
        };
        by->present(by->arg, &shown[i].task, on_shown, &shown[i]);
    }
}

static void on_hidden(void *arg, const char *why)
{
    (void)arg;
    (void)why;
}

static void hide(struct preflight_run *run, struct shown *shown)
{
    const struct challenge_solver *by = web_solver(run);

    for (size_t i = 0; by && i < run->request->order->names_len; i++)
        if (shown[i].look)
            by->cleanup(by->arg, &shown[i].task, on_hidden, NULL);
    challenge_solvers_close(&run->solvers);
}

/* ---- */

struct stop {
    struct loop *loop;
    bool rang;
};

static void on_interrupt(void *arg)
{
    struct stop *stop = arg;

    stop->rang = true;
    loop_stop(stop->loop);
}

/* What is shown goes, whatever ends the look. */
static bool look_on(struct preflight_run *run, const char *secret,
                    struct err *err)
{
    const struct issue_order *o = run->request->order;
    struct shown *shown =
        arena_alloc(run->arena, o->names_len + 1, sizeof *shown);
    struct stop stop = { .loop = probe_loop(run->probe) };
    struct signals signals = { .call = on_interrupt, .arg = &stop };
    bool any = false;

    signals_set(stop.loop, &signals);
    show(run, shown, secret);
    for (size_t i = 0; i < o->names_len; i++) {
        next_pass(&run->looks[i]);
        any = any || run->looks[i].passes;
    }
    bool ran = !any || probe_run(run->probe, err);
    signals_stop(&signals);
    hide(run, shown);
    if (ran && stop.rang)
        return err_set(err, ERR_SYSTEM,
                       "looking before an order: it was stopped");
    return ran;
}

static bool look(struct preflight_run *run, struct err *err)
{
    const struct issue_order *o = run->request->order;
    const char *secret = NULL;

    run->watch.dns =
        (struct authoritative_options){ .loop = probe_loop(run->probe),
                                        .arena = run->arena,
                                        .resolver = o->resolver };
    if (!make_secret(run->arena, &secret, err) ||
        !challenge_solvers_open(&run->solvers, &o->ways, &run->watch, err))
        return false;
    return look_on(run, secret, err);
}

bool preflight_probe(struct preflight_run *run, struct err *err)
{
    const struct issue_options *o = run->request->options;
    const struct resolver_options *resolver = run->request->order->resolver;
    const struct probe_options options = {
        .resolver = resolver->server,
        .trust_anchor = resolver->trust_anchor,
        .no_dnssec = resolver->no_dnssec,
        .ca_file = o->ca_file,
        .budget_ms = BUDGET_MS,
        .connect_to = o->connect_to,
    };

    if (!probe_new(&options, &run->probe, err))
        return false;
    bool looked = look(run, err);
    probe_free(run->probe);
    run->probe = NULL;
    return looked;
}
