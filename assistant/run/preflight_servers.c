/*
 * preflight_servers - A and AAAA once more, from every authoritative server
 */
#include <string.h>

#include "acme/authoritative_servers.h"
#include "net/loop.h"
#include "run/preflight.h"

enum { ASK_MS = 3 * 1000, SERVERS_MAX = 8, NAMES_MAX = 20 };

static const enum dns_type types[] = { DNS_A, DNS_AAAA };

/* Of one domain; delegations below it are not followed. */
struct domain_question {
    const char *domain;
    struct survey_of_servers *all;
};

struct known_server {
    const char *address;
    struct resolver *resolver;
};

struct survey_of_servers {
    struct preflight_run *run;
    struct authoritative_options dns;
    struct known_server *known;
    size_t len;
    size_t open; /* names and questions under way */
};

struct server_question {
    struct survey_of_servers *all;
    struct preflight_look *look;
    const char *server;
};

static void release(struct survey_of_servers *all)
{
    if (--all->open == 0)
        loop_stop(all->dns.loop);
}

static void on_answer(void *arg, const struct dns_answer *answer)
{
    const struct server_question *q = arg;
    struct dns_answer said = *answer;

    said.server = q->server;
    /* Silence by IPv6 says more about the way from here than about it. */
    if (answer->outcome != DNS_TIMED_OUT || !strchr(q->server, ':'))
        survey_answer_add(q->look->survey, &said);
    release(q->all);
}

/* A server has one resolver, whatever it is asked. NULL: there is none. */
static struct resolver *resolver_of(struct survey_of_servers *all,
                                    const char *address)
{
    for (size_t i = 0; i < all->len; i++)
        if (strcmp(all->known[i].address, address) == 0)
            return all->known[i].resolver;
    struct resolver *r = authoritative_server_open(&all->dns, address);
    if (!r)
        return NULL;
    all->known =
        arena_grow(all->run->arena, all->known, all->len, sizeof *all->known);
    all->known[all->len++] = (struct known_server){ address, r };
    return r;
}

/* Whether the name exists is known by now: what does not is told anyway. */
static const char *domain_of(const struct preflight_look *l)
{
    struct arena *a = l->survey->arena;
    bool has_some = !name_is_wildcard(l->name) && !name_is_ip(l->name) &&
                    survey_addresses(l->survey, a, l->name).len > 0;

    return has_some ? name_domain(a, l->name) : NULL;
}

static void ask(struct survey_of_servers *all, struct preflight_look *l,
                const char *address)
{
    struct arena *a = all->run->arena;
    struct resolver *r = resolver_of(all, address);

    for (size_t i = 0; r && i < sizeof types / sizeof *types; i++) {
        struct server_question *q = arena_alloc(a, 1, sizeof *q);
        const struct question question = { l->name, types[i], ASK_MS };
        *q = (struct server_question){ all, l, address };
        all->open++;
        resolver_ask(r, a, &question, on_answer, q);
    }
}

static void ask_for(const struct domain_question *c, const char *address)
{
    struct preflight_run *run = c->all->run;
    size_t asked = 0;

    for (size_t i = 0; i < run->request->order->names_len; i++) {
        const char *domain = run->looks[i].domain;
        if (domain && strcmp(domain, c->domain) == 0 && asked++ < NAMES_MAX)
            ask(c->all, &run->looks[i], address);
    }
}

static void on_servers(void *arg, const struct authoritative_server *servers,
                       size_t len)
{
    struct domain_question *c = arg;

    for (size_t i = 0; i < len && i < SERVERS_MAX; i++)
        ask_for(c, servers[i].address);
    release(c->all);
}

static bool is_first_of(const struct preflight_run *run, size_t at,
                        const char *domain)
{
    for (size_t i = 0; i < at; i++) {
        const char *other = run->looks[i].domain;
        if (other && strcmp(other, domain) == 0)
            return false;
    }
    return true;
}

static void ask_all(struct survey_of_servers *all)
{
    struct preflight_run *run = all->run;

    all->open = 1;
    for (size_t i = 0; i < run->request->order->names_len; i++) {
        const char *domain = domain_of(&run->looks[i]);
        run->looks[i].domain = domain;
        if (!domain || !is_first_of(run, i, domain))
            continue;
        struct domain_question *c = arena_alloc(run->arena, 1, sizeof *c);
        *c = (struct domain_question){ domain, all };
        all->open++;
        authoritative_servers(&all->dns, domain, on_servers, c);
    }
}

bool preflight_servers(struct preflight_run *run, struct err *err)
{
    struct survey_of_servers all = { .run = run, .dns = run->watch.dns };
    bool ran = true;

    if (issue_skips(run->request->options, "dns"))
        return true;
    all.dns.connect_to = run->request->options->connect_to;
    if (!loop_new(&all.dns.loop, err))
        return false;
    ask_all(&all);
    if (--all.open)
        ran = loop_run(all.dns.loop, err);
    for (size_t i = 0; i < all.len; i++)
        resolver_free(all.known[i].resolver);
    loop_free(all.dns.loop);
    return ran;
}
