#ifndef CERTMEND_FACTS_NEAR_PORT_H
#define CERTMEND_FACTS_NEAR_PORT_H
/*
 * near_port - the port that was meant by one that is nobody's: 857 for 587
 *
 * Pure. A well-known port is never taken for a mistyped one.
 */
#include <stddef.h>
#include <stdint.h>

enum { NEAR_PORTS_MAX = 4 };

/* The ports of mail programs that look like it, the likeliest first. */
size_t near_ports(uint16_t typed, uint16_t ports[NEAR_PORTS_MAX]);

#endif
