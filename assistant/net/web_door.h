#ifndef CERTMEND_NET_WEB_DOOR_H
#define CERTMEND_NET_WEB_DOOR_H
/*
 * web_door - who listens for an evhttp, and may stop for a while
 *
 * evhttp's own listener asks again and again, without a pause and with a line
 * on standard error each time, when there is no descriptor for one more
 * connection. This one waits a little, and says so once a minute.
 */
#include "net/listen.h"
#include "net/loop.h"

struct evhttp;         /* libevent's */
struct evconnlistener; /* libevent's */

struct web_door {
    struct loop *loop;
    struct evconnlistener *listeners[LISTEN_MAX];
    int len;
    bool shut;          /* by web_door_hold() */
    struct timer pause; /* set: no descriptor was free */
    int64_t told_ms;    /* when that was said last; 0: never */
    struct web_door *next;
};

/* The sockets are the door's from now on, also when it fails. */
MUST_CHECK bool web_door_open(struct web_door *d, struct loop *loop,
                              struct evhttp *http,
                              struct listen_sockets *sockets, struct err *err);
void web_door_hold(struct web_door *d, bool shut);
/* Before evhttp_free(), which closes the sockets. */
void web_door_close(struct web_door *d);

#endif
