#include "probe/scan_steps.h"

#include "base/clock.h"
#include "probe/ehlo_name.h"

int64_t scan_steps_left_ms(const struct scan *l)
{
    int64_t left = l->deadline_ms - clock_monotonic_ms();

    return left > 0 ? left : 0;
}

void scan_steps_begin(struct scan *l, int64_t within_ms)
{
    l->began_ms = clock_monotonic_ms();
    l->deadline_ms = l->began_ms + within_ms;
}

struct attempt scan_steps_attempt(const struct scan *l, enum outcome outcome,
                                  const char *detail)
{
    return (struct attempt){
        .outcome = outcome,
        .detail = outcome == OUTCOME_OK ? NULL : detail,
        .elapsed_ms = (int32_t)(clock_monotonic_ms() - l->began_ms),
    };
}

const char *scan_steps_name(struct scan *l, const struct protocol *p)
{
    const char *ehlo = l->means->ehlo;

    if (p->names_peer)
        return l->cell.reference;
    if (ehlo)
        return ehlo;
    return ehlo_name_literal(l->arena, connection_own_address(&l->connection));
}

void scan_steps_hang_up(struct scan *l)
{
    tls_end(&l->tls);
    connection_close(&l->connection);
}

struct cell scan_steps_unseen(const struct cell *c)
{
    return (struct cell){
        .host = c->host,
        .reference = c->reference,
        .address = c->address,
        .port = c->port,
        .service = c->service,
        .security = c->security,
        .sni = c->sni,
        .key_type = c->key_type,
        .asked = c->asked,
        .alert = -1,
    };
}

void scan_steps_forget(struct scan *l)
{
    const char *put_off = l->cell.put_off;

    l->cell = scan_steps_unseen(&l->cell);
    l->cell.put_off = put_off;
    l->tls = (struct tls){ .alert = -1 };
    l->chain = (struct der_list){ 0 };
    l->heard = l->only_greeting = l->tls_at_once = false;
    l->heard_inside = l->asked_web = false;
}

const struct attempt *scan_steps_refusal(const struct cell *c)
{
    const struct attempt *all[] = { &c->greeting, &c->starttls, &c->inside };

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i]->outcome == OUTCOME_REFUSED)
            return all[i];
    return NULL;
}

/* Which of two tries is told. Silence or a closed door says less than a refusal
 * in words. */
static void settle(struct scan *l)
{
    const struct cell *c = &l->cell;
    bool tls = c->handshake.outcome != OUTCOME_NOT_TRIED;
    bool worse =
        c->connect.outcome != OUTCOME_OK || l->cancelled ||
        (!tls && c->greeting.outcome != OUTCOME_OK && !scan_steps_refusal(c));

    if (!l->was_put_off || !worse)
        return;
    scan_steps_forget(l);
    l->cell = l->first_try;
}

void scan_steps_end(struct scan *l)
{
    scan_steps_hang_up(l);
    settle(l);
    l->step = NULL;
    l->done(l);
}
