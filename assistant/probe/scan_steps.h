#ifndef CERTMEND_PROBE_SCAN_STEPS_H
#define CERTMEND_PROBE_SCAN_STEPS_H
/*
 * scan_steps - what scan.c and scan_starttls.c need of each other
 *
 * Every step ends by waiting for the connection, by starting the next one, or
 * in scan_end().
 */
#include "probe/scan.h"

void scan_connect(struct scan *l);
void scan_start_tls(struct scan *l);
void scan_start_negotiation(struct scan *l);
void scan_hear_greeting(struct scan *l); /* clear text where TLS was due */
void scan_close(struct scan *l);
void scan_end(struct scan *l);

/* An attempt begins, and its step may take that long. */
void scan_begin(struct scan *l, int64_t within_ms);
int64_t scan_left_ms(const struct scan *l);
struct attempt scan_attempt(const struct scan *l, enum outcome outcome,
                            const char *detail);

#endif
