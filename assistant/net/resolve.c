#include "net/resolve.h"

#include <string.h>
#include <unbound-event.h>
#include <unbound.h>

#include "base/process.h"
#include "net/loop.h"
#include "net/resolve_config.h"
#include "net/resolve_hosts.h"
#include "net/resolve_packet.h"

enum {
    CLASS_IN = 1,     /* RFC 1035 3.2.4 */
    TYPE_DNSKEY = 48, /* RFC 4034 2 */
    SEC_BOGUS = 1,    /* of libunbound's event interface */
    SEC_SECURE = 2,
    TCP_MOST = 16,
};

/* What a guessed anchor is worth here: behind a server that drops signatures
 * everything is bogus, the root first. */
enum root { ROOT_UNKNOWN, ROOT_HOLDS, ROOT_BROKEN };

struct asked {
    struct resolver *resolver;
    struct arena *arena;
    struct dns_answer answer;
    resolver_done *done;
    void *arg;
    struct timer deadline;
    struct timer next_turn; /* what libunbound said is dealt with */
    bool running;           /* libunbound has it, as number `id` */
    bool doubtful;          /* bogus, under an anchor that we found */
    const char *why;        /* it is bogus */
    int id;
    struct asked *next, *prev;
};

struct resolver {
    struct arena *arena;
    struct loop *loop;
    struct resolve_config config;
    size_t files;
    struct ub_ctx *ctx;
    struct hosts *hosts; /* NULL: a server was given */
    enum root root;
    struct asked *open;
};

/* Zones that libunbound answers itself, and on which a server may have its
 * own words; those of RFC 6303 go by "unblock-lan-zones". */
static const struct {
    const char *name;
    bool always; /* else only where a server was given */
} own_zones[] = {
    { "home.arpa.", true }, /* RFC 8375 4: the local resolver knows it */
    { "localhost.", false },
    { "127.in-addr.arpa.", false },
    { "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6."
      "arpa.",
      false },
    { "test.", false },
    { "invalid.", false },
};

static bool works(int code, const char *what, struct err *err)
{
    if (code == 0)
        return true;
    const char *why = ub_strerror(code);
    return err_set(err, ERR_SYSTEM, "resolver: %s: %s", what, why);
}

static bool set_options(struct ub_ctx *ctx, const struct resolver *r,
                        struct err *err)
{
    bool validates = r->config.anchor;
    size_t files = r->files ? r->files : RESOLVE_FILES;
    size_t tcp = files / 8 < TCP_MOST ? files / 8 : TCP_MOST;
    const char *udp = arena_printf(r->arena, "%zu", files - tcp - files / 16);
    const struct {
        const char *name, *value;
    } options[] = {
        { "module-config:", validates ? "validator iterator" : "iterator" },
        { "do-not-query-localhost:", "no" },
        { "unblock-lan-zones:", "yes" },
        { "insecure-lan-zones:", "yes" },
        { "trust-anchor-signaling:", "no" },
        { "rrset-roundrobin:", "no" }, /* the same survey every time */
        { "outgoing-range:", udp },    /* sockets at once */
        { "num-queries-per-thread:", udp },
        { "outgoing-num-tcp:", arena_printf(r->arena, "%zu", tcp) },
    };

    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (!works(ub_ctx_set_option(ctx, options[i].name, options[i].value),
                   options[i].name, err))
            return false;
    return true;
}

/* The order matters: zones can be removed once the rest is in place, and a
 * bad anchor shows no earlier than that. */
static bool set_up(struct ub_ctx *ctx, const struct resolver *r,
                   struct err *err)
{
    const struct resolve_config *c = &r->config;

    ub_ctx_debugout(ctx, NULL); /* or it writes to standard error */
    if (!set_options(ctx, r, err))
        return false;
    if (!works(c->server ? ub_ctx_set_fwd(ctx, c->server)
                         : ub_ctx_resolvconf(ctx, NULL),
               c->server ? c->server : "/etc/resolv.conf", err))
        return false;
    if (c->anchor && !works(ub_ctx_add_ta_file(ctx, c->anchor), c->anchor, err))
        return false;
    const char *what = c->anchor ? c->anchor : "setting up";
    for (size_t i = 0; i < sizeof own_zones / sizeof *own_zones; i++)
        if ((own_zones[i].always || c->server) &&
            !works(ub_ctx_zone_remove(ctx, own_zones[i].name), what, err))
            return false;
    return true;
}

static bool open_context(struct resolver *r, struct err *err)
{
    struct ub_ctx *ctx = ub_ctx_create_event(loop_base(r->loop));

    if (!ctx)
        return err_set(err, ERR_SYSTEM, "resolver: the system has no room");
    if (!set_up(ctx, r, err)) {
        ub_ctx_delete(ctx);
        return false;
    }
    r->ctx = ctx;
    return true;
}

/* An anchor that nobody asked for must not keep us from looking. */
static bool open_somehow(struct resolver *r, struct err *err)
{
    if (open_context(r, err))
        return true;
    if (!r->config.guessed)
        return false;
    r->config.anchor = NULL;
    r->config.guessed = false;
    return open_context(r, err);
}

