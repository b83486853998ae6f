#include "probe/scan.h"

#include <string.h>

#include "base/clock.h"
#include "net/lines.h"
#include "probe/ehlo_name.h"

enum {
    CONNECT_MS = 10 * 1000,
    HANDSHAKE_MS = 15 * 1000,
    BRIEF_MS = 4 * 1000,
    READ_SIZE = 4096,
    WEB_ANSWER_MS = 3 * 1000
};

/* Every step ends by waiting for the connection, by starting the next one, or
 * in end(). */
static void start_connect(struct scan *l);
static void negotiate(struct scan *l);

/* ---- of every step ---- */

static int64_t left_ms(const struct scan *l)
{
    int64_t left = l->deadline_ms - clock_monotonic_ms();

    return left > 0 ? left : 0;
}

static void begin(struct scan *l, int64_t within_ms)
{
    int64_t most_ms = l->is_brief ? BRIEF_MS : within_ms;

    l->began_ms = clock_monotonic_ms();
    l->deadline_ms = l->began_ms + (within_ms < most_ms ? within_ms : most_ms);
}

static struct attempt attempt_of(const struct scan *l, enum outcome outcome,
                                 const char *detail)
{
    return (struct attempt){
        .outcome = outcome,
        .detail = outcome == OUTCOME_OK ? NULL : detail,
        .elapsed_ms = (int32_t)(clock_monotonic_ms() - l->began_ms),
    };
}

static void hang_up(struct scan *l)
{
    tls_end(&l->tls);
    connection_close(&l->connection);
}

static void end(struct scan *l)
{
    hang_up(l);
    l->step = NULL;
    l->done(l);
}

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
    c->handshake = attempt_of(l, outcome, detail);
    c->alert = t->alert;
    c->tls_version = t->version;
    c->cipher = t->cipher;
    l->chain = t->chain;
}

/* ---- a port that is no well-known one ---- */

static const struct service *service_of_greeting(const char *speaks,
                                                 enum security security)
{
    static const struct {
        const char *speaks, *services[SECURITY_COUNT];
    } known[] = {
        { "SMTP or FTP",
          { [SECURITY_IMPLICIT] = "submissions",
            [SECURITY_STARTTLS] = "submission" } },
        { "IMAP",
          { [SECURITY_IMPLICIT] = "imaps", [SECURITY_STARTTLS] = "imap" } },
        { "POP3",
          { [SECURITY_IMPLICIT] = "pop3s", [SECURITY_STARTTLS] = "pop3" } },
        { "ManageSieve",
          { [SECURITY_IMPLICIT] = "sieve", [SECURITY_STARTTLS] = "sieve" } },
    };

    for (size_t i = 0; speaks && i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].speaks, speaks) == 0)
            return service_find(known[i].services[security]);
    return NULL;
}

/* It greets as `speaks` (lines_guess_protocol()), which is another service than
 * was tried: once more as that. false: nothing to be tried. */
static bool again_as(struct scan *l, const char *speaks)
{
    bool talks = !l->tls.version;
    enum security security = talks ? SECURITY_STARTTLS : SECURITY_IMPLICIT;
    const struct service *service = service_of_greeting(speaks, security);

    if (!l->guesses || !service)
        return false;
    l->guesses = false;
    hang_up(l);
    l->service = service;
    l->cell.service = service->name;
    l->cell.security = security;
    l->tls = (struct tls){ .alert = -1 };
    l->chain = (struct der_list){ 0 };
    l->cell.handshake = (struct attempt){ .outcome = OUTCOME_NOT_TRIED };
    l->cell.tls_version = l->cell.cipher = NULL;
    start_connect(l);
    return true;
}

/* ---- within TLS ---- */

