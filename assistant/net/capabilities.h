#ifndef CERTMEND_NET_CAPABILITIES_H
#define CERTMEND_NET_CAPABILITIES_H
/*
 * capabilities - what a reply of the peer says about the peer: its
 * capabilities, its name, its words for people
 *
 * Helper of net/negotiation.c. Text is made printable on the way.
 */
#include "net/lines.h"
#include "net/negotiation.h"

/* What follows the beginning of a line that offers. */
void capabilities_read(struct negotiation *d, struct span line);

/* The part meant for people: without "[CODE ...]" and quotes. */
const char *capabilities_text(const struct negotiation *d, struct span line);

/* The host name at the beginning of a greeting, or in its APOP timestamp
 * "<...@host>" (RFC 1939 7); NULL: it names none. */
const char *capabilities_host(struct arena *a, struct span text);

#endif
