#ifndef CERTMEND_NET_CONNECTION_H
#define CERTMEND_NET_CONNECTION_H
/*
 * connection - one TCP connection that never blocks
 *
 * The struct belongs to the caller, who fills in the first members, as far as
 * `held_back`, and zeroes the rest. What the peer or the network does to the
 * connection is an outcome with its words in `detail`, never an err. The call
 * comes out of the loop, once for every connection_connect() and
 * connection_wait(). A proxy that does not let us through makes NOT_TRIED of a
 * connect: that says nothing about the peer. So does an address that the rule
 * keeps us from: no socket is made then.
 */
#include "base/arena.h"
#include "model/public_address.h"
#include "model/survey.h"
#include "net/loop.h"
#include "net/proxy_talk.h"

#include <stdint.h>

struct connection {
    struct loop *loop;
    struct arena *arena; /* for `detail` */
    void (*call)(void *arg, enum outcome outcome);
    void *arg;
    const struct proxy *proxy; /* to go through; NULL: straight there */
    const struct public_address_rule *rule; /* NULL: anywhere */
    const char *held_back; /* half a sentence: why it goes nowhere; or NULL */
    const char *detail; /* of the last outcome that was no success, or NULL */
    bool open;
    bool connecting;
    int fd;           /* while open */
    int failed_early; /* errno of a connect that never began, or 0 */
    struct watch watch;
    bool at_proxy; /* not through it yet */
    struct proxy_talk talk;
    int64_t deadline_ms; /* of that, on the monotonic clock */
};

/* `address` is an IP address; NULL: no further than to the proxy. OK once the
 * peer has accepted. */
void connection_connect(struct connection *w, const char *address,
                        uint16_t port, int64_t within_ms);

/* OK when the socket is ready for `what` (enum watch_for), TIMED_OUT when
 * it was not in time. */
void connection_wait(struct connection *w, unsigned what, int64_t within_ms);

/*
 * Takes or gives what can be moved now. OK: *moved bytes, at least one;
 * NOT_TRIED: nothing can be moved now, wait; else the connection is over.
 */
enum outcome connection_read(struct connection *w, void *bytes, size_t room,
                             size_t *moved);
enum outcome connection_write(struct connection *w, const void *bytes,
                              size_t len, size_t *moved);

/* Our own address on this connection, canonical text; NULL: unknown. */
const char *connection_own_address(const struct connection *w);

/* The time is up; whose fault that is. */
enum outcome connection_late(struct connection *w);

void connection_close(struct connection *w); /* stops waiting too */

/* What a system error says about the peer; never OK. */
enum outcome connection_outcome(int error);

#endif
