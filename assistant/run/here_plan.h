#ifndef CERTMEND_RUN_HERE_PLAN_H
#define CERTMEND_RUN_HERE_PLAN_H
/*
 * here_plan - what this machine can do itself about what was seen of it
 *
 * Takes what run/here_look.h found, one change for each server: a server that
 * names the right file only reads it again; else it is given one that lies here
 * already and is right. What all changes together would bring is tried on a
 * copy of the survey: where they would bring a fault anywhere, or mend none,
 * nothing is offered.
 */
#include "run/here_change.h"
#include "run/here_look.h"

struct here_plan {
    const struct here_change *items;
    size_t len;
    struct text_list said; /* sentences: why something is not offered */
};

/* `here` and its configurations have to outlive the plan. */
MUST_CHECK bool here_plan_make(struct arena *a, struct evaluation *j,
                               const struct report *report,
                               const struct here_report *here,
                               struct here_plan *out, struct err *err);

#endif
