#include "acme/persist_look.h"

enum { ASK_MS = 3 * 1000, SERVERS_MAX = 8 };

struct persist_search {
    struct persist_look look;
    const char *owner; /* what CNAME records lead to */
    persist_look_done *done;
    void *arg;
    struct resolver *resolvers[SERVERS_MAX];
    size_t len;
    size_t open;
    struct persist_seen seen;
};

struct persist_question {
    struct persist_search *search;
    const char *where;
};

static void release(struct persist_search *s)
{
    if (--s->open)
        return;
    for (size_t i = 0; i < s->len; i++)
        resolver_free(s->resolvers[i]);
    s->done(s->arg, &s->seen);
}

static struct persist_worth worth_of(const struct persist_search *s,
                                     const struct dns_answer *answer)
{
    struct text_list records = { NULL, 0 };

    for (size_t i = 0; i < answer->len; i++)
        if (answer->records[i].text)
            text_list_add(s->look.dns.arena, &records, answer->records[i].text);
    return persist_judge(&records, &s->look.want, s->look.now);
}

static void on_answer(void *arg, const struct dns_answer *answer)
{
    const struct persist_question *q = arg;
    struct persist_search *s = q->search;
    bool silent =
        answer->outcome == DNS_TIMED_OUT || answer->outcome == DNS_SERVFAIL;

    if (!silent) {
        struct persist_worth w = worth_of(s, answer);
        if (s->seen.worth.state == PERSIST_UNSEEN ||
            w.state < s->seen.worth.state)
            s->seen = (struct persist_seen){ w, q->where };
    }
    release(s);
}

static void ask(struct persist_search *s, struct resolver *r, const char *where)
{
    const struct question question = { s->owner, DNS_TXT, ASK_MS };
    struct persist_question *q = arena_alloc(s->look.dns.arena, 1, sizeof *q);

    *q = (struct persist_question){ s, where };
    s->resolvers[s->len++] = r;
    s->open++;
    resolver_ask(r, s->look.dns.arena, &question, on_answer, q);
}

static void on_servers(void *arg, const struct authoritative_server *servers,
                       size_t len)
{
    struct persist_search *s = arg;
    const struct authoritative_options *dns = &s->look.dns;
    struct resolver *r = NULL;
    struct err ignored;

    s->open = 1;
    for (size_t i = 0; i < len && i < SERVERS_MAX; i++) {
        r = authoritative_server_open(dns, servers[i].address);
        if (r)
            ask(s, r, arena_text(dns->arena, servers[i].host));
    }
    if (!len && resolver_new(dns->loop, dns->resolver, &r, &ignored))
        ask(s, r, NULL);
    release(s);
}

static void on_target(void *arg, const char *target)
{
    struct persist_search *s = arg;

    s->owner = arena_text(s->look.dns.arena, target);
    authoritative_servers(&s->look.dns, s->owner, on_servers, s);
}

void persist_look(const struct persist_look *look, persist_look_done *done,
                  void *arg)
{
    struct arena *a = look->dns.arena;
    struct persist_search *s = arena_alloc(a, 1, sizeof *s);

    *s = (struct persist_search){ .look = *look, .done = done, .arg = arg };
    cname_target(&look->dns, persist_owner(a, look->name), on_target, s);
}
