#include "acme/acme_resolve.h"

#include <string.h>

#include "acme/acme_inside.h"
#include "model/name.h"
#include "net/resolve.h"

enum { LOOK_UP_MS = 10 * 1000 };

struct waiter {
    acme_dialled *done;
    void *arg;
    struct waiter *next;
};

struct acme_host {
    struct acme *session;
    const char *host;
    uint16_t port;
    unsigned open; /* questions */
    const char **addresses;
    struct acme_reach reach; /* once nothing is open */
    bool missing;            /* the name does not exist */
    struct waiter *waiters;
    struct acme_host *next;
};

static void tell(struct acme_host *h)
{
    struct waiter *w = h->waiters;

    h->waiters = NULL;
    for (struct waiter *next = NULL; w; w = next) {
        next = w->next; /* its arena may go with the call */
        w->done(w->arg, &h->reach);
    }
}

static void add(struct acme_host *h, const char *address)
{
    struct arena *a = h->session->arena;

    h->addresses =
        arena_grow(a, h->addresses, h->reach.len, sizeof *h->addresses);
    h->addresses[h->reach.len++] = arena_text(a, address);
    h->reach.addresses = h->addresses;
}

static void answered(void *arg, const struct dns_answer *answer)
{
    struct acme_host *h = arg;
    struct arena *a = h->session->arena;

    h->missing |= answer->outcome == DNS_NXDOMAIN;
    for (size_t i = 0; i < answer->len; i++)
        if (answer->records[i].host && name_is_ip(answer->records[i].host))
            add(h, answer->records[i].host);
    if (--h->open)
        return;
    if (!h->reach.len)
        h->reach.why =
            arena_printf(a,
                         h->missing ? "there is no host %s"
                                    : "the DNS has no address for %s",
                         h->host);
    tell(h);
}

static void look_up(struct acme_host *h)
{
    static const enum dns_type types[] = { DNS_AAAA, DNS_A };
    struct acme *s = h->session;

    h->open = 2;
    for (size_t i = 0; i < 2; i++) {
        struct question q = { .name = h->host,
                              .type = types[i],
                              .wait_ms = LOOK_UP_MS };
        resolver_ask(s->options.resolver, s->arena, &q, answered, h);
    }
}

static const struct acme_route *route_of(const struct acme *s,
                                         const struct acme_host *h)
{
    for (size_t i = 0; i < s->options.routes_len; i++) {
        const struct acme_route *r = &s->options.routes[i];
        bool host_fits = !r->host[0] || strcmp(r->host, h->host) == 0;
        bool port_fits = !r->port || r->port == h->port;
        if (host_fits && port_fits)
            return r;
    }
    return NULL;
}

static struct acme_host *host_new(struct acme *s,
                                  const struct http_place *place)
{
    struct acme_host *h = arena_alloc(s->arena, 1, sizeof *h);

    *h = (struct acme_host){
        .session = s,
        .host = arena_text(s->arena, place->host),
        .port = place->port,
        .reach.port = place->port,
        .next = s->hosts,
    };
    s->hosts = h;
    const struct acme_route *route = route_of(s, h);
    if (route && route->to_port)
        h->reach.port = route->to_port;
    if (route && route->address[0])
        add(h, route->address);
    else if (name_is_ip(h->host))
        add(h, h->host);
    else
        look_up(h);
    return h;
}

static struct acme_host *host_find(struct acme *s,
                                   const struct http_place *place)
{
    for (struct acme_host *h = s->hosts; h; h = h->next)
        if (strcmp(h->host, place->host) == 0 && h->port == place->port)
            return h;
    return NULL;
}

void acme_resolve(struct acme *s, struct arena *waiter, const char *url,
                  acme_dialled *done, void *arg)
{
    static const struct acme_reach nowhere = { .why = "it is no address" };
    struct http_place place;

    if (!acme_url_ok(url) || !http_place(s->http, waiter, url, &place)) {
        done(arg, &nowhere);
        return;
    }
    struct acme_host *h = host_find(s, &place);
    if (!h)
        h = host_new(s, &place);
    if (!h->open) {
        done(arg, &h->reach);
        return;
    }
    struct waiter *w = arena_alloc(waiter, 1, sizeof *w);
    *w = (struct waiter){ .done = done, .arg = arg, .next = h->waiters };
    h->waiters = w;
}
