#ifndef CERTMEND_NET_TAGS_H
#define CERTMEND_NET_TAGS_H
/*
 * tags - where a tag of an XML stream ends, and what it is
 *
 * Helper of net/negotiation.c; pure. As much XML as the first words of an XMPP
 * stream need: no entities, no namespaces, nothing is nested.
 */
#include "base/arena.h"
#include "net/lines.h"

/* Bytes of the first tag and the text before it; 0 while it is not all there;
 * more than `max`, when it is or will be longer. */
size_t tags_first(struct span in, size_t max);

/* "<stream:stream to='x'>" as "stream to='x'", "</stream:features>" as
 * "/features", "<starttls/>" as "starttls /". Text before it is left out. */
struct span tags_plain(struct arena *a, struct span tag);

/* Its first word, without the "/" of an end: "starttls". */
struct span tags_word(struct span plain);

#endif
