#ifndef CERTMEND_PROBE_ROUTE_H
#define CERTMEND_PROBE_ROUTE_H
/*
 * route - where a connection really goes, under --connect-to
 *
 * As curl's: the first rule that matches counts. A rule for the name looked at
 * replaces the name whose addresses are used; a rule for an address replaces
 * only what is dialled.
 */
#include "probe/probe.h"

struct dial_place {
    const char *address;
    uint16_t port; /* host order */
};

/* The name (or address) whose addresses stand for `host`. */
const char *route_source(const struct probe_options *o, const char *host,
                         uint16_t port);

struct dial_place route_dial(const struct probe_options *o, const char *host,
                             const char *address, uint16_t port);

#endif
