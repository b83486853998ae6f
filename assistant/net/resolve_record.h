#ifndef CERTMEND_NET_RESOLVE_RECORD_H
#define CERTMEND_NET_RESOLVE_RECORD_H
/*
 * resolve_record - the data of one DNS record as text and numbers
 *
 * Helper of net/resolve_packet.c; pure. Everything read is taken off the
 * front of the rdata; what is left over makes the record unreadable.
 *
 * To add a type: a row in readers[].
 */
#include "model/dns.h"

#include <arpa/nameser.h>
#include <stddef.h>

struct rdata {
    struct arena *arena;
    const ns_msg *msg; /* names point back into it */
    const uint8_t *at;
    size_t len;
};

/* False: not of this type's form; *out is then worth nothing. */
bool record_read(struct rdata *r, enum dns_type type, struct dns_record *out);

/* Takes a name off the front, in normal form; NULL: there is none. */
const char *record_take_name(struct rdata *r);

/* Lower case, no dot at the end; the root is ".". */
const char *record_name(struct arena *a, const char *name);

#endif
