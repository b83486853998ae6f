#ifndef CERTMEND_NET_HTTP_H
#define CERTMEND_NET_HTTP_H
/*
 * http - requests, and what came of them; the door to libcurl
 *
 * libcurl and its 30 libraries are loaded by http_new(), not at start: most
 * runs never fetch anything. Names are looked up once a session, unless the
 * caller has the addresses; --connect-to counts for either. Redirects are not
 * followed but told, environment proxies are not used, and no more of a body is
 * kept than was asked for. Whatever the server does is data.
 */
#include "model/public_address.h"
#include "model/survey.h"
#include "net/connect_to.h"
#include "net/proxy.h"

struct http;
struct loop;
struct resolver;

enum { HTTP_FILES = 256 }; /* connections at once; the rest waits */

struct http_options {
    struct loop *loop;
    const char *ca_file;       /* whom to trust for https; NULL: the system's */
    struct resolver *resolver; /* NULL: every request brings its addresses;
                                  else it is freed before the session */
    struct connect_to_list connect_to;
    const struct proxy *proxy; /* to go through, its address known; or NULL */
    const struct public_address_rule *public_only; /* where it may look for who
                                  asks on behalf of anybody; NULL: anywhere */
    size_t most; /* connections at once; 0: HTTP_FILES */
};

/* The texts must outlive the session. */
MUST_CHECK bool http_new(const struct http_options *o, struct http **out,
                         struct err *err);
/* What is under way is dropped; its `done` is not called. NULL is fine. */
void http_free(struct http *h);

struct http_place {
    const char *host; /* in normal form */
    uint16_t port;
};

/* Where a URL leads; false: it is none, or neither http nor https. */
bool http_place(struct http *h, struct arena *a, const char *url,
                struct http_place *out);

enum { HTTP_HEADERS_MAX = 100, HTTP_HEADER_BYTES_MAX = 64 * 1024 };

struct http_request {
    const char *method; /* "GET", "HEAD", "POST" */
    const char *url;
    const char *const *addresses; /* of the host, tried side by side; NULL: they
                                     are looked up */
    size_t addresses_len;
    int64_t wait_ms;
    const char *const *headers; /* "Name: value" */
    size_t headers_len;
    const void *body; /* of POST; must live until `done` */
    size_t body_len;
    size_t body_max;  /* of the answer; 0: FETCH_MAX */
    bool keep;        /* the connection may serve others, and be one that did */
    bool is_unproven; /* whoever answers will do: for what is only told, and
                         no secret is sent */
    const bool *stopped; /* once it is true it is not sent any more; or NULL */
};

struct http_header {
    const char *name;  /* lower case */
    const char *value; /* as sent, blanks around it taken off: not printable
                          until somebody makes it so */
};

struct http_reply {
    struct attempt attempt;
    const char *nowhere;  /* half a sentence: why nothing was sent; else NULL */
    bool is_silent;       /* nobody took the connection in time */
    int status;           /* HTTP status, 0: none came */
    const char *location; /* of a redirect, whole and printable, or NULL */
    const struct http_header *headers; /* in order, repeated ones too */
    size_t headers_len;
    const uint8_t *body; /* a NUL follows, not counted */
    size_t body_len;
    bool cut; /* there was more */
};

/* `reply` and all it holds live in the arena of the request. */
typedef void http_answered(void *arg, const struct http_reply *reply);

/* Calls done exactly once, from the loop. */
void http_send(struct http *h, struct arena *a, const struct http_request *q,
               http_answered *done, void *arg);

/* The first of that name, or NULL. */
const char *http_header(const struct http_reply *reply, const char *name);

#endif
