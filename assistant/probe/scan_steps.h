#ifndef CERTMEND_PROBE_SCAN_STEPS_H
#define CERTMEND_PROBE_SCAN_STEPS_H
/*
 * scan_steps - what every step of a scan does, and how one leads to the next
 *
 * Helper of probe/scan.c. A step ends by waiting for the connection, by
 * starting the next one, or in scan_steps_end().
 */
#include "probe/scan.h"

int64_t scan_steps_left_ms(const struct scan *l);

/* This attempt begins now. */
void scan_steps_begin(struct scan *l, int64_t within_ms);

struct attempt scan_steps_attempt(const struct scan *l, enum outcome outcome,
                                  const char *detail);

/* The name that the protocol begins with: ours, or the peer's. */
const char *scan_steps_name(struct scan *l, const struct protocol *p);

void scan_steps_hang_up(struct scan *l);

/* What was to be looked at, and nothing of what was seen. */
struct cell scan_steps_unseen(const struct cell *c);

/* What the connection before this one has found goes. */
void scan_steps_forget(struct scan *l);

/* The step at which the server said no; NULL: it did not. */
const struct attempt *scan_steps_refusal(const struct cell *c);

/* The scan is done; nothing touches it afterwards. */
void scan_steps_end(struct scan *l);

#endif
