#ifndef CERTMEND_NET_LOOP_H
#define CERTMEND_NET_LOOP_H
/*
 * loop - one event loop: timers, and sockets that become ready
 *
 * The door to libevent. A timer or a watch lives inside its owner's struct,
 * starts as all zeroes but for `call` and `arg`, fires once, and may be set
 * again. The owner stops it before it dies itself; stopping what is not set
 * does nothing.
 *
 *     q->deadline = (struct timer){ .call = too_late, .arg = q };
 *     timer_set(loop, &q->deadline, 5000);
 *
 * Calls come out of loop_run() only, never out of the function that set them.
 */
#include "base/err.h"

#include <stdint.h>

struct loop;
struct event;      /* libevent's */
struct event_base; /* libevent's */

MUST_CHECK bool loop_new(struct loop **out, struct err *err);
void loop_free(struct loop *l); /* NULL is fine */

/* Until nothing is set any more, or loop_stop() was called. */
MUST_CHECK bool loop_run(struct loop *l, struct err *err);
void loop_stop(struct loop *l);

/* For net/ only: what libunbound and libcurl have to be handed. */
struct event_base *loop_base(struct loop *l);

struct timer {
    void (*call)(void *arg);
    void *arg;
    struct event *event; /* NULL: not set */
};

/* Rings in `after_ms`; a timer that is set already is moved. */
void timer_set(struct loop *l, struct timer *t, int64_t after_ms);
void timer_stop(struct timer *t);

enum watch_for { WATCH_READ = 1, WATCH_WRITE = 2 }; /* bits */

struct watch {
    void (*call)(void *arg, bool ready); /* not ready: the time was up */
    void *arg;
    struct event *event; /* NULL: not set */
};

/* Waits until `fd` is ready for any of `what`, at most `within_ms`; negative
 * is for ever. A watch that is set already is replaced. */
void watch_set(struct loop *l, struct watch *w, int fd, unsigned what,
               int64_t within_ms);
void watch_stop(struct watch *w);

#endif
