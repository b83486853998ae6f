#ifndef CERTMEND_SERVE_LOOK_WATCH_H
#define CERTMEND_SERVE_LOOK_WATCH_H
/*
 * look_watch - how far a look is, for the page and for its stream of events
 *
 * "port" for each port that has come a step further, "done" at the end. A
 * reader that leaves, or does not read, is forgotten; the look goes on.
 */
#include "probe/probe.h"
#include "serve/looks.h"

struct web_exchange;

/* "waiting", "talking", "open", "closed". */
const char *look_port_step(const struct look_port *p);
/* "port-3": in the page and in events. */
const char *look_port_id(struct arena *a, const struct serve_look *l,
                         const struct look_port *p);
size_t look_ports_done(const struct serve_look *l);

/* A cell has come further. */
void look_watch_cell(struct serve_look *l, const struct cell *c,
                     enum probe_step step);

/* Begins the stream; that of a look that is done says so and ends. */
void look_watch(struct serve_look *l, struct web_exchange *x);

/* It is done, or goes: all streams end. */
void look_watch_end(struct serve_look *l);

#endif
