#ifndef CERTMEND_PROBE_PASS_H
#define CERTMEND_PROBE_PASS_H
/*
 * pass - one pass over one survey: DNS, scans, fetches, and their record
 *
 * Lives in the survey's arena. What it finds joins the survey at its end, in
 * the order of the scan plan and not of the answers.
 */
#include "net/http.h"
#include "probe/queue.h"
#include "probe/scan_plan.h"
#include "probe/waiting.h"

struct pass;

struct probe {
    struct arena *arena;
    struct probe_options options;
    struct loop *loop;
    size_t resolver_files;     /* it may open */
    struct resolver *resolver; /* NULL until first needed, like the next */
    struct http *http;
    size_t fetches_most; /* connections it may have */
    struct tls_client *tls;
    struct scan_options means;
    struct queue queue;
    struct pass *passes;         /* under way */
    struct budget_left *budgets; /* surveys between their passes */
    size_t budgets_len;
    struct waiting_line waiting;
    bool failed; /* our own failure, told in ... */
    struct err err;
};

struct fetch_run; /* a fetch that was requested */

struct pass {
    struct probe *probe;
    struct survey *survey;
    bool is_first;
    struct probe_requests requests; /* of a further pass */
    probe_done *done;
    void *arg;
    int64_t until_ms;   /* monotonic; the budget ends then */
    struct timer begin; /* fires at once, from the loop */
    struct timer budget;
    struct scan_plan plan;
    struct dns_batch mail, addresses, others;
    struct scan **scans;
    size_t scans_len;
    struct fetch_run *fetches;
    size_t fetches_len;
    bool is_over; /* the budget is spent: nothing new is begun */
    size_t open;  /* things under way; at 0 the pass is done */
    struct pass *next;
};

/* Begins from the loop, not before. */
void pass_start(struct pass *r);

/* One of the things under way is done. */
void pass_release(struct pass *r);

/* Our own failure: the loop stops and probe_run() tells. */
void pass_fail(struct pass *r);

int64_t pass_left_ms(const struct pass *r);

/* fetch.c: what to ask first, then the fetching, then what came of it; whether
 * something is under way. */
void pass_ask_for_fetches(struct pass *r);
void pass_fetch(struct pass *r);
void pass_record_fetches(struct pass *r);
bool pass_waits_for_web(const struct pass *r);

/* probe.c: a pass is done and may be forgotten. */
void probe_forget(struct probe *p, struct pass *r);

#endif
