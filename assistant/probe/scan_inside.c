#include "probe/scan_inside.h"

#include "base/clock.h"
#include "probe/scan_again.h"
#include "probe/scan_steps.h"

enum { READ_SIZE = 4096, WEB_ANSWER_MS = 3 * 1000 };

/* A server behind a proxy that ends TLS may say nothing, or be another's. */
static void leave_inside(struct scan *l)
{
    const struct negotiation *d = &l->negotiation;
    struct cell *c = &l->cell;
    size_t moved = 0;

    if (scan_again_as(l, d->speaks))
        return;
    /* What the web server's question led to counts when it is an answer. */
    if (!l->asked_web || l->heard_inside)
        c->inside =
            scan_steps_attempt(l, d->greeting.outcome, d->greeting.detail);
    c->inside_capabilities = d->capabilities;
    c->inside_capabilities_len = d->capabilities_len;
    if (!c->banner)
        c->banner = d->banner;
    if (!c->greeted_as)
        c->greeted_as = d->greeted_as;
    if (d->out.len && d->greeting.outcome == OUTCOME_OK)
        (void)tls_write(&l->tls, d->out.text, d->out.len, &moved);
    if (!scan_again_later(l))
        scan_steps_end(l);
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
    l->cell.inside =
        scan_steps_attempt(l, OUTCOME_TIMED_OUT, l->connection.detail);
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
        connection_wait(&l->connection, l->tls.wants, scan_steps_left_ms(l));
        return;
    }
    if (d->state == NEGOTIATION_TALKING)
        negotiation_end(d, outcome, detail);
    leave_inside(l);
}

void scan_inside_start(struct scan *l)
{
    const struct protocol *p = protocol_find(l->service->family);
    bool greets = l->cell.security == SECURITY_IMPLICIT || l->tls_at_once;
    struct negotiation *d = &l->negotiation;

    negotiation_start_inside(d, l->arena, p, scan_steps_name(l, p), greets);
    int64_t most_ms = l->means->greeting_ms;
    scan_steps_begin(l, d->wait_ms > most_ms ? most_ms : d->wait_ms);
    l->step = talk_inside;
    talk_inside(l, OUTCOME_OK);
}
