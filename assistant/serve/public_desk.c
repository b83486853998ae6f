#include "serve/public_desk.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "model/service.h"
#include "model/target.h"
#include "run/here_where.h"
#include "serve/public_limits.h"
#include "serve/serve_inside.h"

enum {
    IN_ALL = 16,   /* looks under way or in line */
    NETS_MAX = 64, /* that one look may go to */
    MINUTE_MS = MINUTE_S * 1000,
    HOUR_MS = HOUR_S * 1000,
};

struct public_desk {
    struct public_address_rule rule;
    struct public_limits limits;
    struct {
        unsigned begun, too_often, last_shown, refused;
    } done; /* since ... */
    int64_t told_ms;
};

/* What one look may go to, and has gone to. */
struct desk_look {
    struct public_address_rule rule;
    struct public_desk *desk;
    struct serve_look *look;
    struct text_list nets, shut; /* "192.0.2.0/24" */
};

bool public_desk_open(struct arena *a, const struct serve_options *o,
                      struct public_desk **out, struct err *err)
{
    struct public_desk *d = arena_alloc(a, 1, sizeof *d);

    for (size_t i = 0; i < o->allow.len; i++)
        if (!public_address_allow(a, &d->rule, o->allow.text[i], err))
            return err_add(err, "--allow");
    for (size_t i = 0; i < o->deny.len; i++)
        if (!public_address_deny(a, &d->rule, o->deny.text[i], err))
            return err_add(err, "--deny");
    d->told_ms = clock_monotonic_ms();
    *out = d;
    return public_limits_init(&d->limits, err);
}

/* ---- what is asked for ---- */

static const char *no_target(const struct public_address_rule *rule,
                             const struct target *t)
{
    const struct service *named = service_find(t->service);
    uint16_t port = t->port || !named ? t->port : named->port;
    const char *no = public_address_no_name(rule, t->host);

    return no || !port ? no : public_address_no_port(rule, port);
}

/* Half a sentence: why one of these is looked at from nowhere here; NULL: it
 * may be. */
static const char *no_targets(const struct public_desk *d, struct arena *a,
                              const struct text_list *targets)
{
    const char *no = NULL;

    for (size_t i = 0; i < targets->len && !no; i++) {
        struct target t = { 0 };
        struct err unread; /* is told in its place */
        if (target_parse(a, targets->text[i], &t, &unread) && t.host)
            no = no_target(&d->rule, &t);
    }
    return no;
}

static const char *host_of(struct arena *a, const char *words)
{
    struct target t = { 0 };
    struct err unread;

    return target_parse(a, words, &t, &unread) && t.host ? t.host : NULL;
}

/* How many of them are of the same domain. */
static unsigned of_domain(struct arena *a, const struct text_list *targets,
                          const char *host)
{
    const char *domain = public_limits_block(a, PUBLIC_DOMAIN, host);
    unsigned count = 0;

    for (size_t i = 0; i < targets->len; i++) {
        const char *other = host_of(a, targets->text[i]);
        count += other && strcmp(public_limits_block(a, PUBLIC_DOMAIN, other),
                                 domain) == 0;
    }
    return count;
}

/* The longest that one of them has to wait. */
static int64_t domain_wait_ms(const struct public_desk *d, struct arena *a,
                              const struct text_list *targets)
{
    int64_t now_ms = clock_monotonic_ms(), longest_ms = 0;

    for (size_t i = 0; i < targets->len; i++) {
        const char *host = host_of(a, targets->text[i]);
        if (!host)
            continue;
        int64_t ms = public_limits_wait_ms(&d->limits, PUBLIC_DOMAIN, host,
                                           of_domain(a, targets, host), now_ms);
        longest_ms = ms > longest_ms ? ms : longest_ms;
    }
    return longest_ms;
}

static int minutes_of(int64_t ms)
{
    return (int)((ms + MINUTE_MS - 1) / MINUTE_MS);
}

int public_desk_minutes(const struct public_desk *d, struct arena *a,
                        const struct text_list *targets)
{
    return minutes_of(domain_wait_ms(d, a, targets));
}

/* ---- too often ---- */

static void reply_often(struct page_call *c, const char *why, int64_t wait_ms)
{
    struct arena *a = c->request->arena;
    struct json *data = json_object(a);
    int minutes = minutes_of(wait_ms);

    json_put_bool(a, json_put_object(a, data, "is"), why, true);
    json_put_number(a, data, "minutes", minutes);
    json_put_bool(a, data, "is_one", minutes == 1);
    json_put_text(a, data, "why", NULL);
    page_reply(c, 429, "error", data);
}

