#ifndef CERTMEND_NET_REPLIES_H
#define CERTMEND_NET_REPLIES_H
/*
 * replies - what a reply of the peer does to the talk
 *
 * Helper of net/dialogue.c: the next step, the go-ahead, or the end with what
 * is to be told of it.
 */
#include "net/dialogue.h"

void replies_act(struct dialogue *d, enum line_means means);

/* The talk is over; goes to the attempt that was under way. */
void replies_end(struct dialogue *d, enum outcome outcome, const char *detail);

/* Bytes outside the protocol: over, and nothing more is said. */
void replies_nonsense(struct dialogue *d, const char *what);

/* A new reply begins. */
void replies_forget(struct dialogue *d);

#endif
