#ifndef CERTMEND_ACT_LIVE_WAIT_H
#define CERTMEND_ACT_LIVE_WAIT_H
/*
 * live_wait - until a certificate that no TLSA record fitted may go live
 *
 *     DIR/archive/NAME/waiting.json    how long it has waited
 *
 * The record that fits may be there; senders hold the answers from before it
 * for their whole time to live. So twice that time goes by from when it is
 * first seen, counted as by act/rollover.h. Where it is gone meanwhile, the
 * count begins anew, and so where the file cannot be read.
 */
#include "act/dane_look.h"
#include "act/rollover.h"

enum live_wait_state {
    LIVE_WAIT_MISMATCH, /* a record is there, and none fits */
    LIVE_WAIT_LOST,     /* could not be learnt: the count goes on */
    LIVE_WAIT_FITS,     /* nothing stands in the way by now */
};

struct live_wait {
    bool is_on;         /* it was met by records that do not fit */
    int64_t left_ms;    /* 0: it may go live */
    int64_t first_seen; /* Unix seconds; 0: not yet */
};

/* What was seen now. */
struct live_wait_look {
    const char *certificate; /* SHA-256 of the one that waits */
    const struct dane_seen *seen;
    enum live_wait_state state;
};

/* Writes down what was seen. Wants store_lock(). */
MUST_CHECK bool live_wait_count(struct store *s, const char *name,
                                const struct live_wait_look *look,
                                struct live_wait *out, struct err *err);

/* It is live. */
void live_wait_end(struct store *s, const char *name);

#endif
