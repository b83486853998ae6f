#ifndef CERTMEND_ACME_PERSIST_LOOK_H
#define CERTMEND_ACME_PERSIST_LOOK_H
/*
 * persist_look - is the record of dns-persist-01 there, on every server of its
 * zone?
 *
 * Each is asked once, nobody waits. Those that say nothing do not count while
 * another speaks; where no server is to be found the resolver is asked. The
 * worst answer counts: a CA asks one of them, nobody knows which.
 */
#include "acme/authoritative_servers.h"
#include "acme/persist_record.h"

struct persist_look {
    struct authoritative_options dns;
    const char *name; /* whose record it is; a "*." does not matter */
    struct persist_want want;
    int64_t now;
};

struct persist_seen {
    struct persist_worth worth;
    const char *where; /* that says so; NULL: the resolver */
};

/* Called exactly once, from inside it or from the loop. */
typedef void persist_look_done(void *arg, const struct persist_seen *seen);
void persist_look(const struct persist_look *look, persist_look_done *done,
                  void *arg);

#endif
