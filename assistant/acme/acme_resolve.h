#ifndef CERTMEND_ACME_ACME_RESOLVE_H
#define CERTMEND_ACME_ACME_RESOLVE_H
/*
 * acme_resolve - which addresses an address of the CA leads to
 *
 * Each host is looked up once a session.
 */
#include "base/arena.h"

#include <stdint.h>

struct acme;

struct acme_reach {
    const char *const *addresses; /* at least one, unless `why` */
    size_t len;
    uint16_t port;   /* to be dialled */
    const char *why; /* half a sentence: why it leads nowhere; else NULL */
};

typedef void acme_dialled(void *arg, const struct acme_reach *to);

/* Calls done exactly once, from inside or from the loop; `waiter` arena must
 * live until then. */
void acme_resolve(struct acme *s, struct arena *waiter, const char *url,
                  acme_dialled *done, void *arg);

#endif