/* A server behind a proxy that ends TLS may say nothing, or be another's. */
static void leave_inside(struct scan *l)
{
    const struct negotiation *d = &l->negotiation;
    struct cell *c = &l->cell;
    size_t moved = 0;

    if (again_as(l, d->speaks))
        return;
    /* What the web server's question led to counts when it is an answer. */
    if (!l->asked_web || l->heard_inside)
        c->inside = attempt_of(l, d->greeting.outcome, d->greeting.detail);
    c->inside_capabilities = d->capabilities;
    c->inside_capabilities_len = d->capabilities_len;
    if (!c->banner)
        c->banner = d->banner;
    if (!c->greeted_as)
        c->greeted_as = d->greeted_as;
    if (d->out.len && d->greeting.outcome == OUTCOME_OK)
        (void)tls_write(&l->tls, d->out.text, d->out.len, &moved);
    end(l);
}

static enum outcome send_inside(struct scan *l)
{
    struct negotiation *d = &l->negotiation;
    size_t moved = 0;
    enum outcome o = tls_write(&l->tls, d->out.text, d->out.len, &moved);

    if (o == OUTCOME_OK) {
        negotiation_sent(d, moved);
        l->deadline_ms = clock_monotonic_ms() + d->wait_ms;
    }
    return o;
}

static enum outcome hear_inside(struct scan *l)
{
    char bytes[READ_SIZE];
    size_t len = 0;
    enum outcome o = tls_read(&l->tls, bytes, sizeof bytes, &len);

    l->heard_inside = l->heard_inside || len;
    if (len)
        negotiation_feed(&l->negotiation, bytes, len);
    return o;
}

/* Nothing came: a web server waits for us to speak. Asked last, because a slow
 * mail server takes such a line amiss. */
static bool ask_web_server(struct scan *l)
{
    static const char question[] = "GET / HTTP/1.0\r\n\r\n";
    size_t moved = 0;

    bool unsaid = l->negotiation.step == l->negotiation.protocol->steps;

    if (!unsaid || l->asked_web || l->heard_inside || l->cancelled)
        return false;
    l->asked_web = true;
    l->cell.inside = attempt_of(l, OUTCOME_TIMED_OUT, l->connection.detail);
    if (tls_write(&l->tls, question, sizeof question - 1, &moved) != OUTCOME_OK)
        return false;
    int64_t most_ms = l->means->greeting_ms;
    l->deadline_ms = clock_monotonic_ms() +
                     (most_ms < WEB_ANSWER_MS ? most_ms : WEB_ANSWER_MS);
    return true;
}

static void talk_inside(struct scan *l, enum outcome outcome)
{
    struct negotiation *d = &l->negotiation;
    const char *detail = l->connection.detail;

    if (outcome == OUTCOME_TIMED_OUT && ask_web_server(l))
        outcome = OUTCOME_OK;

    while (outcome == OUTCOME_OK && d->state == NEGOTIATION_TALKING) {
        outcome = d->out.len ? send_inside(l) : hear_inside(l);
        detail = l->tls.detail;
    }
    if (outcome == OUTCOME_NOT_TRIED && d->state == NEGOTIATION_TALKING) {
        connection_wait(&l->connection, l->tls.wants, left_ms(l));
        return;
    }
    if (d->state == NEGOTIATION_TALKING)
        negotiation_end(d, outcome, detail);
    leave_inside(l);
}

static void start_inside(struct scan *l)
{
    const struct protocol *p = protocol_find(l->service->family);
    const char *ehlo = l->means->ehlo;
    bool greets = l->cell.security == SECURITY_IMPLICIT || l->tls_at_once;
    struct negotiation *d = &l->negotiation;

    if (!ehlo)
        ehlo =
            ehlo_name_literal(l->arena, connection_own_address(&l->connection));
    negotiation_start_inside(d, l->arena, p, ehlo, greets);
    int64_t most_ms = l->means->greeting_ms;
    begin(l, d->wait_ms > most_ms ? most_ms : d->wait_ms);
    l->step = talk_inside;
    talk_inside(l, OUTCOME_OK);
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

    if (again_as(l, lines_guess_protocol(first)))
        return;
    l->cell.plain_text = negotiation_text_first(l->tls.first, l->tls.first_len);
    if (l->cell.plain_text)
        l->cell.banner = first_line(l->arena, &l->tls);
    if (!l->cell.plain_text || !p) {
        end(l);
        return;
    }
    tls_end(&l->tls);
    l->only_greeting = true;
    negotiation_start(&l->negotiation, l->arena, p, "");
    begin(l, l->negotiation.wait_ms);
    negotiate(l);
}

