#include "net/reply.h"

#include <assert.h>

static bool is_last(const struct step *step)
{
    return !step[1].lines;
}

static struct attempt *under_way(struct negotiation *d)
{
    return is_last(d->step) ? &d->starttls : &d->greeting;
}

/* The reply as it is told: "554 5.7.1 Go away". */
static const char *reply_text(struct negotiation *d)
{
    struct buf text;

    buf_init(&text, d->arena, NEGOTIATION_LINE_MAX);
    buf_text(&text, d->code);
    if (text.len && d->reply.len)
        buf_char(&text, ' ');
    buf_text(&text, d->reply.text);
    return arena_printable(d->arena, text.text, text.len);
}

static void over(struct negotiation *d, struct attempt *attempt,
                 enum outcome outcome, const char *detail)
{
    *attempt = (struct attempt){ .outcome = outcome, .detail = detail };
    d->state = NEGOTIATION_OVER;
}

void reply_end(struct negotiation *d, enum outcome outcome, const char *detail)
{
    over(d, under_way(d), outcome, detail);
}

void reply_protocol_error(struct negotiation *d, const char *what)
{
    buf_eat(&d->out, d->out.len);
    over(d, under_way(d), OUTCOME_PROTOCOL_ERROR, what);
}

static void say(struct negotiation *d, const char *words)
{
    for (const char *p = words ? words : ""; *p; p++)
        if (*p == '%')
            buf_text(&d->out, d->ehlo);
        else
            buf_char(&d->out, *p);
    if (words && d->protocol->shape != CAPABILITY_TAGS)
        buf_text(&d->out, "\r\n");
}

/* RFC 5321 3.1 wants a QUIT even behind a 554 greeting. */
static void over_politely(struct negotiation *d, struct attempt *attempt,
                          enum outcome outcome)
{
    over(d, attempt, outcome, reply_text(d));
    say(d, d->protocol->bye);
}

static void not_offered(struct negotiation *d, const char *detail)
{
    d->greeting.outcome = OUTCOME_OK;
    over(d, &d->starttls, OUTCOME_NOT_OFFERED, detail);
    say(d, d->protocol->bye);
}

void reply_forget(struct negotiation *d)
{
    buf_init(&d->reply, d->arena, NEGOTIATION_LINE_MAX);
    d->code[0] = '\0';
    d->lines = 0;
    d->in_body = d->in_error = false;
}

/* RFC 3207 6, CVE-2011-0411: what came in clear text behind the go-ahead must
 * never be taken for something said under TLS. */
static void go(struct negotiation *d)
{
    if (!d->in.len) {
        d->starttls.outcome = OUTCOME_OK;
        d->state = NEGOTIATION_GO;
        return;
    }
    const char *seen = arena_printable(d->arena, d->in.text, d->in.len);
    over(d, &d->starttls, OUTCOME_PLAINTEXT_INJECTION,
         arena_printf(d->arena, "%zu bytes behind the go-ahead: %s", d->in.len,
                      seen));
}

static void more(struct negotiation *d)
{
    (void)d;
}

void reply_say(struct negotiation *d)
{
    if (d->step->lists)
        d->capabilities_len = 0; /* the greeting's were not all */
    d->wait_ms = d->step->wait_ms;
    say(d, d->step->send);
}

/* Inside TLS nothing is left to be asked for. */
static void arrive(struct negotiation *d)
{
    over(d, &d->greeting, OUTCOME_OK, NULL);
    say(d, d->protocol->bye);
}

static void next_step(struct negotiation *d)
{
    d->step++;
    if (d->step->lists && (d->offered || (d->inside && d->capabilities_len)))
        d->step++;
    if (d->inside && is_last(d->step)) {
        arrive(d);
        return;
    }
    if (is_last(d->step) && !d->offered && !d->offer_unsaid) {
        not_offered(d, NULL);
        return;
    }
    if (is_last(d->step))
        d->greeting.outcome = OUTCOME_OK;
    reply_say(d);
}

static void yes(struct negotiation *d)
{
    reply_forget(d);
    if (is_last(d->step))
        go(d);
    else
        next_step(d);
}

static void no(struct negotiation *d)
{
    bool unsaid = is_last(d->step) && d->offer_unsaid;

    over_politely(d, under_way(d),
                  unsaid ? OUTCOME_NOT_OFFERED : OUTCOME_REFUSED);
}

static void bye(struct negotiation *d)
{
    over(d, under_way(d), OUTCOME_REFUSED, reply_text(d));
}

static void body(struct negotiation *d)
{
    d->in_body = true;
}

static void too_late(struct negotiation *d)
{
    not_offered(d, reply_text(d));
}

static void unlisted(struct negotiation *d)
{
    d->offer_unsaid = true;
    d->greeting.detail = reply_text(d);
    yes(d);
}

static void foreign(struct negotiation *d)
{
    reply_protocol_error(
        d, arena_printf(d->arena, "outside the protocol: %s", reply_text(d)));
}

void reply_act(struct negotiation *d, enum line_means means)
{
    static void (*const handlers[])(struct negotiation *) = {
        [LINE_MORE] = more,
        [LINE_YES] = yes,
        [LINE_NO] = no,
        [LINE_BYE] = bye,
        [LINE_BODY] = body,
        [LINE_UNKNOWN] = too_late,
        [LINE_UNLISTED] = unlisted,
        [LINE_TOO_LATE] = too_late,
        [LINE_FOREIGN] = foreign,
    };
    static_assert(sizeof handlers / sizeof *handlers == LINE_MEANS_COUNT,
                  "a deed per meaning");

    handlers[means](d);
}
