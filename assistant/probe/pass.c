#include "probe/pass.h"

#include "base/clock.h"
#include "base/process.h"
#include "crypto/x509_read.h"
#include "model/name.h"
#include "probe/public_veil.h"
#include "probe/variants.h"

enum { DNS_WAIT_MS = 8 * 1000, LINE_TICK_MS = 1000 };

/* The rest of a budget, kept from one pass to the next. */
struct budget_left {
    const struct survey *survey; /* NULL: free */
    int64_t until_ms;            /* monotonic */
};

static int64_t left_ms_of(const struct pass *r)
{
    int64_t left = r->until_ms - clock_monotonic_ms();

    return left > 1 ? left : 1;
}

static void fail(struct pass *r)
{
    struct probe *p = r->probe;

    p->failed = true;
    if (!p->is_guest)
        loop_stop(p->loop);
    else if (p->gave_up.call)
        timer_set(p->loop, &p->gave_up, 0);
}

/* ---- budgets ---- */

static struct budget_left *find_budget(const struct probe *p,
                                       const struct survey *s)
{
    for (size_t i = 0; i < p->budgets_len; i++)
        if (p->budgets[i].survey == s)
            return &p->budgets[i];
    return NULL;
}

static void remember(struct probe *p, const struct survey *s, int64_t until_ms)
{
    struct budget_left *free_one = find_budget(p, NULL);

    if (!free_one) {
        p->budgets = arena_grow(p->arena, p->budgets, p->budgets_len,
                                sizeof *p->budgets);
        free_one = &p->budgets[p->budgets_len++];
    }
    *free_one = (struct budget_left){ .survey = s, .until_ms = until_ms };
}

/* When the budget of this survey ends: a first pass begins a new one. */
static int64_t take_budget(struct probe *p, const struct survey *s, bool first)
{
    struct budget_left *had = find_budget(p, s);
    int64_t until_ms = clock_monotonic_ms() + p->options.budget_ms;

    if (had && !first)
        until_ms = had->until_ms;
    if (had)
        had->survey = NULL;
    return until_ms;
}

/* ---- for who watches ---- */

static void tell(const struct scan *l, enum probe_step step)
{
    const struct pass *r = l->arg;
    const struct probe *p = r->probe;

    if (p->seen)
        p->seen(p->seen_arg, r->survey, &l->cell, step);
}

/* ---- waiting in line is on nobody's time ---- */

/* Nothing of it is under way, and it is not its own servers that it waits
 * for. */
static void note_idle(struct pass *r)
{
    if (!r->in_flight && r->in_line && !r->idle_since_ms)
        r->idle_since_ms = clock_monotonic_ms();
}

static void begun(struct scan *l)
{
    struct pass *r = l->arg;

    r->in_line--;
    r->in_flight++;
    if (r->idle_since_ms)
        r->idle_ms += clock_monotonic_ms() - r->idle_since_ms;
    r->idle_since_ms = 0;
    tell(l, PROBE_TALKS);
}

/* The time it has waited in line is added to what it has left. */
static bool made_good(struct pass *r)
{
    int64_t now_ms = clock_monotonic_ms();

    if (r->idle_since_ms) {
        r->idle_ms += now_ms - r->idle_since_ms;
        r->idle_since_ms = now_ms;
    }
    if (!r->idle_ms && r->fetches.in_line)
        r->idle_ms = LINE_TICK_MS; /* and then it is asked again */
    if (!r->idle_ms)
        return false;
    r->until_ms += r->idle_ms;
    r->idle_ms = 0;
    timer_set(r->probe->loop, &r->budget, left_ms_of(r));
    return true;
}

static void stand_in_line(struct pass *r, struct scan *l)
{
    l->begun = begun;
    r->open++;
    r->in_line++;
    tell(l, PROBE_WAITS);
    queue_add(&r->probe->shared->queue, l);
}

/* What a target of many ports will want is guessed until its addresses are
 * known. */
enum { SCANS_OF_A_HOST = 16 };

static void expect_scans(struct pass *r)
{
    const struct target *t = &r->survey->target;
    bool one = t->port || t->service;

    r->expected = r->requests.scans_len + 1;
    if (r->is_first && !one && t->kind != TARGET_FILE)
        r->expected += SCANS_OF_A_HOST;
    r->probe->expected += r->expected;
}

static void scans_are_known(struct pass *r)
{
    r->probe->expected -= r->expected;
    r->expected = 0;
}

/* ---- writing it down ---- */

