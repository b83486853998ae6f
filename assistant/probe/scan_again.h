#ifndef CERTMEND_PROBE_SCAN_AGAIN_H
#define CERTMEND_PROBE_SCAN_AGAIN_H
/*
 * scan_again - a second connection, where the first says that one is worth it
 *
 * Helper of probe/scan.c. Once for each reason, and what the first connection
 * found is forgotten, or told where the second finds less.
 */
#include "probe/scan.h"

/* It greets as `speaks` (lines_guess_protocol()), which is another service than
 * was tried: once more as that. false: nothing to be tried. */
bool scan_again_as(struct scan *l, const char *speaks);

/* An SMTP server says "not now" (4xx, RFC 5321 4.2.1): once more after a
 * moment. false: it does not, or did so before. */
bool scan_again_later(struct scan *l);

#endif
