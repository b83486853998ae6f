#include "act/dane_look.h"

#include <string.h>

#include "facts/tlsa.h"
#include "model/name.h"
#include "model/service.h"
#include "net/loop.h"

enum { ASK_MS = 5 * 1000 };

struct dane_looking {
    struct dane_ask ask;
    dane_look_done *done;
    void *arg;
    struct resolver *resolver;
    struct dane_place *places;
    size_t len;
    size_t open; /* questions */
    bool heard;  /* somebody answered what we are after */
    bool asked_root;
    struct timer timer;
};

struct dane_host {
    struct dane_looking *look;
    const char *name; /* of the certificate */
    const char *host; /* the same, or one that a wildcard covers */
    bool is_unsigned;
};

struct question_of {
    struct dane_host *host;
    const char *base; /* the host, or what it leads to */
    uint16_t port;
};

bool dane_is_lost(const struct dane_place *p)
{
    return p->answer->outcome == DNS_SERVFAIL ||
           p->answer->outcome == DNS_TIMED_OUT ||
           p->answer->security == DNS_BOGUS;
}

static void ask(struct dane_looking *l, const char *name, enum dns_type type,
                resolver_done *done, void *arg)
{
    const struct question q = { name, type, ASK_MS };

    l->open++;
    resolver_ask(l->resolver, l->ask.arena, &q, done, arg);
}

static void on_root(void *arg, const struct dns_answer *answer);

/* Names in the order of the certificate, ports in that of the services,
 * whichever answer came first. */
static int rank(const struct dane_looking *l, const struct dane_place *p)
{
    int at = 0;

    for (size_t i = 0; i < l->ask.names_len; i++)
        if (strcmp(l->ask.names[i], p->name) == 0)
            at = (int)i;
    int port = 0;
    for (const struct service *s = services; s->name && s->port != p->port; s++)
        port++;
    return at * 100 + port;
}

static void sort(const struct dane_looking *l, struct dane_place *places,
                 size_t len)
{
    for (size_t i = 1; i < len; i++)
        for (size_t k = i;
             k > 0 && rank(l, &places[k]) < rank(l, &places[k - 1]); k--) {
            struct dane_place swap = places[k];
            places[k] = places[k - 1];
            places[k - 1] = swap;
        }
}

static void finish(struct dane_looking *l)
{
    const struct dane_seen seen = { l->places, l->len, l->len && !l->heard };

    sort(l, l->places, l->len);
    resolver_free(l->resolver);
    l->done(l->arg, &seen);
}

/* A zone that is broken is not the same as a resolver that is away: the root
 * tells them apart. */
static void settle(struct dane_looking *l)
{
    if (--l->open > 0)
        return;
    if (!l->heard && !l->asked_root && l->len) {
        l->asked_root = true;
        ask(l, ".", DNS_NS, on_root, l);
        return;
    }
    finish(l);
}

static void hear(struct dane_looking *l, const struct dns_answer *answer)
{
    if (answer->outcome != DNS_SERVFAIL && answer->outcome != DNS_TIMED_OUT)
        l->heard = true;
}

static void on_root(void *arg, const struct dns_answer *answer)
{
    struct dane_looking *l = arg;

    hear(l, answer);
    settle(l);
}

static void add_place(struct dane_looking *l, const struct dane_place *p)
{
    bool has_records = p->port && p->answer->outcome == DNS_ANSWERED;

    if (!has_records && !dane_is_lost(p))
        return;
    l->places = arena_grow(l->ask.arena, l->places, l->len, sizeof *l->places);
    l->places[l->len++] = *p;
}

static void on_tlsa(void *arg, const struct dns_answer *answer)
{
    const struct question_of *q = arg;
    struct dane_looking *l = q->host->look;

    hear(l, answer);
    add_place(l, &(struct dane_place){
                     .name = q->host->name,
                     .owner = tlsa_owner(l->ask.arena, q->base, q->port),
                     .port = q->port,
                     .is_unsigned = q->host->is_unsigned,
                     .answer = answer,
                 });
    settle(l);
}

static void ask_ports(struct dane_host *h, const char *base)
{
    struct dane_looking *l = h->look;

    for (const struct service *s = services; s->name; s++) {
        struct question_of *q = arena_alloc(l->ask.arena, 1, sizeof *q);
        *q = (struct question_of){ h, arena_text(l->ask.arena, base), s->port };
        ask(l, tlsa_owner(l->ask.arena, base, s->port), DNS_TLSA, on_tlsa, q);
    }
}

static void on_address(void *arg, const struct dns_answer *answer)
{
    struct dane_host *h = arg;

    h->is_unsigned = answer->security == DNS_INSECURE;
    ask_ports(h, h->host);
    if (answer->alias_len)
        ask_ports(h, answer->alias[answer->alias_len - 1]);
    settle(h->look);
}

static void add_host(struct dane_looking *l, const char *name, const char *host)
{
    struct dane_host *h = arena_alloc(l->ask.arena, 1, sizeof *h);

    *h = (struct dane_host){ .look = l, .name = name, .host = host };
    ask(l, host, DNS_A, on_address, h);
}

static bool is_covered(const char *host, const char *below_star)
{
    const char *dot = host ? strchr(host, '.') : NULL;

    return dot && strcmp(dot + 1, below_star) == 0;
}

static void on_mx(void *arg, const struct dns_answer *answer)
{
    struct dane_host *star = arg;
    struct dane_looking *l = star->look;

    hear(l, answer);
    add_place(l, &(struct dane_place){
                     .name = star->name,
                     .owner = arena_printf(l->ask.arena, "MX of %s",
                                           name_base(star->name)),
                     .answer = answer,
                 });
    for (size_t i = 0; i < answer->len; i++)
        if (is_covered(answer->records[i].host, name_base(star->name)))
            add_host(l, star->name, answer->records[i].host);
    settle(l);
}

static void ask_name(struct dane_looking *l, const char *name)
{
    if (name_is_ip(name))
        return;
    if (!name_is_wildcard(name)) {
        add_host(l, name, name);
        return;
    }
    struct dane_host *star = arena_alloc(l->ask.arena, 1, sizeof *star);
    *star = (struct dane_host){ .look = l, .name = name };
    ask(l, name_base(name), DNS_MX, on_mx, star);
}

static void start(void *arg)
{
    struct dane_looking *l = arg;
    struct err ignored;

    if (!resolver_new(l->ask.loop, l->ask.resolver, &l->resolver, &ignored)) {
        l->done(l->arg, &(struct dane_seen){ .deaf = true });
        return;
    }
    l->open = 1;
    for (size_t i = 0; i < l->ask.names_len; i++)
        ask_name(l, l->ask.names[i]);
    settle(l);
}

void dane_look(const struct dane_ask *ask, dane_look_done *done, void *arg)
{
    struct dane_looking *l = arena_alloc(ask->arena, 1, sizeof *l);

    *l = (struct dane_looking){
        .ask = *ask,
        .done = done,
        .arg = arg,
        .timer = { .call = start, .arg = l },
    };
    timer_set(ask->loop, &l->timer, 0);
}
