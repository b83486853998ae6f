#ifndef CERTMEND_ACME_PROPAGATION_H
#define CERTMEND_ACME_PROPAGATION_H
/*
 * propagation - until every authoritative server shows a record
 *
 * A CA asks one of them, nobody knows which. The servers are those of
 * the zone's NS records, on every address; one that never answers from here is
 * passed over. Where no NS record can be seen, the resolver itself is asked for
 * a while; a "no" of its proves nothing, nor does it when nobody answers at
 * all: then the CA is asked, who may see more. With `strict` somebody has to
 * have seen it.
 */
#include "acme/authoritative_servers.h"

/* How it was seen. */
struct zone_answer {
    uint32_t ttl_s;   /* the longest that a server says */
    bool by_resolver; /* no server of the zone could be asked: a TTL from there
                         may be what is left of a longer one */
};

struct propagation_check {
    struct authoritative_options dns;
    int64_t limit_ms;   /* to wait in all */
    int64_t pause_ms;   /* between two passes; 0: PROPAGATION_PAUSE_MS */
    bool only_warns;    /* a zone that never shows it is no reason to give up:
                           the CA may look elsewhere */
    enum dns_type type; /* 0: TXT */
    bool strict;
    struct zone_answer *seen; /* filled in where it is seen; or NULL */
    const bool *stopped; /* once it is true nobody waits any longer; or NULL */
};

enum {
    PROPAGATION_PAUSE_MS = 2000,
    PROPAGATION_RESOLVER_MS = 10 * 1000, /* where there is nobody else to ask */
};

bool propagation_check_is_stopped(const struct propagation_check *w);

/* NULL: go on; else one sentence, who does not. */
typedef void propagation_check_done(void *arg, const char *why);

/* Calls done exactly once, from inside it or from the loop. `owner` is what
 * CNAME records lead to. */
void propagation_check(const struct propagation_check *w, const char *owner,
                       const char *value, propagation_check_done *done,
                       void *arg);

#endif
