#ifndef CERTMEND_NET_OFFERS_H
#define CERTMEND_NET_OFFERS_H
/*
 * offers - what a reply of the peer says about the peer: its capabilities,
 * its name, its words for people
 *
 * Helper of net/dialogue.c. Text is made printable on the way.
 */
#include "net/dialogue.h"
#include "net/lines.h"

/* What follows the beginning of a line that offers. */
void offers_read(struct dialogue *d, struct span line);

/* The part meant for people: without "[CODE ...]" and quotes. */
const char *offers_text(const struct dialogue *d, struct span line);

/* The host name at the beginning of a greeting, or in its APOP stamp
 * "<...@host>" (RFC 1939 7); NULL: it names none. */
const char *offers_host(struct arena *a, struct span text);

#endif
