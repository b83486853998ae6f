#ifndef CERTMEND_NET_WEB_SERVER_H
#define CERTMEND_NET_WEB_SERVER_H
/*
 * web_server - pages for browsers, on the loop (libevent's evhttp)
 *
 * evhttp takes more than a browser ever sends, so one gate stands before every
 * handler: GET and POST only, a plain path, one Host that is ours, an Origin
 * that is ours on every POST, a form and nothing else as a body. What does not
 * pass is answered here, in words that repeat nothing. Connections, requests
 * and streams have ceilings in number, time and memory. Every answer carries
 * the headers that keep a browser from doing more with it than show it.
 *
 * HTTP: RFC 9110 and 9112; server-sent events: HTML, 9.2.
 */
#include "base/buf.h"
#include "base/text.h"
#include "net/listen.h"

struct loop;
struct web_server;
struct web_exchange; /* one request and its answer, which may come later */

enum web_method { WEB_GET, WEB_POST };

struct web_field { /* of a form, decoded: UTF-8 without NUL */
    const char *name, *value;
};

struct web_request {
    struct arena *arena; /* lives as long as the exchange */
    enum web_method method;
    const char *path;            /* begins with one "/"; not decoded */
    const char *query;           /* behind "?"; NULL: none */
    const char *cookie;          /* the Cookie line; or "" */
    const char *accept_language; /* or "" */
    const char *client; /* address; behind a proxy what the proxy says */
    const struct web_field *fields;
    size_t fields_len;
};

/* NULL: there is none of that name. */
const char *web_request_field(const struct web_request *q, const char *name);
/* The value of one cookie; NULL: none, or two of that name. */
const char *web_request_cookie(const struct web_request *q, const char *name);
/* The same of "name=value&..." behind the "?": plain, as the gate wants it. */
const char *web_request_query(const struct web_request *q, const char *name);

struct web_answer {
    int status;       /* 200, 303, 403, 404, 421, 429, 503 */
    const char *type; /* "text/html; charset=utf-8" */
    const char *body;
    size_t body_len;
    const char *location;   /* of a 303: a path of ours; or NULL */
    const char *set_cookie; /* the whole value, or NULL */
    const char *file_name;  /* to be saved under; fixed ASCII; or NULL */
    int refresh_s;          /* 0: none */
    int retry_after_s;      /* 0: none */
};

struct web_server_options {
    struct listen_place place;
    /* "127.0.0.1:8080"; lower case. Empty: made of the address and the port. */
    struct text_list hosts;
    const char *origin; /* of our own pages, with --public "https://name";
                           NULL: "http://" and the host that was asked */
    const char *proxy;  /* the only peer that may call, and that says who the
                           client is (X-Forwarded-For, its last); NULL: none */
    /* 0: 256; 32, and any number for this machine's own. Behind a proxy the
     * second is how much may be under way at once for one client. */
    size_t connections_max, per_client_max;
    int64_t request_ms, idle_ms, stream_ms; /* 0: 10, 60, 300 seconds */
};

/* Answers with web_reply() or begins a stream, now or later; exactly once. */
typedef void web_handler(void *arg, struct web_exchange *x,
                         const struct web_request *q);

/* ERR_SYSTEM: it cannot listen there. `o` is copied, its texts are not. */
MUST_CHECK bool web_server_new(struct loop *loop,
                               const struct web_server_options *o,
                               web_handler *handler, void *arg,
                               struct web_server **out, struct err *err);
void web_server_free(struct web_server *s); /* NULL is fine */
uint16_t web_server_port(const struct web_server *s);

/* What is sent is copied. The exchange is gone when it returns. */
void web_reply(struct web_exchange *x, const struct web_answer *answer);

/* For who answers later: called once if the browser leaves before; the
 * exchange is gone then and must not be touched again. */
void web_exchange_on_gone(struct web_exchange *x, void (*gone)(void *arg),
                          void *arg);

/* Server-sent events. False: the reader does not read, or has left: the
 * exchange is gone, and on_gone was not called. */
void web_stream_begin(struct web_exchange *x);
bool web_stream_event(struct web_exchange *x, const char *event,
                      const char *data);
void web_stream_end(struct web_exchange *x); /* the exchange is gone */

#endif
