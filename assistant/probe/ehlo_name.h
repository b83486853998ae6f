#ifndef CERTMEND_PROBE_EHLO_NAME_H
#define CERTMEND_PROBE_EHLO_NAME_H
/*
 * ehlo_name - how we introduce ourselves to a mail server
 */
#include "base/arena.h"

/* This machine's fully qualified name; NULL where it has none that a server
 * would take (RFC 5321 4.1.4). */
const char *ehlo_name(struct arena *a);

/* "[192.0.2.7]", "[IPv6:2001:db8::7]" (RFC 5321 4.1.3). NULL stands for
 * loopback. */
const char *ehlo_name_literal(struct arena *a, const char *address);

#endif