bool resolver_new(struct loop *loop, const struct resolver_options *o,
                  struct resolver **out, struct err *err)
{
    struct arena *a = arena_new();
    struct resolver *r = arena_alloc(a, 1, sizeof *r);

    *r = (struct resolver){ .arena = a, .loop = loop, .files = o->files };
    if (!resolve_config_read(a, o, &r->config, err) || !open_somehow(r, err)) {
        arena_free(a);
        return false;
    }
    if (!r->config.server)
        r->hosts = hosts_read(a, "/etc/hosts");
    *out = r;
    return true;
}

static void let_go(struct asked *q)
{
    struct resolver *r = q->resolver;

    if (q->running)
        ub_cancel(r->ctx, q->id);
    q->running = false;
    timer_stop(&q->deadline);
    timer_stop(&q->next_turn);
    if (q->next)
        q->next->prev = q->prev;
    if (q->prev)
        q->prev->next = q->next;
    else
        r->open = q->next;
}

void resolver_free(struct resolver *r)
{
    if (!r)
        return;
    while (r->open) /* or ub_ctx_delete() calls back for them */
        let_go(r->open);
    ub_ctx_delete(r->ctx);
    arena_free(r->arena);
}

/* Out of a timer only: `done` may free the resolver. */
static void finish(void *arg)
{
    struct asked *q = arg;

    if (q->answer.outcome == DNS_SERVFAIL || q->answer.outcome == DNS_TIMED_OUT)
        process_note_files(); /* libunbound does not tell */
    let_go(q);
    q->done(q->arg, &q->answer);
}

/* libunbound may call back inside ub_resolve_event(); nobody else does. */
static void heard(struct asked *q)
{
    q->running = false;
    timer_set(q->resolver->loop, &q->next_turn, 0);
}

static void start(struct asked *q, const char *name, int type,
                  ub_event_callback_type answered)
{
    q->running = true;
    if (ub_resolve_event(q->resolver->ctx, name, type, CLASS_IN, q, answered,
                         &q->id) == 0)
        return;
    q->answer.outcome = DNS_SERVFAIL;
    heard(q);
}

/* NOLINTNEXTLINE(readability-function-size): libunbound asks for them all */
static void root_answered(void *arg, int rcode, void *packet, int len, int sec,
                          char *why, int limited)
{
    struct asked *q = arg;

    (void)rcode, (void)packet, (void)len, (void)why, (void)limited;
    q->resolver->root = sec == SEC_SECURE ? ROOT_HOLDS : ROOT_BROKEN;
    heard(q);
}

static void say_bogus(struct asked *q)
{
    q->answer.security = DNS_BOGUS;
    q->answer.why = q->why;
}

static void next_turn(void *arg)
{
    struct asked *q = arg;
    enum root root = q->resolver->root;

    if (q->doubtful && root == ROOT_UNKNOWN) {
        start(q, ".", TYPE_DNSKEY, root_answered);
        return;
    }
    if (q->doubtful && root == ROOT_HOLDS)
        say_bogus(q);
    finish(q);
}

/* RFC 4035 4.3. What failed was not proven to be anything. */
static enum dns_security security_of(const struct asked *q, int sec)
{
    if (q->answer.outcome == DNS_SERVFAIL || q->doubtful ||
        !q->resolver->config.anchor)
        return DNS_NOT_DETERMINED;
    return sec == SEC_SECURE ? DNS_SECURE : DNS_INSECURE;
}

/* NOLINTNEXTLINE(readability-function-size): libunbound asks for them all */
static void answered(void *arg, int rcode, void *packet, int len, int sec,
                     char *why, int limited)
{
    struct asked *q = arg;
    struct dns_answer *answer = &q->answer;

    (void)limited;
    answer->outcome = DNS_SERVFAIL;
    if (rcode == 0 && packet && len > 0)
        resolve_packet(q->arena, packet, (size_t)len, answer);
    if (why)
        q->why = arena_printable(q->arena, why, strlen(why));
    q->doubtful = sec == SEC_BOGUS && q->resolver->config.guessed;
    if (sec == SEC_BOGUS && !q->doubtful)
        say_bogus(q);
    else
        answer->security = security_of(q, sec);
    heard(q);
}

void resolver_ask(struct resolver *r, struct arena *a, const struct question *q,
                  resolver_done *done, void *arg)
{
    struct asked *asked = arena_alloc(a, 1, sizeof *asked);

    *asked = (struct asked){
        .resolver = r,
        .arena = a,
        .answer = { .name = arena_text(a, q->name),
                    .type = q->type,
                    .outcome = DNS_TIMED_OUT },
        .done = done,
        .arg = arg,
        .deadline = { .call = finish, .arg = asked },
        .next_turn = { .call = next_turn, .arg = asked },
        .next = r->open,
    };
    if (r->open)
        r->open->prev = asked;
    r->open = asked;
    timer_set(r->loop, &asked->deadline, q->wait_ms);
    if (r->hosts && hosts_answer(r->hosts, a, &asked->answer))
        heard(asked);
    else
        start(asked, asked->answer.name, (int)q->type, answered);
}
