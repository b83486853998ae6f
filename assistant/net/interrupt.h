#ifndef CERTMEND_NET_INTERRUPT_H
#define CERTMEND_NET_INTERRUPT_H
/*
 * interrupt - Ctrl-C and its like, as a call from the loop
 *
 * SIGINT, SIGTERM and SIGHUP; one that is ignored stays so. Rings once: the
 * next one ends the program. The owner stops it before it dies itself, and
 * before the loop is freed. While set it keeps the loop running.
 */
#include "net/loop.h"

enum { INTERRUPT_SIGNALS = 3 };

struct interrupt {
    void (*call)(void *arg);
    void *arg;
    struct event *events[INTERRUPT_SIGNALS]; /* NULL: not set */
};

void interrupt_set(struct loop *l, struct interrupt *i);
void interrupt_stop(struct interrupt *i);

#endif
