#include "probe/scan.h"

#include <string.h>

#include "base/clock.h"
#include "net/lines.h"
#include "probe/scan_again.h"
#include "probe/scan_inside.h"
#include "probe/scan_steps.h"

enum {
    CONNECT_MS = 10 * 1000,
    BRIEF_MS = 4 * 1000, /* SYN is sent again after 1 and 3 s (RFC 6298 2.1) */
    HANDSHAKE_MS = 15 * 1000,
    READ_SIZE = 4096
};

static void negotiate(struct scan *l);

/* The second try after silence counts only when it works. */
static void note_handshake(struct scan *l, enum outcome outcome)
{
    const struct tls *t = &l->tls;
    struct cell *c = &l->cell;
    const char *detail =
        outcome == OUTCOME_TIMED_OUT ? l->connection.detail : t->detail;

    if (l->tls_at_once && outcome != OUTCOME_OK)
        return;
    c->wants_tls = l->tls_at_once;
    c->handshake = scan_steps_attempt(l, outcome, detail);
    c->alert = t->alert;
    c->tls_version = t->version;
    c->cipher = t->cipher;
    c->staple_asked = outcome == OUTCOME_OK;
    c->staple = t->staple;
    c->staple_len = t->staple_len;
    l->chain = t->chain;
}

/* ---- TLS ---- */

static const char *first_line(struct arena *a, const struct tls *t)
{
    size_t len = 0;

    while (len < t->first_len && t->first[len] != '\r' && t->first[len] != '\n')
        len++;
    return arena_printable(a, t->first, len);
}

/* Clear text where a record was due: who is it? */
static void hear_greeting(struct scan *l)
{
    const struct protocol *p = protocol_find(l->service->family);
    struct span first = { (const char *)l->tls.first, l->tls.first_len };

    if (scan_again_as(l, lines_guess_protocol(first)))
        return;
    l->cell.plain_text = negotiation_text_first(l->tls.first, l->tls.first_len);
    if (l->cell.plain_text)
        l->cell.banner = first_line(l->arena, &l->tls);
    if (!l->cell.plain_text || !p || p->steps->send) {
        scan_steps_end(l);
        return;
    }
    tls_end(&l->tls);
    l->only_greeting = true;
    negotiation_start(&l->negotiation, l->arena, p, "");
    scan_steps_begin(l, l->negotiation.wait_ms);
    negotiate(l);
}

static void shake(struct scan *l, enum outcome outcome)
{
    if (outcome == OUTCOME_OK)
        outcome = tls_handshake(&l->tls);
    if (outcome == OUTCOME_NOT_TRIED) {
        connection_wait(&l->connection, l->tls.wants, scan_steps_left_ms(l));
        return;
    }
    note_handshake(l, outcome);
    if (l->tls.not_tls && l->cell.security == SECURITY_IMPLICIT)
        hear_greeting(l);
    else if (outcome == OUTCOME_OK && l->wants_inside)
        scan_inside_start(l);
    else
        scan_steps_end(l);
}

static void start_tls(struct scan *l)
{
    bool is_web = strcmp(l->service->family, "http") == 0;
    bool at_once = l->service->security == SECURITY_IMPLICIT;
    const struct protocol *p = protocol_find(l->service->family);
    const char *alpn = p && at_once ? p->alpn : NULL;
    struct tls_request order = {
        .fd = l->connection.fd,
        .sni = l->cell.sni,
        .key_type = l->cell.key_type,
        .alpn = is_web ? "http/1.1" : alpn,
    };

    if (!tls_start(&l->tls, l->means->tls, l->arena, &order, l->means->err)) {
        *l->means->failed = true;
        scan_steps_end(l);
        return;
    }
    scan_steps_begin(l, HANDSHAKE_MS);
    l->step = shake;
    shake(l, OUTCOME_OK);
}

/* ---- STARTTLS ---- */

static void note_attempt(struct scan *l, const struct attempt *from,
                         struct attempt *to)
{
    if (from->outcome == OUTCOME_NOT_TRIED || to->outcome != OUTCOME_NOT_TRIED)
        return;
    *to = scan_steps_attempt(l, from->outcome, from->detail);
    l->began_ms = clock_monotonic_ms();
}

static void note_talk(struct scan *l)
{
    const struct negotiation *d = &l->negotiation;
    struct cell *c = &l->cell;

    if (!l->only_greeting) {
        note_attempt(l, &d->greeting, &c->greeting);
        note_attempt(l, &d->starttls, &c->starttls);
    }
    if (d->banner)
        c->banner = d->banner;
    c->greeted_as = d->greeted_as;
    c->capabilities = d->capabilities;
    c->capabilities_len = d->capabilities_len;
}

/* Silence: perhaps it waits for a ClientHello. To who speaks first, such a
 * server says in TLS that it does not understand, or hangs up. */
static bool may_want_tls(const struct scan *l)
{
    const struct negotiation *d = &l->negotiation;
    enum outcome greeting = l->cell.greeting.outcome;
    bool spoke = d->protocol->steps->send != NULL;

    if (l->cancelled || l->tls_at_once)
        return false;
    if (spoke && d->speaks && strcmp(d->speaks, "TLS") == 0)
        return true;
    return !l->heard && (greeting == OUTCOME_TIMED_OUT ||
                         (spoke && greeting == OUTCOME_CLOSED));
}

