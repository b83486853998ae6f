#ifndef CERTMEND_NET_RESOLVE_CONFIG_H
#define CERTMEND_NET_RESOLVE_CONFIG_H
/*
 * resolve_config - which server is asked, and which trust anchor is believed
 *
 * Helper of net/resolve.c.
 */
#include "net/resolve.h"

#include <stdint.h>

struct resolve_config {
    const char *server; /* "ADDR@PORT" as libunbound has it; NULL: system's */
    const char *anchor; /* file; NULL: nothing is validated */
    bool guessed;       /* nobody asked for this anchor */
};

MUST_CHECK bool resolve_config_read(struct arena *a,
                                    const struct resolver_options *o,
                                    struct resolve_config *out,
                                    struct err *err);

#endif
