#ifndef CERTMEND_RUN_OUTPUT_GONE_H
#define CERTMEND_RUN_OUTPUT_GONE_H
/*
 * output_gone - whoever reads our standard output has left
 *
 * Noticed when it happens, not when the next line is written: the reader of a
 * pipe may leave while a hundred servers keep us waiting. Files and terminals
 * are not watched.
 */
#include "net/loop.h"

struct output_gone {
    struct loop *loop;
    struct watch watch;
    void (*call)(void *arg, const struct err *err); /* ERR_GONE */
    void *arg;
};

void output_gone_watch(struct output_gone *g, struct loop *loop,
                       void (*call)(void *arg, const struct err *err),
                       void *arg);
void output_gone_stop(struct output_gone *g);

#endif
