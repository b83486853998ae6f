#include "acme/authoritative_servers.h"

#include <string.h>

#include "model/host_port.h"
#include "model/name.h"
#include "model/service.h"

enum { ASK_MS = 5 * 1000, CNAMES_MAX = 10 };

struct server_search {
    struct authoritative_options options;
    struct resolver *resolver;
    const char *zone; /* whose NS is asked for now */
    authoritative_servers_done *done;
    cname_target_done *told;
    void *arg;
    struct authoritative_server servers[AUTHORITATIVE_MAX];
    size_t len;
    size_t open;     /* questions for addresses */
    unsigned cnames; /* followed */
};

static struct server_search *begin(const struct authoritative_options *o,
                                   const char *name, void *arg)
{
    struct server_search *s = arena_alloc(o->arena, 1, sizeof *s);
    struct err ignored;

    *s = (struct server_search){ .options = *o,
                                 .zone = arena_text(o->arena, name),
                                 .arg = arg };
    /* Without a resolver nothing is known, and the caller waits in vain. */
    if (!resolver_new(o->loop, o->resolver, &s->resolver, &ignored))
        s->resolver = NULL;
    return s;
}

static void ask(struct server_search *s, const char *name, enum dns_type type,
                resolver_done *done, void *arg)
{
    const struct question q = { name, type, ASK_MS };

    resolver_ask(s->resolver, s->options.arena, &q, done, arg);
}

static void finish(struct server_search *s)
{
    resolver_free(s->resolver);
    s->done(s->arg, s->servers, s->len);
}

struct host_question {
    struct server_search *search;
    const char *host;
};

static void on_address(void *arg, const struct dns_answer *answer)
{
    const struct host_question *q = arg;
    struct server_search *s = q->search;

    for (size_t i = 0; i < answer->len && s->len < AUTHORITATIVE_MAX; i++)
        if (answer->records[i].host)
            s->servers[s->len++] =
                (struct authoritative_server){ q->host,
                                               answer->records[i].host };
    if (--s->open == 0)
        finish(s);
}

static void ask_addresses(struct server_search *s, const struct dns_answer *ns)
{
    size_t most = AUTHORITATIVE_MAX / 2;

    s->open = 2 * (ns->len < most ? ns->len : most);
    for (size_t i = 0; i < ns->len && i < most; i++) {
        struct host_question *q = arena_alloc(s->options.arena, 1, sizeof *q);
        *q = (struct host_question){ s, ns->records[i].host };
        ask(s, q->host, DNS_A, on_address, q);
        ask(s, q->host, DNS_AAAA, on_address, q);
    }
}

static void on_ns(void *arg, const struct dns_answer *answer)
{
    struct server_search *s = arg;
    const char *dot = strchr(s->zone, '.');

    if (answer->outcome == DNS_ANSWERED && answer->len && !answer->alias_len) {
        ask_addresses(s, answer);
        return;
    }
    bool spoke =
        answer->outcome != DNS_TIMED_OUT && answer->outcome != DNS_SERVFAIL;
    /* Those of a public suffix know nothing about names below it. */
    if (!spoke || !dot || name_is_public_suffix(dot + 1)) {
        finish(s);
        return;
    }
    s->zone = dot + 1;
    ask(s, s->zone, DNS_NS, on_ns, s);
}

void authoritative_servers(const struct authoritative_options *o,
                           const char *owner, authoritative_servers_done *done,
                           void *arg)
{
    struct server_search *s = begin(o, owner, arg);

    s->done = done;
    if (s->resolver)
        ask(s, s->zone, DNS_NS, on_ns, s);
    else
        finish(s);
}

struct resolver *authoritative_server_open(
    const struct authoritative_options *o, const char *address)
{
    struct connect_place to = connect_to_place(&o->connect_to, "", address,
                                               o->port ? o->port : PORT_DNS);
    const struct resolver_options own = {
        .server = host_port_text(o->arena, to.address, to.port),
        .no_dnssec = true,
    };
    struct resolver *r = NULL;
    struct err ignored;

    return resolver_new(o->loop, &own, &r, &ignored) ? r : NULL;
}

static void on_cname(void *arg, const struct dns_answer *answer)
{
    struct server_search *s = arg;
    const char *to = answer->outcome == DNS_ANSWERED && answer->len
                         ? answer->records[0].host
                         : NULL;

    if (to && ++s->cnames < CNAMES_MAX) {
        s->zone = to;
        ask(s, to, DNS_CNAME, on_cname, s);
        return;
    }
    resolver_free(s->resolver);
    s->told(s->arg, s->zone);
}

void cname_target(const struct authoritative_options *o, const char *owner,
                  cname_target_done *done, void *arg)
{
    struct server_search *s = begin(o, owner, arg);

    s->told = done;
    if (s->resolver)
        ask(s, s->zone, DNS_CNAME, on_cname, s);
    else
        done(arg, s->zone);
}
