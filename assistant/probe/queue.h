#ifndef CERTMEND_PROBE_QUEUE_H
#define CERTMEND_PROBE_QUEUE_H
/*
 * queue - who may connect now
 *
 * First come, first served, but at most one connection at a time to one
 * address and port, QUEUE_PER_ADDRESS to one address, `most` in all and
 * `a_second` begun in a second: what is looked at must not be hurt by it.
 * Where nobody took the last connection there is nobody to be hurt, and as
 * many as to one address go at once: many targets at one dead machine would
 * else wait for one another.
 */
#include "probe/crowd.h"
#include "probe/scan.h"

enum { QUEUE_PER_ADDRESS = 8, QUEUE_BUCKETS = 1024, QUEUE_SILENT = 4099 };

struct queue {
    size_t most;
    size_t a_second;     /* 0: as many as there are */
    struct loop *loop;   /* needed where a_second is given */
    struct crowd *crowd; /* who else is at an address; or NULL */
    size_t in_flight_len, waiting_len;
    int64_t next_us;    /* monotonic; none is begun before */
    struct timer later; /* then the next one is */
    struct scan *waiting, *last;
    struct scan
        *in_flight[QUEUE_BUCKETS]; /* by a hash of the address connected to */
    uint64_t silent[QUEUE_SILENT]; /* places, by their hash */
};

void queue_add(struct queue *q, struct scan *l);

/* Starts every scan that may start now. */
void queue_run(struct queue *q);

/* A scan that was started has ended. */
void queue_done(struct queue *q, struct scan *l);

/* Takes a scan that waits out again; false: it was not waiting. */
bool queue_withdraw(struct queue *q, const struct scan *l);

/* Its owner goes: it is out, whether it waits or is under way, and what has
 * become of it says nothing of the peer. False: it was neither. */
bool queue_drop(struct queue *q, struct scan *l);

#endif
