#ifndef CERTMEND_NET_HTTP_SERVER_H
#define CERTMEND_NET_HTTP_SERVER_H
/*
 * http_server - a small web server on the loop (libevent's evhttp)
 *
 * GET and HEAD only; every question goes to one function, which answers at
 * once. Headers, bodies and the time a client may take have ceilings.
 */
#include "net/listen.h"

#include <stddef.h>

struct http_server;
struct loop;

struct http_server_request { /* good during the call */
    const char *path;        /* decoded no further: "/x%20y"; without "?..." */
    const char *host;        /* as the client says, or "" */
    const char *peer;        /* its address, or "" */
};

struct http_server_reply {
    int status;       /* 200, 404 */
    const char *type; /* "text/plain" */
    const char *body; /* or NULL */
    size_t body_len;
};

/* Fills in *reply, which is a 404 before; what it points to may go when the
 * function has returned to the loop. */
typedef void http_answer(void *arg, const struct http_server_request *query,
                         struct http_server_reply *reply);

MUST_CHECK bool http_server_new(struct loop *loop,
                                const struct listen_place *place,
                                http_answer *answer, void *arg,
                                struct http_server **out, struct err *err);
void http_server_free(struct http_server *s); /* NULL is fine */

uint16_t http_server_port(const struct http_server *s);

#endif
