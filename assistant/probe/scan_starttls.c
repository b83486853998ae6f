#include "probe/scan_steps.h"

#include "base/clock.h"
#include "probe/ehlo_name.h"

enum { READ_SIZE = 4096 };

static void negotiate(struct scan *l);

static void note_attempt(struct scan *l, const struct attempt *from,
                         struct attempt *to)
{
    if (from->outcome == OUTCOME_NOT_TRIED || to->outcome != OUTCOME_NOT_TRIED)
        return;
    *to = scan_attempt(l, from->outcome, from->detail);
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

/* Silence on a port for mail programs: perhaps it waits for a ClientHello. */
static bool may_want_tls(const struct scan *l)
{
    return l->service->client && !l->heard && !l->cancelled &&
           l->cell.greeting.outcome == OUTCOME_TIMED_OUT;
}

static void leave_talk(struct scan *l)
{
    const struct negotiation *d = &l->negotiation;
    size_t moved = 0;

    note_talk(l);
    if (d->state == NEGOTIATION_GO && !l->only_greeting) {
        scan_start_tls(l);
        return;
    }
    if (d->out.len && !l->only_greeting)
        (void)connection_write(&l->connection, d->out.text, d->out.len, &moved);
    if (!may_want_tls(l)) {
        scan_end(l);
        return;
    }
    scan_close(l);
    l->tls_at_once = true;
    scan_connect(l);
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
        connection_wait(&l->connection, what, scan_left_ms(l));
        return;
    }
    negotiation_end(&l->negotiation, sent, l->connection.detail);
    leave_talk(l);
}

void scan_start_negotiation(struct scan *l)
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
    scan_begin(l, hasty ? most_ms : d->wait_ms);
    negotiate(l);
}

static const char *first_line(struct arena *a, const struct tls *t)
{
    size_t len = 0;

    while (len < t->first_len && t->first[len] != '\r' && t->first[len] != '\n')
        len++;
    return arena_printable(a, t->first, len);
}

/* Clear text where a record was due: who is it? */
void scan_hear_greeting(struct scan *l)
{
    const struct protocol *p = protocol_find(l->service->family);

    l->cell.plain_text = negotiation_text_first(l->tls.first, l->tls.first_len);
    if (l->cell.plain_text)
        l->cell.banner = first_line(l->arena, &l->tls);
    if (!l->cell.plain_text || !p) {
        scan_end(l);
        return;
    }
    tls_end(&l->tls);
    l->only_greeting = true;
    negotiation_start(&l->negotiation, l->arena, p, "");
    scan_begin(l, l->negotiation.wait_ms);
    negotiate(l);
}
