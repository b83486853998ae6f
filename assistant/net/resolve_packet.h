#ifndef CERTMEND_NET_RESOLVE_PACKET_H
#define CERTMEND_NET_RESOLVE_PACKET_H
/*
 * resolve_packet - a DNS message as facts (RFC 1035 4)
 *
 * Helper of net/resolve.c; pure. A record that cannot be read is left out; an
 * answer of nothing else, or a message that cannot be read, is DNS_SERVFAIL. So
 * is a chain of CNAMEs without an end.
 */
#include "model/dns.h"

#include <stddef.h>

/* `answer` has its name and type; outcome, alias, records and ttl_s are filled
 * in. security and why stay as they are. */
void resolve_packet(struct arena *a, const uint8_t *packet, size_t len,
                    struct dns_answer *answer);

#endif
