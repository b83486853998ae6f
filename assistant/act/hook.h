#ifndef CERTMEND_ACT_HOOK_H
#define CERTMEND_ACT_HOOK_H
/*
 * hook - runs a program of the user's, on the loop
 *
 * No shell: the program gets its words as they are. It inherits our
 * environment with the job's own rows on top, /dev/null as input, the root
 * folder to work in and no open files of ours. Of what it writes the end
 * is kept. When its time is up it and what it started
 * are ended (SIGTERM, then SIGKILL); what it leaves running otherwise is its
 * own affair.
 *
 * That it cannot be started, fails or takes too long is a result.
 */
#include "base/arena.h"

#include <stdint.h>

struct loop;

enum { HOOK_OUTPUT_MAX = 16 * 1024, HOOK_LIMIT_S = 120, HOOK_GRACE_MS = 2000 };

struct hook_job {
    struct loop *loop;
    struct arena *arena;     /* for the result; outlives the job */
    const char *const *argv; /* [0] is the program; NULL ends */
    const char *const *env;  /* "NAME=value"; NULL ends; or NULL */
    int64_t limit_ms;        /* 0: HOOK_LIMIT_S */
};

struct hook_result {
    const char *why;    /* NULL: it ended with status 0; else one sentence with
                           full stop */
    const char *output; /* the end of what it said, on one line; "" */
    int status;         /* exit status; -1: it did not end by itself */
};

typedef void hook_done(void *arg, const struct hook_result *result);

/* Calls done(arg, result) exactly once, from the loop. What `job` points to
 * is copied. */
void hook_run(const struct hook_job *job, hook_done *done, void *arg);

/* A name without slash is looked for where system programs live; NULL: it is
 * nowhere, or may not be run. */
const char *hook_find(struct arena *a, const char *program);

#endif
