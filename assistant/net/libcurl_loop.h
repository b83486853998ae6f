#ifndef CERTMEND_NET_LIBCURL_LOOP_H
#define CERTMEND_NET_LIBCURL_LOOP_H
/*
 * libcurl_loop - libcurl's sockets and timers on our loop
 *
 * For net/http.c alone. The struct is the caller's and stays where it is
 * between join and leave.
 */
#include "net/libcurl.h"
#include "net/loop.h"

struct libcurl_loop {
    struct arena *arena;
    struct loop *loop;
    const struct libcurl *api;
    CURLM *multi;
    void (*moved)(void *arg); /* perhaps something is finished now */
    void *arg;
    struct timer timer; /* its own */
};

void libcurl_loop_join(struct libcurl_loop *l);

/* Once the multi handle has been cleaned up: it takes its sockets away. */
void libcurl_loop_leave(struct libcurl_loop *l);

#endif
