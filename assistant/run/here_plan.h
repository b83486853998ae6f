#ifndef CERTMEND_RUN_HERE_PLAN_H
#define CERTMEND_RUN_HERE_PLAN_H
/*
 * here_plan - what this machine can do itself about what was seen of it
 *
 * In this order, the cheapest first: a server that serves an older file than
 * the one it names is told to read it again; one that names files which do not
 * do is given others that lie on this machine already and do. What a change
 * would bring is tried on a copy of the survey: where it would bring a fault
 * anywhere, or mend none, it is not offered.
 */
#include "run/here_change.h"
#include "run/here_pairs.h"

/* One look, and the place of a configuration that answered it. */
struct here_spot {
    size_t cell; /* of the report's survey */
    const struct server_conf *conf;
    const struct tls_place *place;
};

struct here_plan_request {
    struct evaluation *evaluation;
    const struct report *report;
    const struct here_spot *spots;
    size_t spots_len;
    const char *store; /* folder, or NULL: the usual one */
};

struct here_plan {
    const struct here_change *items;
    size_t len;
    struct text_list said; /* sentences: why something is not offered */
};

MUST_CHECK bool here_plan_make(struct arena *a,
                               const struct here_plan_request *request,
                               struct here_plan *out, struct err *err);

#endif