static void shake(struct scan *l, enum outcome outcome)
{
    if (outcome == OUTCOME_OK)
        outcome = tls_handshake(&l->tls);
    if (outcome == OUTCOME_NOT_TRIED) {
        connection_wait(&l->connection, l->tls.wants, left_ms(l));
        return;
    }
    note_handshake(l, outcome);
    if (l->tls.not_tls && l->cell.security == SECURITY_IMPLICIT)
        hear_greeting(l);
    else if (outcome == OUTCOME_OK && l->wants_inside)
        start_inside(l);
    else
        end(l);
}

static void start_tls(struct scan *l)
{
    bool is_web = strcmp(l->service->family, "http") == 0;
    struct tls_request order = {
        .fd = l->connection.fd,
        .sni = l->cell.sni,
        .key_type = l->cell.key_type,
        .alpn = is_web ? "http/1.1" : NULL,
    };

    if (!tls_start(&l->tls, l->means->tls, l->arena, &order, l->means->err)) {
        *l->means->failed = true;
        end(l);
        return;
    }
    begin(l, HANDSHAKE_MS);
    l->step = shake;
    shake(l, OUTCOME_OK);
}

/* ---- STARTTLS ---- */

static void note_attempt(struct scan *l, const struct attempt *from,
                         struct attempt *to)
{
    if (from->outcome == OUTCOME_NOT_TRIED || to->outcome != OUTCOME_NOT_TRIED)
        return;
    *to = attempt_of(l, from->outcome, from->detail);
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

/* Silence: perhaps it waits for a ClientHello. */
static bool may_want_tls(const struct scan *l)
{
    return !l->heard && !l->cancelled &&
           l->cell.greeting.outcome == OUTCOME_TIMED_OUT;
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
    if (!may_want_tls(l)) {
        end(l);
        return;
    }
    hang_up(l);
    l->tls_at_once = true;
    start_connect(l);
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
        connection_wait(&l->connection, what, left_ms(l));
        return;
    }
    negotiation_end(&l->negotiation, sent, l->connection.detail);
    leave_talk(l);
}

static void start_negotiation(struct scan *l)
{
    const struct protocol *p = protocol_find(l->service->family);
    const char *ehlo = l->means->ehlo;
    struct negotiation *d = &l->negotiation;

    if (!ehlo)
        ehlo =
            ehlo_name_literal(l->arena, connection_own_address(&l->connection));
    negotiation_start(d, l->arena, p, ehlo);
    int64_t most_ms = l->means->greeting_ms;
    bool hasty = l->service->client && d->wait_ms > most_ms;
    begin(l, hasty ? most_ms : d->wait_ms);
    negotiate(l);
}

/* ---- the connection ---- */

static void connected(struct scan *l, enum outcome outcome)
{
    if (!l->tls_at_once)
        l->cell.connect = attempt_of(l, outcome, l->connection.detail);
    if (outcome != OUTCOME_OK)
        end(l);
    else if (l->cell.security == SECURITY_IMPLICIT || l->tls_at_once)
        start_tls(l);
    else
        start_negotiation(l);
}

static void start_connect(struct scan *l)
{
    begin(l, CONNECT_MS);
    l->step = connected;
    connection_connect(&l->connection, l->dial.address, l->dial.port,
                       CONNECT_MS);
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
                                         .arg = l };
    l->tls.alert = -1;
    start_connect(l);
}

void scan_cancel(struct scan *l)
{
    l->cancelled = true;
    l->connection.detail = "the time for this target was up";
    watch_stop(&l->connection.watch);
    l->step(l, OUTCOME_TIMED_OUT);
}

bool scan_met_tls(const struct scan *l)
{
    enum outcome o = l->cell.handshake.outcome;

    return o == OUTCOME_OK || o == OUTCOME_ALERTED || o == OUTCOME_CLOSED;
}
