#ifndef CERTMEND_NET_LOOKUP_H
#define CERTMEND_NET_LOOKUP_H
/*
 * lookup - the addresses of a host, asked for once
 *
 * What came of a name, failure too, stays the answer for as long as the lookups
 * live: for a session with one server, not for a look at many.
 */
#include "base/arena.h"

#include <stddef.h>

struct lookup_host;
struct resolver;

struct lookups {
    struct arena *arena;
    struct resolver *resolver; /* freed before the arena is */
    struct lookup_host *hosts; /* NULL at first */
};

struct lookup_answer {
    const char **addresses; /* in the order they came */
    size_t len;
    const char *why; /* half a sentence: why there are none; else NULL */
};

typedef void lookup_done(void *arg, const struct lookup_answer *answer);

/* `host` is a name or an address in normal form. Calls done exactly once, from
 * inside or from the loop; `waiter` lives until then. */
void lookup(struct lookups *l, struct arena *waiter, const char *host,
            lookup_done *done, void *arg);

#endif
