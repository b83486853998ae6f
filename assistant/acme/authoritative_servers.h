#ifndef CERTMEND_ACME_AUTHORITATIVE_SERVERS_H
#define CERTMEND_ACME_AUTHORITATIVE_SERVERS_H
/*
 * authoritative_servers - the addresses of the servers that know a name first
 * hand
 *
 * NS of the name or of the nearest name above it, then A and AAAA of each. Who
 * waits for a record asks them again and again, who judges an order once.
 */
#include "net/connect_to.h"
#include "net/resolve.h"

struct authoritative_options {
    struct loop *loop;
    struct arena *arena; /* outlives what is asked */
    const struct resolver_options *resolver;
    uint16_t port;                     /* of the authoritative servers; 0: 53 */
    struct connect_to_list connect_to; /* of their addresses */
};

enum { AUTHORITATIVE_MAX = 32 }; /* addresses; more are not asked */

struct authoritative_server {
    const char *host;
    const char *address;
};

/* Calls done exactly once, from inside it or from the loop. None at all: len is
 * 0. */
typedef void authoritative_servers_done(
    void *arg, const struct authoritative_server *servers, size_t len);
void authoritative_servers(const struct authoritative_options *o,
                           const char *owner, authoritative_servers_done *done,
                           void *arg);

/* Where CNAME records lead from `owner`, itself if nowhere. */
typedef void cname_target_done(void *arg, const char *target);
void cname_target(const struct authoritative_options *o, const char *owner,
                  cname_target_done *done, void *arg);

/* Asks this one server alone, and remembers no longer than it lives. NULL:
 * there is no room for it. */
struct resolver *authoritative_server_open(
    const struct authoritative_options *o, const char *address);

#endif
