#ifndef CERTMEND_NET_REPLY_H
#define CERTMEND_NET_REPLY_H
/*
 * reply - what a reply of the peer does to the negotiation
 *
 * Helper of net/negotiation.c: the next step, the go-ahead, or the end with
 * what is to be told of it.
 */
#include "net/negotiation.h"

void reply_act(struct negotiation *d, enum line_means means);

/* The negotiation is over; goes to the attempt that was under way. */
void reply_end(struct negotiation *d, enum outcome outcome, const char *detail);

/* Bytes outside the protocol: over, and nothing more is said. */
void reply_protocol_error(struct negotiation *d, const char *what);

/* Says what the step says, and the peer has the word. */
void reply_say(struct negotiation *d);

/* A new reply begins. */
void reply_forget(struct negotiation *d);

#endif
