#ifndef CERTMEND_PROBE_SCAN_INSIDE_H
#define CERTMEND_PROBE_SCAN_INSIDE_H
/*
 * scan_inside - who speaks within TLS, as far as the protocol's capabilities
 *
 * Helper of probe/scan.c: the handshake is done. Ends the scan, or has it
 * begin again (probe/scan_again.h).
 */
#include "probe/scan.h"

void scan_inside_start(struct scan *l);

#endif
