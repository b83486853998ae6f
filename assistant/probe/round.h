#ifndef CERTMEND_PROBE_ROUND_H
#define CERTMEND_PROBE_ROUND_H
/*
 * round - one pass over one survey: ask, look, fetch, write it down
 *
 * Lives in the survey's arena. What it finds joins the survey at its end, in
 * the order of the agenda and not of the answers.
 */
#include "net/http.h"
#include "probe/agenda.h"
#include "probe/queue.h"

struct round;

struct probe {
    struct arena *arena;
    struct probe_options options;
    struct loop *loop;
    size_t resolver_files;     /* it may open */
    struct resolver *resolver; /* NULL until first needed, like the next */
    struct http *http;
    size_t fetches_most; /* connections it may have */
    struct tls_client *tls;
    struct look_means means;
    struct queue queue;
    struct round *rounds;     /* under way */
    struct sitting *sittings; /* surveys between their rounds */
    size_t sittings_len;
    bool failed; /* our own failure, told in ... */
    struct err err;
};

struct errand; /* a fetch that was wished for */

struct round {
    struct probe *probe;
    struct survey *survey;
    bool is_first;
    struct wishes wishes; /* of the second round */
    probe_done *done;
    void *arg;
    int64_t until_ms;   /* monotonic; the budget ends then */
    struct timer begin; /* rings at once, from the loop */
    struct timer budget;
    struct agenda agenda;
    struct inquiry mail, addresses, others;
    struct look **looks;
    size_t looks_len;
    struct errand *errands;
    size_t errands_len;
    bool is_over; /* the budget is spent: nothing new is begun */
    size_t open;  /* things under way; at 0 the round is done */
    struct round *next;
};

/* Begins from the loop, not before. */
void round_start(struct round *r);

/* One of the things under way is done. */
void round_release(struct round *r);

/* Our own failure: the loop stops and probe_run() tells. */
void round_fail(struct round *r);

int64_t round_left_ms(const struct round *r);

/* fetch.c: what to ask first, then the fetching, then what came of it. */
void round_ask_for_fetches(struct round *r);
void round_fetch(struct round *r);
void round_record_fetches(struct round *r);

/* probe.c: a round is done and may be forgotten. */
void probe_forget(struct probe *p, struct round *r);

#endif
