#ifndef CERTMEND_ACME_CHALLENGE_HTTP_H
#define CERTMEND_ACME_CHALLENGE_HTTP_H
/*
 * challenge_http - http-01 by a web server of our own (RFC 8555 8.3)
 *
 * It listens from the first task to the last and answers nothing but their
 * paths.
 */
#include "acme/challenge_solver.h"
#include "net/http_server.h"

struct challenge_http {
    struct loop *loop;
    struct arena *arena;
    struct listen_place place;

    /* its own, zero at first */
    struct http_server *server;
    const struct challenge_task **tasks;
    size_t tasks_len;
};

/* `h` outlives the solver. */
struct challenge_solver challenge_http(struct challenge_http *h);

/* Whatever is still there goes: for who gives up half way. */
void challenge_http_close(struct challenge_http *h);

#endif