static void record(struct survey *s, const struct scan *l)
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
    if (l->means->rule)
        public_veil(&s->target, &cell);
    survey_cell_add(s, &cell);
}

static void forget(struct pass *r)
{
    struct probe *p = r->probe;
    struct pass **link = &p->passes;

    while (*link != r)
        link = &(*link)->next;
    *link = r->next;
    if (r->is_first)
        remember(p, r->survey, r->until_ms);
}

/* Whoever is told may drop the survey, and the pass with it. */
static void finish(struct pass *r)
{
    struct probe *p = r->probe;

    scans_are_known(r);
    dns_batch_record(&r->others);
    for (size_t i = 0; i < r->scans_len; i++)
        for (const struct scan *l = r->scans[i]; l; l = l->variant)
            if (variants_is_news(r->scans[i], l))
                record(r->survey, l);
    fetch_batch_record(&r->fetches);
    timer_stop(&r->budget);
    waiting_pass_done(p, r);
    forget(r);
    r->done(r->arg);
    if (!p->passes && !p->is_guest)
        loop_stop(p->loop);
}

bool pass_may_begin(const struct probe *p)
{
    const struct queue *q = &p->shared->queue;

    return q->in_flight_len + q->waiting_len + p->expected < q->most &&
           p->fetching < p->shared->fetches_most;
}

/* Something has ended: perhaps another target can be begun. */
static void release(struct pass *r)
{
    struct probe *p = r->probe;

    if (process_was_short(&p->err)) {
        fail(r);
        return;
    }
    if (--r->open == 0)
        finish(r);
    if (p->room && pass_may_begin(p))
        p->room(p->room_arg);
}

/* ---- scans ---- */

static void scan_again(struct pass *r, struct scan *l)
{
    for (size_t i = 0; l->wants_rsa && i < r->scans_len; i++)
        l->wants_rsa = !variants_settle(r->scans[i], l);
    for (struct scan *more = variants(l); more; more = more->variant) {
        more->is_over = l->cancelled; /* nor is there time for these */
        if (!l->cancelled)
            stand_in_line(r, more);
    }
}

static void look_done(struct scan *l)
{
    struct pass *r = l->arg;
    struct probe *p = r->probe;

    queue_done(&p->shared->queue, l);
    r->in_flight--;
    l->is_over = true;
    if (p->failed || process_was_short(&p->err)) {
        fail(r);
        return;
    }
    scan_again(r, l);
    tell(l, PROBE_DONE);
    queue_run(&p->shared->queue);
    if (p->shared->crowd.counts)
        fetch_line_run(&p->shared->fetch_line);
    note_idle(r);
    release(r);
}

static void start_looks(struct pass *r)
{
    struct probe *p = r->probe;

    scans_are_known(r);
    r->scans = scan_plan_scans(&r->plan, &r->scans_len);
    if (r->scans_len && !p->tls && !tls_client_new(&p->tls, &p->err)) {
        fail(r);
        return;
    }
    p->means.tls = p->tls;
    if (r->is_over)
        return;
    for (size_t i = 0; i < r->scans_len; i++) {
        r->scans[i]->means = &p->means;
        r->scans[i]->done = look_done;
        r->scans[i]->arg = r;
        stand_in_line(r, r->scans[i]);
    }
    queue_run(&p->shared->queue);
    note_idle(r);
}

static void withdraw(struct pass *r, struct scan *l)
{
    if (!queue_withdraw(&r->probe->shared->queue, l))
        return;
    r->in_line--;
    l->is_over = true;
    tell(l, PROBE_DONE);
    release(r);
}

static void cancel(struct pass *r, struct scan *l)
{
    (void)r;
    if (l->step)
        scan_cancel(l);
}

static void for_all_looks(struct pass *r,
                          void (*act)(struct pass *r, struct scan *l))
{
    for (size_t i = 0; i < r->scans_len; i++)
        for (struct scan *l = r->scans[i]; l; l = l->variant)
            act(r, l);
}

/* What waits is not tried any more; then what is under way has timed out. */
static void budget_is_spent(void *arg)
{
    struct pass *r = arg;

    if (made_good(r))
        return;
    r->is_over = true;
    r->open++; /* the pass outlives this function */
    for_all_looks(r, withdraw);
    for_all_looks(r, cancel);
    release(r);
}

/* ---- questions ---- */

