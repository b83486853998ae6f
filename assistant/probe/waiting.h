#ifndef CERTMEND_PROBE_WAITING_H
#define CERTMEND_PROBE_WAITING_H
/*
 * waiting - what a probe waits for, told on a terminal while it does
 *
 * "looking: 5 of 9 ports, waiting for 465 and 993, 6 s". A port counts once
 * for a host, however many addresses it has and however often it is looked at.
 * Nothing of it reaches a survey.
 */
#include "net/loop.h"

#include <stddef.h>

struct probe;
struct pass;

/* The probe's part of it. */
struct waiting_line {
    struct timer tick;
    int64_t since_ms;             /* monotonic; 0: nobody wants to know */
    size_t ports_done;            /* in passes that are over */
    size_t targets_done, targets; /* as probe_tell_targets() says */
};

/* From the loop until waiting_end(); nothing where nobody wants to know. */
void waiting_begin(struct probe *p);
void waiting_end(struct probe *p);

/* This pass is over. */
void waiting_pass_done(struct probe *p, const struct pass *r);

#endif
