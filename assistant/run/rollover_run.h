#ifndef CERTMEND_RUN_ROLLOVER_RUN_H
#define CERTMEND_RUN_ROLLOVER_RUN_H
/*
 * rollover_run - a renewal under TLSA records, by a key that waits for it
 *
 * "certmend acme next-key" has made the next key, and TLSA records fit the one
 * that is live: then renewing is more than an order, and takes several runs.
 * Each goes on where the last one was, as far as nothing has to be waited for;
 * short waits are waited for in place.
 *
 * Records come and go by --dns-hook; without, the person is told which.
 */
#include "act/rollover.h"
#include "base/buf.h"
#include "run/exit_status.h"
#include "run/issue_options.h"
#include "run/post_deploy.h"

enum {
    ROLLOVER_PATIENCE_S = 30
}; /* as long a wait is no trouble for a timer */

struct rollover_turn {
    struct arena *arena;
    struct store *store;
    const char *name;                /* in the store */
    const struct store_entry *entry; /* what is live */
    const struct issue_options *how;
    struct issue_order *order;
    bool quiet;       /* nothing but failures */
    bool waits;       /* however long it takes */
    bool is_due;      /* no failure keeps it from ordering now */
    struct buf *text; /* for standard output */
    struct json *json;

    /* what came of it */
    bool ordered; /* `result` says how that went */
    struct issue_result result;

    /* its own, zero at first */
    struct rollover *state;
    struct loop *loop;
    bool runs_again; /* what is to be run after a certificate: nobody knows
                        whether it was */
};

/* Reads how far it has come; *is_under_way. */
MUST_CHECK bool rollover_open(struct rollover_turn *t, bool *is_under_way,
                              struct err *err);

/* A certificate is due: begins where the records call for it. */
MUST_CHECK bool rollover_begin(struct rollover_turn *t, bool *begun,
                               struct err *err);

/* Goes on. Waiting is no failure. */
enum exit_status rollover_go_on(struct rollover_turn *t, struct err *err);

/* Where it stands, in half a sentence: "waits until ...". */
const char *rollover_standing(struct arena *a, struct rollover *r);

/* ---- for rollover*.c ---- */

enum rollover_step { STEP_NEXT, STEP_STOP };

struct rollover_outcome {
    enum rollover_step step;
    enum exit_status status; /* of STEP_STOP */
};

/* rollover_steps.c */
struct rollover_outcome rollover_publish(struct rollover_turn *t,
                                         struct err *err);
struct rollover_outcome rollover_check(struct rollover_turn *t,
                                       struct err *err);
struct rollover_outcome rollover_serve(struct rollover_turn *t,
                                       struct err *err);
struct rollover_outcome rollover_retire(struct rollover_turn *t,
                                        struct err *err);

/* The stage, written down. */
MUST_CHECK bool rollover_enter(struct rollover_turn *t,
                               enum rollover_stage stage, struct err *err);

#endif