static void ask(struct pass *r, struct dns_batch *i, void (*done)(void *arg))
{
    struct probe *p = r->probe;
    int64_t left = left_ms_of(r);
    const struct resolver_options o = {
        .server = p->options.resolver,
        .trust_anchor = p->options.trust_anchor,
        .no_dnssec = p->options.no_dnssec,
        .files = p->shared->resolver_files,
    };

    r->open++;
    i->done = done;
    i->arg = r;
    if (i->len && !p->resolver &&
        !resolver_new(p->loop, &o, &p->resolver, &p->err)) {
        fail(r);
        return;
    }
    dns_batch_start(i, p->resolver, left < DNS_WAIT_MS ? left : DNS_WAIT_MS);
}

static void is_done(void *arg)
{
    release(arg);
}

static void have_come(void *arg)
{
    struct pass *r = arg;

    r->probe->fetching -= r->fetches.len;
    r->until_ms += r->fetches.waited_ms; /* for what comes after this pass */
    release(r);
}

static void fetch(struct pass *r)
{
    r->open++;
    r->probe->fetching += r->fetches.len;
    r->fetches.line = &r->probe->shared->fetch_line;
    r->fetches.done = have_come;
    r->fetches.arg = r;
    fetch_batch_start(&r->fetches, left_ms_of(r));
}

static void know_addresses(void *arg)
{
    struct pass *r = arg;

    dns_batch_record(&r->addresses);
    start_looks(r);
    if (!r->probe->failed && !r->is_over)
        fetch(r);
    release(r);
}

static bool plan_fetches(struct pass *r)
{
    struct probe *p = r->probe;

    r->fetches.http = &p->http;
    r->fetches.options =
        (struct http_options){ .loop = p->loop,
                               .ca_file = p->options.ca_file,
                               .connect_to = p->options.connect_to,
                               .proxy = p->means.proxy,
                               .public_only = p->options.public_only,
                               .most = p->shared->fetches_most };
    if (!fetch_batch_plan(&r->fetches, &r->requests, &p->err))
        return false;
    for (size_t i = 0; i < r->fetches.len; i++)
        if (fetch_batch_host(&r->fetches, i))
            scan_plan_ask(&r->plan, fetch_batch_host(&r->fetches, i),
                          &r->addresses);
    return true;
}

static void ask_planned(struct pass *r)
{
    scan_plan_requests(&r->plan, &r->requests);
    scan_plan_questions(&r->plan, &r->addresses);
    if (plan_fetches(r))
        ask(r, &r->addresses, know_addresses);
    else
        fail(r);
}

static void know_mail_hosts(void *arg)
{
    struct pass *r = arg;

    dns_batch_record(&r->mail);
    scan_plan_domain(&r->plan);
    ask_planned(r);
    release(r);
}

static void ask_first(struct pass *r)
{
    const struct target *t = &r->survey->target;

    if (t->kind == TARGET_DOMAIN) {
        dns_batch_add(&r->mail, t->domain, DNS_MX);
        ask(r, &r->mail, know_mail_hosts);
    }
    if (t->kind != TARGET_HOST)
        return;
    scan_plan_host(&r->plan);
    scan_plan_questions(&r->plan, &r->addresses);
    ask(r, &r->addresses, know_addresses);
    if (name_is_ip(t->host))
        dns_batch_add(&r->others, name_reverse(r->survey->arena, t->host),
                      DNS_PTR);
}

static void ask_questions(struct pass *r)
{
    const struct probe_requests *w = &r->requests;

    for (size_t i = 0; i < w->questions_len; i++)
        dns_batch_add(&r->others, w->questions[i].name, w->questions[i].type);
}

static void begin(void *arg)
{
    struct pass *r = arg;

    r->open = 1;
    timer_set(r->probe->loop, &r->budget, left_ms_of(r));
    if (r->is_first)
        ask_first(r);
    else
        ask_planned(r);
    ask_questions(r);
    if (!r->probe->failed)
        ask(r, &r->others, is_done);
    if (!r->probe->failed)
        release(r);
}

void pass_start(struct probe *p, const struct pass *plan)
{
    struct survey *s = plan->survey;
    struct pass *r = arena_alloc(s->arena, 1, sizeof *r);

    *r = *plan;
    r->probe = p;
    r->until_ms = take_budget(p, s, r->is_first);
    r->next = p->passes;
    p->passes = r;
    r->plan = (struct scan_plan){
        .survey = s,
        .options = &p->options,
    };
    r->mail.survey = s;
    r->addresses.survey = s;
    r->others.survey = s;
    r->fetches.survey = s;
    r->budget = (struct timer){ .call = budget_is_spent, .arg = r };
    r->begin = (struct timer){ .call = begin, .arg = r };
    timer_set(p->loop, &r->begin, 0);
    expect_scans(r);
}
