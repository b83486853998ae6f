#ifndef CERTMEND_RUN_HERE_RUN_H
#define CERTMEND_RUN_HERE_RUN_H
/*
 * here_run - carries out what this machine can do about what was seen of it
 *
 * One server after the other, each shown, agreed to, proven and kept or taken
 * back (run/here_apply.h). What the next one is held against is the first look
 * with the kept ones in it.
 */
#include "run/here_apply.h"
#include "run/here_plan.h"

struct here_run {
    struct arena *arena;
    struct evaluation *evaluation;
    const struct report *report; /* the first look */
    const char *input;           /* words for target_parse() */
    const struct here_plan *plan;
    const char *journal; /* folder; NULL: the usual one */
    bool dry_run, yes;
    bool asks_later; /* dry_run: it is shown now, and asked about later */
    bool is_shown;   /* the person has seen this very plan already */
    void *arg;       /* of those: */
    bool (*say)(void *arg, const char *text, struct err *err);
    /* As here_world.agree(); not asked under `yes`. */
    bool (*agree)(void *arg, bool *yes, bool *asked, struct err *err);
};

struct here_done {
    struct here_result *items; /* for each change of the plan */
    size_t len;
    bool all_well; /* the last look at everything found nothing wrong */
};

MUST_CHECK bool here_run(const struct here_run *run, struct here_done *out,
                         struct err *err);

/* Nothing is left to be done by somebody. */
bool here_run_is_good(const struct here_done *done);

/* "changes": what was done, or would be; "not_changed": why no more. */
void here_run_json(struct arena *a, const struct here_plan *plan,
                   const struct here_done *done, struct json *to);

#endif
