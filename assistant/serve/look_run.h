#ifndef CERTMEND_SERVE_LOOK_RUN_H
#define CERTMEND_SERVE_LOOK_RUN_H
/*
 * look_run - a look of serve/looks.h, carried out
 *
 * On a probe of its own among those that share the loop, so that each look
 * asks the DNS afresh. What is seen on the way is written into the look's
 * ports, and whoever watches it is told.
 */
#include "serve/looks.h"

struct serve;

/* For struct looks; `serve` is the struct serve. */
void look_run_start(void *serve, struct serve_look *l);
void look_run_drop(void *serve, struct serve_look *l);

#endif
