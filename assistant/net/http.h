#ifndef CERTMEND_NET_HTTP_H
#define CERTMEND_NET_HTTP_H
/*
 * http - requests, and what came of them; the door to libcurl
 *
 * libcurl and its 30 libraries are loaded by http_new(), not at start: most
 * runs never fetch anything. Names are resolved by the caller. Redirects are
 * not followed but told, environment proxies are not used, and no more of a
 * body is kept than was asked for. Whatever the server does is data.
 */
#include "model/survey.h"

struct http;
struct loop;

enum { HTTP_FILES = 256 }; /* connections at once; the rest waits */

/* No more than `most` connections at once. */
void http_limit(struct http *h, size_t most);

/* `ca_file`: whom to trust for https; NULL: the system's. */
MUST_CHECK bool http_new(struct loop *loop, const char *ca_file,
                         struct http **out, struct err *err);
/* What is under way is dropped; its `done` is not called. NULL is fine. */
void http_free(struct http *h);

struct http_place {
    const char *host; /* as in the URL, without brackets */
    uint16_t port;
};

/* Where a URL leads; false: it is none, or neither http nor https. */
bool http_place(struct http *h, struct arena *a, const char *url,
                struct http_place *out);

/* ---- any request ---- */

enum { HTTP_HEADERS_MAX = 100, HTTP_HEADER_BYTES_MAX = 64 * 1024 };

struct http_request {
    const char *method; /* "GET", "HEAD", "POST" */
    const char *url;
    const char *const *addresses; /* dialled side by side; at least one */
    size_t addresses_len;
    uint16_t port; /* dialled */
    int64_t wait_ms;
    const char *const *headers; /* "Name: value" */
    size_t headers_len;
    const void *body; /* of POST; must live until `done` */
    size_t body_len;
    size_t body_max; /* of the answer; 0: FETCH_MAX */
    bool keep;       /* the connection may serve others, and be one that did */
};

struct http_header {
    const char *name;  /* lower case */
    const char *value; /* as sent, blanks around it taken off: not printable
                          until somebody makes it so */
};

struct http_reply {
    struct attempt attempt;
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

/* ---- one GET on a connection of its own, for a survey ---- */

struct http_get {
    const char *url;
    struct http_place place;      /* of the URL */
    const char *const *addresses; /* as above */
    size_t addresses_len;
    uint16_t port; /* dialled */
    int64_t wait_ms;
    size_t body_max; /* as above */
};

/* `fetch` lacks `address`; it and all it holds live in the arena. */
typedef void http_done(void *arg, const struct fetch *fetch);

void http_ask(struct http *h, struct arena *a, const struct http_get *get,
              http_done *done, void *arg);

#endif
