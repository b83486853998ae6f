#include "probe/scan_steps.h"

#include <string.h>

#include "base/clock.h"

enum { CONNECT_MS = 10 * 1000, HANDSHAKE_MS = 15 * 1000 };

int64_t scan_left_ms(const struct scan *l)
{
    int64_t left = l->deadline_ms - clock_monotonic_ms();

    return left > 0 ? left : 0;
}

void scan_begin(struct scan *l, int64_t within_ms)
{
    l->began_ms = clock_monotonic_ms();
    l->deadline_ms = l->began_ms + within_ms;
}

struct attempt scan_attempt(const struct scan *l, enum outcome outcome,
                            const char *detail)
{
    return (struct attempt){
        .outcome = outcome,
        .detail = outcome == OUTCOME_OK ? NULL : detail,
        .elapsed_ms = (int32_t)(clock_monotonic_ms() - l->began_ms),
    };
}

void scan_close(struct scan *l)
{
    tls_end(&l->tls);
    connection_close(&l->connection);
}

void scan_end(struct scan *l)
{
    scan_close(l);
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
    c->handshake = scan_attempt(l, outcome, detail);
    c->alert = t->alert;
    c->tls_version = t->version;
    c->cipher = t->cipher;
    l->chain = t->chain;
}

static void shake(struct scan *l, enum outcome outcome)
{
    if (outcome == OUTCOME_OK)
        outcome = tls_handshake(&l->tls);
    if (outcome == OUTCOME_NOT_TRIED) {
        connection_wait(&l->connection, l->tls.wants, scan_left_ms(l));
        return;
    }
    note_handshake(l, outcome);
    if (l->tls.not_tls && l->cell.security == SECURITY_IMPLICIT)
        scan_hear_greeting(l);
    else
        scan_end(l);
}

void scan_start_tls(struct scan *l)
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
        scan_end(l);
        return;
    }
    scan_begin(l, HANDSHAKE_MS);
    l->step = shake;
    shake(l, OUTCOME_OK);
}

static void connected(struct scan *l, enum outcome outcome)
{
    if (!l->tls_at_once)
        l->cell.connect = scan_attempt(l, outcome, l->connection.detail);
    if (outcome != OUTCOME_OK)
        scan_end(l);
    else if (l->cell.security == SECURITY_IMPLICIT || l->tls_at_once)
        scan_start_tls(l);
    else
        scan_start_negotiation(l);
}

void scan_connect(struct scan *l)
{
    scan_begin(l, CONNECT_MS);
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
    scan_connect(l);
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
