#ifndef CERTMEND_NET_SIGNALS_H
#define CERTMEND_NET_SIGNALS_H
/*
 * signals - Ctrl-C and its like, as a call from the loop
 *
 * SIGINT, SIGTERM and SIGHUP; one that is ignored stays so. Rings once: the
 * next one ends the program. The owner stops it before it dies itself, and
 * before the loop is freed. While set it keeps the loop running.
 */
#include "net/loop.h"

enum { SIGNALS_SIGNALS = 3 };

struct signals {
    void (*call)(void *arg);
    void *arg;
    struct event *events[SIGNALS_SIGNALS]; /* NULL: not set */
};

void signals_set(struct loop *l, struct signals *i);
void signals_stop(struct signals *i);

#endif
