#ifndef CERTMEND_PROBE_PASS_H
#define CERTMEND_PROBE_PASS_H
/*
 * pass - one pass over one survey: DNS, scans, fetches, and their record
 *
 * Lives in the survey's arena. What it finds joins the survey at its end, in
 * the order of the scan plan and not of the answers.
 */
#include "probe/fetch_batch.h"
#include "probe/queue.h"
#include "probe/scan_plan.h"
#include "probe/waiting.h"

struct pass;

/* What keeps the probes of one process from being too much for a peer, or for
 * this machine. */
struct probe_shared {
    struct arena *arena;
    struct loop *loop;
    struct queue queue;
    struct fetch_line fetch_line;
    struct crowd crowd;    /* at one address, of both */
    size_t resolver_files; /* one probe may open */
    size_t fetches_most;   /* connections one probe may have for them */
    size_t probes;         /* there are now */
};

struct probe {
    struct arena *arena;
    struct probe_options options;
    struct loop *loop;
    struct probe_shared *shared; /* its own where ... */
    bool is_guest;               /* ... it is not one among others */
    struct resolver *resolver;   /* NULL until first needed, like the next */
    struct http *http;
    size_t fetching; /* under way, or waiting for a connection */
    struct tls_client *tls;
    struct scan_options means;
    size_t expected;             /* scans of passes that only ask the DNS yet */
    struct pass *passes;         /* under way */
    struct budget_left *budgets; /* surveys between their passes */
    size_t budgets_len;
    struct waiting_line waiting;
    void (*room)(void *arg); /* there is room for another target; or NULL */
    void *room_arg;
    probe_seen *seen; /* or NULL */
    void *seen_arg;
    struct timer gave_up; /* tells a guest's owner that it has failed */
    bool failed;          /* our own failure, told in ... */
    struct err err;
};

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
    struct fetch_batch fetches;
    bool is_over;     /* the budget is spent: nothing new is begun */
    size_t open;      /* things under way; at 0 the pass is done */
    size_t expected;  /* scans it will want, until they are known */
    size_t in_flight; /* scans that have begun; and those that wait for ... */
    size_t in_line;   /* ... their turn, behind those of other targets */
    int64_t idle_since_ms; /* monotonic: only waited since; 0: it does not */
    int64_t idle_ms;       /* waited so in all, and not yet made good */
    struct pass *next;
};

/* Not all connections that may be are under way or in line. */
bool pass_may_begin(const struct probe *p);

/* A copy of `plan`, which says what and for whom, begins from the loop, not
 * before. */
void pass_start(struct probe *p, const struct pass *plan);

#endif
