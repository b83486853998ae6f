#ifndef CERTMEND_CMD_FIX_HANDS_H
#define CERTMEND_CMD_FIX_HANDS_H
/*
 * fix_hands - what "certmend fix" changes on this machine itself, from being
 * found to being done
 *
 * A session shows a plan in one turn and carries it out in another: it is the
 * very same one, and is refused where a file was changed in between.
 */
#include "run/here_run.h"

struct fix_hands {
    struct arena *arena; /* outlives all of it */
    struct evaluation *evaluation;
    const char *journal; /* folder, or NULL: the usual one */
    const char *input;   /* words for target_parse() */
    const struct report *report;
    struct target_run look; /* where `report` is from, if we looked */
    bool has_look;
    struct here_report here;
    bool is_open; /* `here` is */
    struct here_plan plan;
    bool silent; /* nothing is said on the way: the end is told to a program */
};

/* A look of our own, for a report of now: a certificate that was ordered after
 * the last look would be one from the future there. */
MUST_CHECK bool fix_hands_look(struct fix_hands *h, struct err *err);

/* Looks at this machine, and makes the plan; changes nothing. */
MUST_CHECK bool fix_hands_find(struct fix_hands *h, struct err *err);
void fix_hands_close(struct fix_hands *h);

struct fix_hands_how {
    bool dry_run, yes, asks_later, is_shown; /* run/here_run.h */
};

/* Not under `yes`, it asks at a terminal, where there is one. */
MUST_CHECK bool fix_hands_run(struct fix_hands *h,
                              const struct fix_hands_how *how,
                              struct here_done *out, struct err *err);

#endif
