#include "probe/by_proxy.h"

#include "net/connection.h"
#include "net/lookup.h"
#include "net/resolve.h"
#include "probe/pass.h"

enum { WITHIN_MS = 5 * 1000 };

struct proxy_trial {
    struct connection connection;
    enum outcome outcome;
    struct proxy *proxy;
    const char *why; /* it is not there; else NULL */
};

static void take_address(void *arg, const struct lookup_answer *answer)
{
    struct proxy_trial *t = arg;

    t->why = answer->why;
    if (!t->why)
        t->proxy->address = answer->addresses[0];
}

static bool look_up(struct probe *p, struct proxy_trial *t, struct err *err)
{
    const struct resolver_options options = {
        .server = p->options.resolver,
        .trust_anchor = p->options.trust_anchor,
        .no_dnssec = p->options.no_dnssec,
        .files = RESOLVE_FILES_LEAST,
    };
    struct lookups lookups = { .arena = p->arena };

    if (!resolver_new(p->loop, &options, &lookups.resolver, err))
        return false;
    lookup(&lookups, p->arena, t->proxy->host, take_address, t);
    bool ran = t->proxy->address || t->why || loop_run(p->loop, err);
    resolver_free(lookups.resolver);
    return ran;
}

static void heard(void *arg, enum outcome outcome)
{
    struct proxy_trial *t = arg;

    t->outcome = outcome;
    if (outcome != OUTCOME_OK)
        t->why = t->connection.detail;
    connection_close(&t->connection);
}

static bool try_it(struct probe *p, struct proxy_trial *t, struct err *err)
{
    t->connection = (struct connection){ .loop = p->loop,
                                         .arena = p->arena,
                                         .call = heard,
                                         .arg = t,
                                         .proxy = t->proxy };
    connection_connect(&t->connection, NULL, 0, WITHIN_MS);
    return loop_run(p->loop, err);
}

bool by_proxy_open(struct probe *p, const struct proxy *proxy, struct err *err)
{
    struct proxy *own = arena_alloc(p->arena, 1, sizeof *own);
    struct proxy_trial t = { .proxy = own };

    *own = *proxy;
    if (!look_up(p, &t, err) || (!t.why && !try_it(p, &t, err)))
        return err_add(err, "--proxy");
    if (t.why)
        return err_set(err, ERR_NETWORK,
                       "nothing was looked at, because of --proxy %.200s: %s",
                       proxy_text(p->arena, own), t.why);
    p->means.proxy = own;
    return true;
}
