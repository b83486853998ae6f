#include "probe/round.h"

#include "base/clock.h"
#include "base/process.h"
#include "crypto/x509_read.h"
#include "model/name.h"
#include "probe/again.h"

enum { DNS_WAIT_MS = 8 * 1000 };

int64_t round_left_ms(const struct round *r)
{
    int64_t left = r->until_ms - clock_monotonic_ms();

    return left > 1 ? left : 1;
}

void round_fail(struct round *r)
{
    r->probe->failed = true;
    loop_stop(r->probe->loop);
}

/* ---- writing it down ---- */

static void record(struct survey *s, const struct look *l)
{
    struct cell cell = l->cell;
    size_t *chain = arena_alloc(s->arena, l->chain.len, sizeof *chain);

    for (size_t i = 0; i < l->chain.len; i++) {
        const struct der *der = &l->chain.items[i];
        struct held_cert held;
        x509_read(s->arena, der->bytes, der->len, CERT_SENT, &held);
        chain[i] = survey_cert_add(s, &held);
    }
    cell.chain = chain;
    cell.chain_len = l->chain.len;
    survey_cell_add(s, &cell);
}

/* Whoever is told may drop the survey, and the round with it. */
static void finish(struct round *r)
{
    struct probe *p = r->probe;

    inquiry_record(&r->others);
    for (size_t i = 0; i < r->looks_len; i++)
        for (const struct look *l = r->looks[i]; l; l = l->twin)
            if (again_is_news(r->looks[i], l))
                record(r->survey, l);
    round_record_fetches(r);
    timer_stop(&r->budget);
    probe_forget(p, r);
    r->done(r->arg);
    if (!p->rounds)
        loop_stop(p->loop);
}

void round_release(struct round *r)
{
    if (process_was_short(&r->probe->err)) {
        round_fail(r);
        return;
    }
    if (--r->open == 0)
        finish(r);
}

/* ---- looks ---- */

static void look_again(struct round *r, struct look *l)
{
    for (size_t i = 0; l->wants_rsa && i < r->looks_len; i++)
        l->wants_rsa = !again_settles(r->looks[i], l);
    for (struct look *more = again(l); more; more = more->twin) {
        r->open++;
        queue_add(&r->probe->queue, more);
    }
}

static void look_done(struct look *l)
{
    struct round *r = l->arg;
    struct probe *p = r->probe;

    queue_landed(&p->queue, l);
    if (p->failed || process_was_short(&p->err)) {
        round_fail(r);
        return;
    }
    look_again(r, l);
    queue_run(&p->queue);
    round_release(r);
}

static void start_looks(struct round *r)
{
    struct probe *p = r->probe;

    r->looks = agenda_looks(&r->agenda, &r->looks_len);
    if (r->looks_len && !p->tls && !tls_client_new(&p->tls, &p->err)) {
        round_fail(r);
        return;
    }
    p->means.tls = p->tls;
    if (r->is_over)
        return;
    for (size_t i = 0; i < r->looks_len; i++) {
        r->looks[i]->means = &p->means;
        r->looks[i]->done = look_done;
        r->looks[i]->arg = r;
        queue_add(&p->queue, r->looks[i]);
    }
    r->open += r->looks_len;
    queue_run(&p->queue);
}

static void withdraw(struct round *r, struct look *l)
{
    if (queue_withdraw(&r->probe->queue, l))
        round_release(r);
}

static void hurry(struct round *r, struct look *l)
{
    (void)r;
    if (l->step)
        look_hurry(l);
}

static void for_all_looks(struct round *r,
                          void (*act)(struct round *r, struct look *l))
{
    for (size_t i = 0; i < r->looks_len; i++)
        for (struct look *l = r->looks[i]; l; l = l->twin)
            act(r, l);
}

/* What waits is not tried any more; then what is under way has timed out. */
static void budget_is_spent(void *arg)
{
    struct round *r = arg;

    r->is_over = true;
    r->open++; /* the round outlives this function */
    for_all_looks(r, withdraw);
    for_all_looks(r, hurry);
    round_release(r);
}

/* ---- questions ---- */

static void ask(struct round *r, struct inquiry *i, void (*done)(void *arg))
{
    struct probe *p = r->probe;
    int64_t left = round_left_ms(r);
    const struct resolver_options o = {
        .server = p->options.resolver,
        .trust_anchor = p->options.trust_anchor,
        .no_dnssec = p->options.no_dnssec,
        .files = p->resolver_files,
    };

    r->open++;
    i->done = done;
    i->arg = r;
    if (i->len && !p->resolver &&
        !resolver_new(p->loop, &o, &p->resolver, &p->err)) {
        round_fail(r);
        return;
    }
    inquiry_start(i, p->resolver, left < DNS_WAIT_MS ? left : DNS_WAIT_MS);
}

static void know_addresses(void *arg)
{
    struct round *r = arg;

    inquiry_record(&r->addresses);
    start_looks(r);
    if (!r->probe->failed && !r->is_over)
        round_fetch(r);
    round_release(r);
}

static void know_mail_hosts(void *arg)
{
    struct round *r = arg;

    inquiry_record(&r->mail);
    agenda_domain(&r->agenda);
    agenda_questions(&r->agenda, &r->addresses);
    ask(r, &r->addresses, know_addresses);
    round_release(r);
}

static void know_others(void *arg)
{
    round_release(arg);
}

static void ask_first(struct round *r)
{
    const struct target *t = &r->survey->target;

    if (t->kind == TARGET_DOMAIN) {
        inquiry_add(&r->mail, t->domain, DNS_MX);
        ask(r, &r->mail, know_mail_hosts);
    }
    if (t->kind != TARGET_HOST)
        return;
    agenda_host(&r->agenda);
    agenda_questions(&r->agenda, &r->addresses);
    ask(r, &r->addresses, know_addresses);
    if (name_is_ip(t->host))
        inquiry_add(&r->others, name_reverse(r->survey->arena, t->host),
                    DNS_PTR);
}

static void ask_more(struct round *r)
{
    const struct wishes *w = &r->wishes;

    agenda_wishes(&r->agenda, w);
    agenda_questions(&r->agenda, &r->addresses);
    round_ask_for_fetches(r);
    ask(r, &r->addresses, know_addresses);
    for (size_t i = 0; i < w->questions_len; i++)
        inquiry_add(&r->others, w->questions[i].name, w->questions[i].type);
}

static void begin(void *arg)
{
    struct round *r = arg;

    r->open = 1;
    timer_set(r->probe->loop, &r->budget, round_left_ms(r));
    if (r->is_first)
        ask_first(r);
    else
        ask_more(r);
    if (!r->probe->failed)
        ask(r, &r->others, know_others);
    if (!r->probe->failed)
        round_release(r);
}

void round_start(struct round *r)
{
    struct survey *s = r->survey;

    r->agenda = (struct agenda){
        .survey = s,
        .options = &r->probe->options,
        .asked = r->is_first,
    };
    r->mail.survey = s;
    r->addresses.survey = s;
    r->others.survey = s;
    r->budget = (struct timer){ .call = budget_is_spent, .arg = r };
    r->begin = (struct timer){ .call = begin, .arg = r };
    timer_set(r->probe->loop, &r->begin, 0);
}
