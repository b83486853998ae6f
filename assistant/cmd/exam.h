#ifndef CERTMEND_CMD_EXAM_H
#define CERTMEND_CMD_EXAM_H
/*
 * exam - one target from words to a judged report
 *
 * Round 1 looks at what was asked; while a fault leaves something to find out
 * for its fixes, further rounds look at that. Many exams share one probe and
 * run side by side.
 */
#include "cmd/judgement.h"

struct exam {
    struct arena *arena; /* owned: everything about this target */
    struct judge *judge;
    struct probe *probe;
    struct survey *survey;
    struct report report; /* good once done() was called without failure */
    bool failed;          /* our own failure; see err */
    struct err err;
    int rounds;
    void (*done)(struct exam *e);
    void *arg; /* the caller's */
};

/* Reads the words; a file is judged at once. Calls done exactly once, perhaps
 * before it returns. */
void exam_start(struct exam *e, const char *input);
void exam_free(struct exam *e);

/* One target, alone and to the end: e->report is good. Wants exam_free() in
 * any case. */
MUST_CHECK bool exam_look(struct exam *e, struct judge *judge,
                          const char *input, struct err *err);

#endif
