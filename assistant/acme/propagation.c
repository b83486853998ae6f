#include "acme/propagation.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "net/loop.h"

enum {
    ASK_MS = 5 * 1000,
    ASK_LEAST_MS = 300,
    SILENT_PASSES = 3,
    WHY_MAX = 1000
};

/* One address of one authoritative server. */
struct server_check {
    struct propagation *all;
    struct authoritative_server server; /* no address: the resolver */
    struct resolver *resolver; /* of this pass: nothing is remembered */
    bool shows;
    bool spoke;        /* it has answered, once at least */
    unsigned silences; /* passes without an answer */
};

struct propagation {
    struct propagation_check options;
    const char *owner;
    const char *value;
    propagation_check_done *done;
    void *arg;
    int64_t until_ms;
    struct server_check *checks;
    size_t len;
    size_t open; /* questions of this pass */
    struct timer timer;
};

static const char *who(struct arena *a, const struct server_check *w)
{
    if (!w->server.address)
        return "the resolver";
    return arena_printf(a, "%s (%s)", w->server.host, w->server.address);
}

/* Nothing more is to be had from this one. */
static bool is_settled(const struct server_check *w)
{
    return w->shows || (!w->spoke && w->silences >= SILENT_PASSES);
}

static bool all_settled(const struct propagation *g)
{
    for (size_t i = 0; i < g->len; i++)
        if (!is_settled(&g->checks[i]))
            return false;
    return true;
}

/* Somebody who has to know says that it is not there. */
static bool is_denied(const struct propagation *g)
{
    for (size_t i = 0; i < g->len; i++) {
        const struct server_check *w = &g->checks[i];
        if (w->server.address && w->spoke && !w->shows)
            return true;
    }
    return false;
}

static bool is_seen(const struct propagation *g)
{
    for (size_t i = 0; i < g->len; i++)
        if (g->checks[i].shows)
            return true;
    return false;
}

static const char *complaint(const struct propagation *g)
{
    struct arena *a = g->options.dns.arena;
    struct buf list;

    buf_init(&list, a, WHY_MAX);
    for (size_t i = 0; i < g->len; i++)
        if (!g->checks[i].shows)
            buf_printf(&list, "%s%s", list.len ? ", " : "",
                       who(a, &g->checks[i]));
    return arena_printf(a,
                        "The %s record of %s was not seen within %lld s on "
                        "%s.",
                        table_text(dns_type_words, (int)g->options.type),
                        g->owner, (long long)g->options.limit_ms / 1000,
                        list.text);
}

static void finish(struct propagation *g, const char *why)
{
    for (size_t i = 0; i < g->len; i++)
        resolver_free(g->checks[i].resolver);
    g->done(g->arg, why);
}

static void ask_all(void *arg);

static void settle(struct propagation *g)
{
    bool denied = is_denied(g);
    bool unseen = g->options.strict && !is_seen(g);

    if ((denied && !g->options.only_warns) || unseen) {
        finish(g, complaint(g));
        return;
    }
    if (denied || !is_seen(g))
        log_note("%s The CA is asked all the same.", complaint(g));
    finish(g, NULL);
}

bool propagation_check_is_stopped(const struct propagation_check *w)
{
    return w->stopped && *w->stopped;
}

/* All have spoken in this pass, or have had their time. */
static void judge(void *arg)
{
    struct propagation *g = arg;

    if (propagation_check_is_stopped(&g->options)) {
        finish(g, "It was stopped.");
        return;
    }
    if (all_settled(g) || clock_monotonic_ms() >= g->until_ms) {
        settle(g);
        return;
    }
    g->timer = (struct timer){ .call = ask_all, .arg = g };
    timer_set(g->options.dns.loop, &g->timer, g->options.pause_ms);
}

static void see(struct server_check *w, const struct dns_answer *answer)
{
    struct zone_answer *seen = w->all->options.seen;

    w->shows = true;
    if (!seen)
        return;
    if (answer->ttl_s > seen->ttl_s)
        seen->ttl_s = answer->ttl_s;
    seen->by_resolver = !w->server.address;
}

static void on_answer(void *arg, const struct dns_answer *answer)
{
    struct server_check *w = arg;
    struct propagation *g = w->all;
    bool silent =
        answer->outcome == DNS_TIMED_OUT || answer->outcome == DNS_SERVFAIL;

    w->spoke = w->spoke || !silent;
    w->silences += silent;
    for (size_t i = 0; i < answer->len; i++)
        if (strcmp(answer->records[i].text, g->value) == 0)
            see(w, answer);
    log_verbose("%s: %s", who(g->options.dns.arena, w),
                w->shows ? "shows the record" : "does not show the record yet");
    if (--g->open == 0)
        judge(g);
}

/* A resolver remembers: each pass has new ones. */
static bool renew(struct server_check *w)
{
    const struct authoritative_options *dns = &w->all->options.dns;
    const char *address = w->server.address;
    struct err ignored;

    resolver_free(w->resolver);
    w->resolver = NULL;
    if (address)
        w->resolver = authoritative_server_open(dns, address);
    else if (!resolver_new(dns->loop, dns->resolver, &w->resolver, &ignored))
        w->resolver = NULL;
    return w->resolver;
}

static int64_t patience_ms(const struct propagation *g)
{
    int64_t left_ms = g->until_ms - clock_monotonic_ms();

    if (left_ms < ASK_LEAST_MS)
        return ASK_LEAST_MS;
    return left_ms < ASK_MS ? left_ms : ASK_MS;
}

static void ask_all(void *arg)
{
    struct propagation *g = arg;
    const struct question q = { g->owner, g->options.type, patience_ms(g) };

    for (size_t i = 0; i < g->len; i++) {
        struct server_check *w = &g->checks[i];
        if (is_settled(w))
            continue;
        if (!renew(w)) {
            w->silences++;
            continue;
        }
        g->open++;
        resolver_ask(w->resolver, g->options.dns.arena, &q, on_answer, w);
    }
    if (g->open)
        return;
    g->timer = (struct timer){ .call = judge, .arg = g };
    timer_set(g->options.dns.loop, &g->timer, 0);
}

static void on_servers(void *arg, const struct authoritative_server *servers,
                       size_t len)
{
    struct propagation *g = arg;
    static const struct authoritative_server resolver = { NULL, NULL };

    if (!len) {
        servers = &resolver;
        len = 1;
        int64_t until_ms = clock_monotonic_ms() + PROPAGATION_RESOLVER_MS;
        if (until_ms < g->until_ms)
            g->until_ms = until_ms;
    }
    g->checks = arena_alloc(g->options.dns.arena, len, sizeof *g->checks);
    g->len = len;
    for (size_t i = 0; i < len; i++)
        g->checks[i] = (struct server_check){ .all = g, .server = servers[i] };
    ask_all(g);
}

void propagation_check(const struct propagation_check *w, const char *owner,
                       const char *value, propagation_check_done *done,
                       void *arg)
{
    struct propagation *g = arena_alloc(w->dns.arena, 1, sizeof *g);

    *g = (struct propagation){
        .options = *w,
        .owner = arena_text(w->dns.arena, owner),
        .value = arena_text(w->dns.arena, value),
        .done = done,
        .arg = arg,
        .until_ms = clock_monotonic_ms() + w->limit_ms,
    };
    g->options.type = w->type ? w->type : DNS_TXT;
    g->options.pause_ms = w->pause_ms ? w->pause_ms : PROPAGATION_PAUSE_MS;
    authoritative_servers(&g->options.dns, g->owner, on_servers, g);
}
