#include "probe/look_steps.h"

#include <string.h>

#include "base/clock.h"

enum { CONNECT_MS = 10 * 1000, HANDSHAKE_MS = 15 * 1000 };

int64_t look_left_ms(const struct look *l)
{
    int64_t left = l->deadline_ms - clock_monotonic_ms();

    return left > 0 ? left : 0;
}

void look_begin(struct look *l, int64_t within_ms)
{
    l->began_ms = clock_monotonic_ms();
    l->deadline_ms = l->began_ms + within_ms;
}

struct attempt look_attempt(const struct look *l, enum outcome outcome,
                            const char *detail)
{
    return (struct attempt){
        .outcome = outcome,
        .detail = outcome == OUTCOME_WORKED ? NULL : detail,
        .elapsed_ms = (int32_t)(clock_monotonic_ms() - l->began_ms),
    };
}

void look_hang_up(struct look *l)
{
    tls_end(&l->tls);
    wire_close(&l->wire);
}

void look_end(struct look *l)
{
    look_hang_up(l);
    l->step = NULL;
    l->done(l);
}

/* The second try after silence counts only when it works. */
static void note_handshake(struct look *l, enum outcome outcome)
{
    const struct tls *t = &l->tls;
    struct cell *c = &l->cell;
    const char *detail =
        outcome == OUTCOME_TIMED_OUT ? l->wire.detail : t->detail;

    if (l->tls_at_once && outcome != OUTCOME_WORKED)
        return;
    c->wants_tls = l->tls_at_once;
    c->handshake = look_attempt(l, outcome, detail);
    c->alert = t->alert;
    c->tls_version = t->version;
    c->cipher = t->cipher;
    l->chain = t->chain;
}

static void shake(struct look *l, enum outcome outcome)
{
    if (outcome == OUTCOME_WORKED)
        outcome = tls_step(&l->tls);
    if (outcome == OUTCOME_NOT_TRIED) {
        wire_wait(&l->wire, l->tls.wants, look_left_ms(l));
        return;
    }
    note_handshake(l, outcome);
    if (l->tls.not_tls && l->cell.security == SECURITY_IMPLICIT)
        look_hear_greeting(l);
    else
        look_end(l);
}

void look_start_tls(struct look *l)
{
    bool is_web = strcmp(l->service->family, "http") == 0;
    struct tls_order order = {
        .fd = l->wire.fd,
        .sni = l->cell.sni,
        .key_type = l->cell.key_type,
        .alpn = is_web ? "http/1.1" : NULL,
    };

    if (!tls_start(&l->tls, l->means->tls, l->arena, &order, l->means->err)) {
        *l->means->failed = true;
        look_end(l);
        return;
    }
    look_begin(l, HANDSHAKE_MS);
    l->step = shake;
    shake(l, OUTCOME_WORKED);
}

static void connected(struct look *l, enum outcome outcome)
{
    if (!l->tls_at_once)
        l->cell.connect = look_attempt(l, outcome, l->wire.detail);
    if (outcome != OUTCOME_WORKED)
        look_end(l);
    else if (l->cell.security == SECURITY_IMPLICIT || l->tls_at_once)
        look_start_tls(l);
    else
        look_start_talk(l);
}

void look_dial(struct look *l)
{
    look_begin(l, CONNECT_MS);
    l->step = connected;
    wire_connect(&l->wire, l->dial.address, l->dial.port, CONNECT_MS);
}

static void wire_says(void *arg, enum outcome outcome)
{
    struct look *l = arg;

    l->step(l, outcome);
}

void look_start(struct look *l)
{
    l->wire = (struct wire){
        .loop = l->means->loop, .arena = l->arena, .call = wire_says, .arg = l
    };
    l->tls.alert = -1;
    look_dial(l);
}

void look_hurry(struct look *l)
{
    l->hurried = true;
    l->wire.detail = "the time for this target was up";
    watch_stop(&l->wire.watch);
    l->step(l, OUTCOME_TIMED_OUT);
}

bool look_met_tls(const struct look *l)
{
    enum outcome o = l->cell.handshake.outcome;

    return o == OUTCOME_WORKED || o == OUTCOME_ALERTED || o == OUTCOME_CLOSED;
}
