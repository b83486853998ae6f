#include "net/lookup.h"

#include <string.h>

#include "model/name.h"
#include "net/resolve.h"

enum { LOOKUP_MS = 10 * 1000 };

struct lookup_waiter {
    lookup_done *done;
    void *arg;
    struct lookup_waiter *next;
};

struct lookup_host {
    struct arena *arena;
    const char *name;
    unsigned open; /* questions */
    struct lookup_answer answer;
    bool missing; /* the name does not exist */
    bool untold;  /* nobody could say whether there are any */
    struct lookup_waiter *waiters;
    struct lookup_host *next;
};

static void tell(struct lookup_host *h)
{
    struct lookup_waiter *w = h->waiters;

    h->waiters = NULL;
    for (struct lookup_waiter *next = NULL; w; w = next) {
        next = w->next; /* its arena may go with the call */
        w->done(w->arg, &h->answer);
    }
}

static void add(struct lookup_host *h, const char *address)
{
    struct lookup_answer *to = &h->answer;

    to->addresses =
        arena_grow(h->arena, to->addresses, to->len, sizeof *to->addresses);
    to->addresses[to->len++] = arena_text(h->arena, address);
}

static const char *why_none(const struct lookup_host *h)
{
    if (h->missing)
        return arena_printf(h->arena, "there is no host %s", h->name);
    return arena_printf(h->arena,
                        h->untold
                            ? "the name servers do not tell the address of %s"
                            : "the DNS has no address for %s",
                        h->name);
}

static void answered(void *arg, const struct dns_answer *answer)
{
    struct lookup_host *h = arg;

    h->missing |= answer->outcome == DNS_NXDOMAIN;
    h->untold |= answer->outcome == DNS_SERVFAIL ||
                 answer->outcome == DNS_TIMED_OUT ||
                 answer->security == DNS_BOGUS;
    for (size_t i = 0; i < answer->len; i++)
        if (answer->records[i].host && name_is_ip(answer->records[i].host))
            add(h, answer->records[i].host);
    if (--h->open)
        return;
    if (!h->answer.len)
        h->answer.why = why_none(h);
    tell(h);
}

static struct lookup_host *host_new(struct lookups *l, const char *name)
{
    static const enum dns_type types[] = { DNS_AAAA, DNS_A };
    struct lookup_host *h = arena_alloc(l->arena, 1, sizeof *h);

    *h = (struct lookup_host){ .arena = l->arena,
                               .name = arena_text(l->arena, name),
                               .next = l->hosts };
    l->hosts = h;
    if (name_is_ip(name)) {
        add(h, name);
        return h;
    }
    h->open = sizeof types / sizeof *types;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        struct question q = { h->name, types[i], LOOKUP_MS };
        resolver_ask(l->resolver, l->arena, &q, answered, h);
    }
    return h;
}

void lookup(struct lookups *l, struct arena *waiter, const char *host,
            lookup_done *done, void *arg)
{
    struct lookup_host *h = l->hosts;

    while (h && strcmp(h->name, host) != 0)
        h = h->next;
    if (!h)
        h = host_new(l, host);
    if (!h->open) {
        done(arg, &h->answer);
        return;
    }
    struct lookup_waiter *w = arena_alloc(waiter, 1, sizeof *w);
    *w = (struct lookup_waiter){ done, arg, h->waiters };
    h->waiters = w;
}
