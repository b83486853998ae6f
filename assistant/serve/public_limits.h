#ifndef CERTMEND_SERVE_PUBLIC_LIMITS_H
#define CERTMEND_SERVE_PUBLIC_LIMITS_H
/*
 * public_limits - how often may be asked for whom, and about what
 *
 * Counters only, under keyed hashes: no list of who asked or what for can be
 * read from them. Their number is fixed; where there are too many, those that
 * were idle longest go. Pure but for the key.
 */
#include "crypto/token.h"

enum public_limit {
    PUBLIC_CLIENT, /* an IPv4 address, or an IPv6 /64: 6 a minute, 60 a day */
    PUBLIC_DOMAIN, /* a registrable domain: 4 an hour */
    PUBLIC_NET,    /* IPv4 /24, IPv6 /48 that is connected to: 4 an hour */
    PUBLIC_LIMITS,
};

enum { PUBLIC_LIMITS_SETS = 2048, PUBLIC_LIMITS_WAYS = 8, PUBLIC_WINDOWS = 2 };

struct public_limits {
    uint8_t key[TOKEN_KEY];
    struct public_count {
        char who[TOKEN_TEXT]; /* "": free */
        int64_t seen_ms;
        struct {
            int64_t since_ms; /* monotonic */
            unsigned count;
        } windows[PUBLIC_WINDOWS];
    } counts[PUBLIC_LIMITS_SETS][PUBLIC_LIMITS_WAYS];
};

MUST_CHECK bool public_limits_init(struct public_limits *l, struct err *err);

/* Milliseconds until `who` may so many times more; 0: now. An address stands
 * for its block, a host for its registrable domain. */
int64_t public_limits_wait_ms(const struct public_limits *l,
                              enum public_limit kind, const char *who,
                              unsigned times, int64_t now_ms);

/* Once more. */
void public_limits_count(struct public_limits *l, enum public_limit kind,
                         const char *who, int64_t now_ms);

/* "192.0.2.0/24", "2001:db8:1::/48", "example.com": whom it stands for. */
const char *public_limits_block(struct arena *a, enum public_limit kind,
                                const char *who);

#endif
