#ifndef CERTMEND_RUN_TARGET_RUN_H
#define CERTMEND_RUN_TARGET_RUN_H
/*
 * target_run - one target from words to a judged report
 *
 * The first pass looks at what was asked; while a fault leaves something to
 * find out for its fixes, further passes look at that. Many runs share one
 * probe and run side by side.
 */
#include "run/evaluation.h"

struct target_run {
    struct arena *arena; /* owned: everything about this target */
    struct evaluation *evaluation;
    struct probe *probe;
    const char *label;     /* see struct target; or NULL */
    bool no_files;         /* the words are a stranger's: they name no file */
    struct survey *survey; /* NULL: the words are no target */
    struct report report;  /* good once done() was called without failure */
    bool failed;           /* our own failure; see err */
    struct err err;
    int passes;
    int dns_rounds; /* before the first pass over a mail domain */
    void (*done)(struct target_run *e);
    void *arg; /* the caller's */
};

/* Reads the words; a file is judged at once. Calls done exactly once, perhaps
 * before it returns. */
void target_run_start(struct target_run *e, const char *input);
void target_run_free(struct target_run *e);

/* One target, alone and to the end: e->report is good. Wants target_run_free()
 * in any case. */
MUST_CHECK bool target_run_look(struct target_run *e,
                                struct evaluation *evaluation,
                                const char *input, struct err *err);

/* The report once more, as the options have changed since; nothing is looked
 * at.
 */
MUST_CHECK bool target_run_reword(struct target_run *e, struct err *err);

#endif
