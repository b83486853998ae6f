#ifndef CERTMEND_NET_WEB_CONNECTIONS_H
#define CERTMEND_NET_WEB_CONNECTIONS_H
/*
 * web_connections - who is connected to a web server, and for how long yet
 *
 * evhttp counts nobody, and its timeout is one of silence: a byte a second
 * keeps a connection open for ever. Here each has a place among so many, a
 * state, and the time it may stay in it. When all places are taken those that
 * only wait, or dawdle with their request, lose theirs first, so that whoever
 * asks something soon finds one.
 */
#include "net/web_door.h"

#include <stddef.h>

struct arena;
struct bufferevent; /* libevent's */
struct evhttp_connection;
struct web_exchange;

enum web_connection_state {
    WEB_FREE,
    WEB_ASKING,    /* a request is awaited, or coming in */
    WEB_ANSWERING, /* it is with the handler */
    WEB_STREAMING,
    WEB_RESTING, /* an answer goes out; then another request may come */
};

struct web_connection {
    struct web_connections *all;
    enum web_connection_state state;
    int64_t since_ms; /* in that state */
    struct bufferevent *bev;
    bool met;                      /* who it is, is known */
    bool ending;                   /* web_connection_end() was called */
    bool counts;                   /* for per_client_max */
    unsigned char client[17];      /* address family, address; IPv6: its /64 */
    struct web_exchange *exchange; /* ANSWERING, STREAMING */
};

struct web_connection_limits {
    size_t connections_max, per_client_max;
    bool own_too;      /* per_client_max is for callers of this machine, too */
    const char *proxy; /* canonical address: never too many; or NULL */
    int64_t request_ms, idle_ms, stream_ms;
};

struct web_connections {
    struct loop *loop;
    struct web_door *door;
    struct web_connection_limits limits;
    struct web_connection *places; /* limits.connections_max */
    size_t taken;
    struct timer meet, sweep;
};

/* `door` outlives it; evhttp_free() comes before web_connections_close(). */
void web_connections_open(struct web_connections *c, struct arena *a,
                          struct loop *loop, struct evhttp *http,
                          struct web_door *door,
                          const struct web_connection_limits *limits);
void web_connections_close(struct web_connections *c);

/* NULL: it has no place here. */
struct web_connection *web_connections_find(struct web_connections *c,
                                            struct evhttp_connection *of);

void web_connection_turn(struct web_connection *c,
                         enum web_connection_state state);
/* Tells when the browser leaves, though nothing is sent yet. */
void web_connection_listen(struct web_connection *c);
size_t web_connection_unsent(const struct web_connection *c); /* bytes */
/* Canonical address of who is at the other end; "": gone already. */
const char *web_connection_peer(struct arena *a,
                                const struct web_connection *c);
/* From the loop, soon: evhttp's close callback is called. */
void web_connection_end(struct web_connection *c);

/* Ends those who have not read for longest, at once, until so many more bytes
 * may lie there for somebody to read. */
void web_connections_make_room(struct web_connections *c, size_t len);

#endif
