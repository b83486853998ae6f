#ifndef CERTMEND_ACT_ZONE_SERVERS_H
#define CERTMEND_ACT_ZONE_SERVERS_H
/*
 * zone_servers - the addresses of the servers that know a name first hand
 *
 * Helper of act/zone_watch.c: NS of the name or of the nearest name above it,
 * then A and AAAA of each.
 */
#include "act/zone_watch.h"

struct zone_server {
    const char *host;
    const char *address;
};

/* Calls done exactly once, from inside it or from the loop. None at all: len is
 * 0. */
typedef void zone_servers_done(void *arg, const struct zone_server *servers,
                               size_t len);
void zone_servers(const struct zone_watch *w, const char *owner,
                  zone_servers_done *done, void *arg);

#endif
