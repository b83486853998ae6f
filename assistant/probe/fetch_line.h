#ifndef CERTMEND_PROBE_FETCH_LINE_H
#define CERTMEND_PROBE_FETCH_LINE_H
/*
 * fetch_line - whose fetches may go to a machine now
 *
 * Of many targets on one machine one at a time fetches from an address and
 * port of it; the others wait for their turn. The fetches of one target go side
 * by side, as a browser's do. Where no connection comes about nobody is hurt,
 * and nobody waits any more. On behalf of anybody all of them are of one crowd
 * with the looks, and may have to wait for those.
 */
#include "probe/crowd.h"

#include <stdbool.h>
#include <stdint.h>

struct fetch_turn {      /* one fetch; lives with it */
    const void *whose;   /* of all that may go side by side the same */
    const char *address; /* that it goes to first */
    uint16_t port;
    void (*go)(void *arg); /* its turn has come, perhaps at once */
    void *arg;
    int64_t since_ms; /* monotonic: asked for its turn */
    struct fetch_turn *next;
};

enum { FETCH_LINE_BUCKETS = 1024 };

struct fetch_line {
    struct fetch_bucket {
        struct fetch_turn *out, *waiting;
        uint64_t silent;           /* the hash of a place that is; 0: none */
    } buckets[FETCH_LINE_BUCKETS]; /* by a hash of address and port */
    struct crowd *crowd;           /* who else is at an address; or NULL */
    void (*moved)(void *arg);      /* one has ended; or NULL */
    void *arg;
};

void fetch_line_ask(struct fetch_line *l, struct fetch_turn *t);

/* One that went has ended; those that waited for it go. `silent`: nobody took
 * the connection. */
void fetch_line_done(struct fetch_line *l, struct fetch_turn *t, bool silent);

/* Whatever may go now goes: elsewhere a connection has ended. */
void fetch_line_run(struct fetch_line *l);

/* The owner of one that went or waits goes: it is out. Once all of the owner's
 * are, those that waited for it go. */
void fetch_line_leave(struct fetch_line *l, const struct fetch_turn *t);
void fetch_line_left(struct fetch_line *l, const struct fetch_turn *t);

#endif
