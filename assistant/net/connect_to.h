#ifndef CERTMEND_NET_CONNECT_TO_H
#define CERTMEND_NET_CONNECT_TO_H
/*
 * connect_to - where a connection really goes, under --connect-to
 *
 * "HOST:PORT:ADDR:PORT", as curl's option of that name: empty fields mean any,
 * IPv6 addresses stand in brackets, the first rule that fits counts. A rule for
 * the name looked at replaces the name whose addresses are used; a rule for an
 * address replaces only what is connected to.
 */
#include "base/arena.h"
#include "base/err.h"

#include <stdint.h>

struct connect_to {   /* "" and 0 mean any */
    const char *host; /* the name looked at, or the address connected to */
    uint16_t port;
    const char *to_host; /* address or name; "" keeps it */
    uint16_t to_port;    /* 0 keeps it */
};

struct connect_to_list {
    struct connect_to *rules;
    size_t len;
};

/* Reads a rule and puts it behind the others. */
MUST_CHECK bool connect_to_add(struct arena *a, struct connect_to_list *list,
                               const char *text, struct err *err);

/* The rule as text again. */
const char *connect_to_text(struct arena *a, const struct connect_to *rule);

/* The name (or address) whose addresses stand for `host`. */
const char *connect_to_source(const struct connect_to_list *list,
                              const char *host, uint16_t port);

struct connect_place {
    const char *address;
    uint16_t port; /* host order */
};

/* Where to go for this address of `host`. */
struct connect_place connect_to_place(const struct connect_to_list *list,
                                      const char *host, const char *address,
                                      uint16_t port);

#endif
