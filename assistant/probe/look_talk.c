#include "probe/look_steps.h"

#include "base/clock.h"
#include "probe/own_name.h"

enum { READ_SIZE = 4096 };

static void talk(struct look *l);

static void note_attempt(struct look *l, const struct attempt *from,
                         struct attempt *to)
{
    if (from->outcome == OUTCOME_NOT_TRIED || to->outcome != OUTCOME_NOT_TRIED)
        return;
    *to = look_attempt(l, from->outcome, from->detail);
    l->began_ms = clock_monotonic_ms();
}

static void note_talk(struct look *l)
{
    const struct dialogue *d = &l->dialogue;
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
static bool may_want_tls(const struct look *l)
{
    return l->service->client && !l->heard && !l->hurried &&
           l->cell.greeting.outcome == OUTCOME_TIMED_OUT;
}

static void leave_talk(struct look *l)
{
    const struct dialogue *d = &l->dialogue;
    size_t moved = 0;

    note_talk(l);
    if (d->state == DIALOGUE_GO && !l->only_greeting) {
        look_start_tls(l);
        return;
    }
    if (d->out.len && !l->only_greeting)
        (void)wire_write(&l->wire, d->out.text, d->out.len, &moved);
    if (!may_want_tls(l)) {
        look_end(l);
        return;
    }
    look_hang_up(l);
    l->tls_at_once = true;
    look_dial(l);
}

static bool has_left_talk(const struct look *l)
{
    const struct dialogue *d = &l->dialogue;

    return d->state != DIALOGUE_TALKING || (l->only_greeting && d->banner);
}

static enum outcome send_ours(struct look *l)
{
    struct dialogue *d = &l->dialogue;
    size_t moved = 0;

    while (d->out.len) {
        enum outcome o = wire_write(&l->wire, d->out.text, d->out.len, &moved);
        if (o != OUTCOME_WORKED)
            return o;
        dialogue_sent(d, moved);
        l->deadline_ms = clock_monotonic_ms() + d->wait_ms;
    }
    return OUTCOME_WORKED;
}

static void hear(struct look *l, enum outcome outcome)
{
    struct dialogue *d = &l->dialogue;
    char bytes[READ_SIZE];
    size_t len = 0;

    if (outcome == OUTCOME_WORKED)
        outcome = wire_read(&l->wire, bytes, sizeof bytes, &len);
    l->heard = l->heard || len;
    if (len)
        dialogue_feed(d, bytes, len);
    else if (outcome != OUTCOME_NOT_TRIED)
        dialogue_end(d, outcome, l->wire.detail);
    note_talk(l);
    talk(l);
}

/* One socket event at a time: gives what we have to say, then listens. */
static void talk(struct look *l)
{
    if (has_left_talk(l)) {
        leave_talk(l);
        return;
    }
    enum outcome sent = send_ours(l);
    l->step = hear;
    if (sent == OUTCOME_WORKED || sent == OUTCOME_NOT_TRIED) {
        unsigned what =
            sent == OUTCOME_WORKED ? WATCH_READ : WATCH_READ | WATCH_WRITE;
        wire_wait(&l->wire, what, look_left_ms(l));
        return;
    }
    dialogue_end(&l->dialogue, sent, l->wire.detail);
    leave_talk(l);
}

void look_start_talk(struct look *l)
{
    const struct protocol *p = protocol_find(l->service->family);
    const char *ehlo = l->means->ehlo;
    struct dialogue *d = &l->dialogue;

    if (!ehlo)
        ehlo = own_name_literal(l->arena, wire_own_address(&l->wire));
    dialogue_start(d, l->arena, p, ehlo);
    int64_t most_ms = l->means->greeting_ms;
    bool hasty = l->service->client && d->wait_ms > most_ms;
    look_begin(l, hasty ? most_ms : d->wait_ms);
    talk(l);
}

static const char *first_line(struct arena *a, const struct tls *t)
{
    size_t len = 0;

    while (len < t->first_len && t->first[len] != '\r' && t->first[len] != '\n')
        len++;
    return arena_printable(a, t->first, len);
}

/* Clear text where a record was due: who is it? */
void look_hear_greeting(struct look *l)
{
    const struct protocol *p = protocol_find(l->service->family);

    l->cell.plain_text = dialogue_text_first(l->tls.first, l->tls.first_len);
    if (l->cell.plain_text)
        l->cell.banner = first_line(l->arena, &l->tls);
    if (!l->cell.plain_text || !p) {
        look_end(l);
        return;
    }
    tls_end(&l->tls);
    l->only_greeting = true;
    dialogue_start(&l->dialogue, l->arena, p, "");
    look_begin(l, l->dialogue.wait_ms);
    talk(l);
}