/* The newest answer to the very same question. */
static struct serve_look *last_answer(const struct looks *all,
                                      const struct look_request *q)
{
    for (struct serve_look *l = all->first; l; l = l->next)
        if (q->targets.len == 1 && l->parts_len == 1 && l->state == LOOK_DONE &&
            look_report(l, 0) &&
            strcmp(l->asked.targets.text[0], q->targets.text[0]) == 0)
            return l;
    return NULL;
}

static void reply_last(struct page_call *c, const struct look_request *q,
                       int64_t wait_ms)
{
    struct public_desk *d = c->serve->desk;

    c->look = last_answer(&c->serve->looks, q);
    if (c->look) {
        d->done.last_shown++;
        page_reply_go(c, page_at(c, "?last=1"));
    } else {
        d->done.too_often++;
        reply_often(c, "often_server", wait_ms);
    }
}

static void reply_refused(struct page_call *c, const char *why)
{
    struct arena *a = c->request->arena;
    struct json *data = json_object(a);

    json_put_bool(a, json_put_object(a, data, "is"), "refused", true);
    json_put_text(a, data, "why", why);
    page_reply(c, 403, "error", data);
}

bool public_desk_lets(struct page_call *c, const struct look_request *q)
{
    struct public_desk *d = c->serve->desk;
    struct arena *a = c->request->arena;
    const struct looks *all = &c->serve->looks;
    const char *no = no_targets(d, a, &q->targets);
    int64_t client_ms =
        public_limits_wait_ms(&d->limits, PUBLIC_CLIENT, c->request->client,
                              (unsigned)q->targets.len, clock_monotonic_ms());
    int64_t domain_ms = domain_wait_ms(d, a, &q->targets);

    if (no) {
        d->done.refused++;
        reply_refused(c, no);
    } else if (client_ms) {
        d->done.too_often++;
        reply_often(c, "often_you", client_ms);
    } else if (domain_ms) {
        reply_last(c, q, domain_ms);
    } else if (all->running + all->waiting >= IN_ALL) {
        page_reply_error(c, 503, "busy");
    } else {
        return true;
    }
    return false;
}

void public_desk_count(struct page_call *c, const struct look_request *q)
{
    struct public_desk *d = c->serve->desk;
    int64_t now_ms = clock_monotonic_ms();

    for (size_t i = 0; i < q->targets.len; i++) {
        const char *host = host_of(c->request->arena, q->targets.text[i]);
        d->done.begun++;
        public_limits_count(&d->limits, PUBLIC_CLIENT, c->request->client,
                            now_ms);
        if (host)
            public_limits_count(&d->limits, PUBLIC_DOMAIN, host, now_ms);
    }
}

/* ---- where it may go ---- */

/* A network counts once for a look, however many of its ports are knocked at.
 */
static const char *counted(void *arg, const char *ip)
{
    static const char often[] =
        "its network was looked at four times within the last hour, and is "
        "left in peace for a while";
    struct desk_look *k = arg;
    struct public_limits *limits = &k->desk->limits;
    const char *net = public_limits_block(k->look->arena, PUBLIC_NET, ip);
    int64_t now_ms = clock_monotonic_ms();

    if (text_list_has(&k->nets, net))
        return NULL;
    if (text_list_has(&k->shut, net) || k->nets.len >= NETS_MAX)
        return often;
    if (public_limits_wait_ms(limits, PUBLIC_NET, ip, 1, now_ms)) {
        text_list_add(k->look->arena, &k->shut, net);
        return often;
    }
    text_list_add(k->look->arena, &k->nets, net);
    public_limits_count(limits, PUBLIC_NET, ip, now_ms);
    return NULL;
}

const struct public_address_rule *public_desk_rule(struct public_desk *d,
                                                   struct serve_look *l)
{
    struct desk_look *k = arena_alloc(l->arena, 1, sizeof *k);
    struct here_where here = { { NULL, 0 } };
    struct err unlisted;

    *k = (struct desk_look){ .rule = d->rule, .desk = d, .look = l };
    /* They may change while the service runs. */
    if (here_where_read(l->arena, &here, &unlisted))
        k->rule.own = here.addresses;
    else
        log_error(&unlisted);
    k->rule.counted = counted;
    k->rule.arg = k;
    return &k->rule;
}

void public_desk_tick(struct public_desk *d, int64_t now_ms)
{
    if (now_ms - d->told_ms < HOUR_MS)
        return;
    log_note("in the last hour: %u servers were looked at, %u questions came "
             "too often, %u were shown the last answer, %u were for places "
             "that are not looked at",
             d->done.begun, d->done.too_often, d->done.last_shown,
             d->done.refused);
    memset(&d->done, 0, sizeof d->done);
    d->told_ms = now_ms;
}
