#ifndef CERTMEND_PROBE_LOOK_STEPS_H
#define CERTMEND_PROBE_LOOK_STEPS_H
/*
 * look_steps - what look.c and look_talk.c need of each other
 *
 * Every step ends by waiting on the wire, by starting the next one, or in
 * look_end().
 */
#include "probe/look.h"

void look_dial(struct look *l);
void look_start_tls(struct look *l);
void look_start_talk(struct look *l);
void look_hear_greeting(struct look *l); /* clear text where TLS was due */
void look_hang_up(struct look *l);
void look_end(struct look *l);

/* An attempt begins, and its step may take that long. */
void look_begin(struct look *l, int64_t within_ms);
int64_t look_left_ms(const struct look *l);
struct attempt look_attempt(const struct look *l, enum outcome outcome,
                            const char *detail);

#endif
