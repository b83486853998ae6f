#ifndef CERTMEND_ACT_ZONE_WATCH_H
#define CERTMEND_ACT_ZONE_WATCH_H
/*
 * zone_watch - until every authoritative server shows a TXT record
 *
 * An authority asks one of them, nobody knows which. The servers are those of
 * the zone's NS records, on every address; one that never answers from here is
 * passed over as long as another one does. Where no NS record can be seen, the
 * resolver itself is asked.
 */
#include "net/resolve.h"

struct loop;

struct zone_watch {
    struct loop *loop;
    struct arena *arena; /* outlives the watch */
    const struct resolver_options *resolver;
    uint16_t port;    /* of the authoritative servers; 0: 53 */
    int64_t limit_ms; /* to wait in all */
    int64_t pause_ms; /* between two rounds; 0: ZONE_WATCH_PAUSE_MS */
};

enum { ZONE_WATCH_PAUSE_MS = 2000, ZONE_WATCH_MAX = 32 };

/* NULL: all show it; else one sentence, who does not. */
typedef void zone_watch_done(void *arg, const char *why);

/* Calls done exactly once, from inside it or from the loop. `owner` is what
 * CNAME records lead to. */
void zone_watch(const struct zone_watch *w, const char *owner,
                const char *value, zone_watch_done *done, void *arg);

/* Where CNAME records lead from `owner`, itself if nowhere. */
typedef void zone_target_done(void *arg, const char *target);
void zone_target(const struct zone_watch *w, const char *owner,
                 zone_target_done *done, void *arg);

#endif
