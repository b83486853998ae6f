#ifndef CERTMEND_PROBE_QUEUE_H
#define CERTMEND_PROBE_QUEUE_H
/*
 * queue - who may connect now
 *
 * First come, first served, but at most one connection at a time to one
 * address and port, QUEUE_PER_ADDRESS to one address, and `most` in all: what
 * is looked at must not be hurt by it.
 */
#include "probe/scan.h"

enum { QUEUE_PER_ADDRESS = 8, QUEUE_BUCKETS = 1024 };

struct queue {
    size_t most;
    size_t in_flight_len;
    struct scan *waiting, *last;
    struct scan
        *in_flight[QUEUE_BUCKETS]; /* by a hash of the address connected to */
};

void queue_add(struct queue *q, struct scan *l);

/* Starts every scan that may start now. */
void queue_run(struct queue *q);

/* A scan that was started has ended. */
void queue_done(struct queue *q, struct scan *l);

/* Takes a scan that waits out again; false: it was not waiting. */
bool queue_withdraw(struct queue *q, const struct scan *l);

#endif