static void leave_talk(struct scan *l)
{
    const struct negotiation *d = &l->negotiation;
    size_t moved = 0;

    note_talk(l);
    if (d->state == NEGOTIATION_GO && !l->only_greeting) {
        start_tls(l);
        return;
    }
    if (d->out.len && !l->only_greeting)
        (void)connection_write(&l->connection, d->out.text, d->out.len, &moved);
    if (scan_again_later(l))
        return;
    if (!may_want_tls(l)) {
        scan_steps_end(l);
        return;
    }
    scan_steps_hang_up(l);
    l->tls_at_once = true;
    l->connect(l);
}

static bool has_left_talk(const struct scan *l)
{
    const struct negotiation *d = &l->negotiation;

    return d->state != NEGOTIATION_TALKING || (l->only_greeting && d->banner);
}

static enum outcome send_ours(struct scan *l)
{
    struct negotiation *d = &l->negotiation;
    size_t moved = 0;

    while (d->out.len) {
        enum outcome o =
            connection_write(&l->connection, d->out.text, d->out.len, &moved);
        if (o != OUTCOME_OK)
            return o;
        negotiation_sent(d, moved);
        l->deadline_ms = clock_monotonic_ms() + d->wait_ms;
    }
    return OUTCOME_OK;
}

static void hear(struct scan *l, enum outcome outcome)
{
    struct negotiation *d = &l->negotiation;
    char bytes[READ_SIZE];
    size_t len = 0;

    if (outcome == OUTCOME_OK)
        outcome = connection_read(&l->connection, bytes, sizeof bytes, &len);
    l->heard = l->heard || len;
    if (len)
        negotiation_feed(d, bytes, len);
    else if (outcome != OUTCOME_NOT_TRIED)
        negotiation_end(d, outcome, l->connection.detail);
    note_talk(l);
    negotiate(l);
}

/* One socket event at a time: gives what we have to say, then listens. */
static void negotiate(struct scan *l)
{
    if (has_left_talk(l)) {
        leave_talk(l);
        return;
    }
    enum outcome sent = send_ours(l);
    l->step = hear;
    if (sent == OUTCOME_OK || sent == OUTCOME_NOT_TRIED) {
        unsigned what =
            sent == OUTCOME_OK ? WATCH_READ : WATCH_READ | WATCH_WRITE;
        connection_wait(&l->connection, what, scan_steps_left_ms(l));
        return;
    }
    negotiation_end(&l->negotiation, sent, l->connection.detail);
    leave_talk(l);
}

static void start_negotiation(struct scan *l)
{
    const struct protocol *p = protocol_find(l->service->family);
    struct negotiation *d = &l->negotiation;

    negotiation_start(d, l->arena, p, scan_steps_name(l, p));
    int64_t most_ms = l->means->greeting_ms;
    bool hasty = l->service->client && d->wait_ms > most_ms;
    scan_steps_begin(l, hasty ? most_ms : d->wait_ms);
    negotiate(l);
}

/* ---- the connection ---- */

static void connected(struct scan *l, enum outcome outcome)
{
    if (!l->tls_at_once)
        l->cell.connect = scan_steps_attempt(l, outcome, l->connection.detail);
    if (outcome != OUTCOME_OK)
        scan_steps_end(l);
    else if (l->cell.security == SECURITY_IMPLICIT || l->tls_at_once)
        start_tls(l);
    else
        start_negotiation(l);
}

/* A filter that drops what comes to a port says so soon; whoever takes the
 * connection may greet as late as others. */
static void start_connect(struct scan *l)
{
    int64_t within_ms = l->is_brief ? BRIEF_MS : CONNECT_MS;

    scan_steps_begin(l, within_ms);
    l->step = connected;
    connection_connect(&l->connection, l->place.address, l->place.port,
                       within_ms);
}

static void connection_says(void *arg, enum outcome outcome)
{
    struct scan *l = arg;

    l->step(l, outcome);
}

void scan_start(struct scan *l)
{
    l->connection = (struct connection){ .loop = l->means->loop,
                                         .arena = l->arena,
                                         .call = connection_says,
                                         .arg = l,
                                         .proxy = l->means->proxy,
                                         .rule = l->means->rule,
                                         .held_back = l->held_back };
    l->tls.alert = -1;
    l->connect = start_connect;
    l->connect(l);
}

void scan_cancel(struct scan *l)
{
    l->cancelled = true;
    bool at_proxy = l->connection.at_proxy;
    enum outcome late = connection_late(&l->connection);
    if (!at_proxy)
        l->connection.detail = "the time for this target was up";
    watch_stop(&l->connection.watch);
    l->step(l, late);
}

bool scan_met_tls(const struct scan *l)
{
    enum outcome o = l->cell.handshake.outcome;

    return o == OUTCOME_OK || o == OUTCOME_ALERTED || o == OUTCOME_CLOSED;
}
