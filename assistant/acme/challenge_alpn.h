#ifndef CERTMEND_ACME_CHALLENGE_ALPN_H
#define CERTMEND_ACME_CHALLENGE_ALPN_H
/*
 * challenge_alpn - tls-alpn-01 by a TLS server of our own (RFC 8737)
 *
 * It listens from the first task to the last.
 */
#include "acme/challenge_solver.h"
#include "net/alpn_server.h"

struct alpn_shown;

struct challenge_alpn {
    struct loop *loop;
    struct arena *arena;
    struct listen_place place;

    /* its own, zero at first */
    struct alpn_server *server;
    struct alpn_shown *shown;
    size_t shown_len;
};

/* `c` outlives the solver. */
struct challenge_solver challenge_alpn(struct challenge_alpn *c);

/* Whatever is still there goes: for who gives up half way. */
void challenge_alpn_close(struct challenge_alpn *c);

#endif
