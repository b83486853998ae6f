#ifndef CERTMEND_ACME_AUTHORITATIVE_SERVERS_H
#define CERTMEND_ACME_AUTHORITATIVE_SERVERS_H
/*
 * authoritative_servers - the addresses of the servers that know a name first
 * hand
 *
 * NS of the name or of the nearest name above it, then A and AAAA of each. Who
 * waits for a record asks them again and again, who judges an order once.
 */
#include "acme/propagation.h"

struct authoritative_server {
    const char *host;
    const char *address;
};

/* Calls done exactly once, from inside it or from the loop. None at all: len is
 * 0. */
typedef void authoritative_servers_done(
    void *arg, const struct authoritative_server *servers, size_t len);
void authoritative_servers(const struct propagation_check *w, const char *owner,
                           authoritative_servers_done *done, void *arg);

/* Asks this one server alone, and remembers no longer than it lives. NULL:
 * there is no room for it. */
struct resolver *authoritative_server_open(const struct propagation_check *w,
                                           const char *address);

#endif
