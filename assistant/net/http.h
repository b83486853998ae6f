#ifndef CERTMEND_NET_HTTP_H
#define CERTMEND_NET_HTTP_H
/*
 * http - one GET, and what came of it; the door to libcurl
 *
 * libcurl and its 30 libraries are loaded by http_new(), not at start: most
 * runs never fetch anything. Names are resolved by the caller. Redirects are
 * not followed but told, environment proxies are not used, and no more than
 * FETCH_MAX bytes of a body are kept. Whatever the server does is a struct
 * fetch.
 */
#include "model/survey.h"

struct http;
struct loop;

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

struct http_get {
    const char *url;
    const char *const *addresses; /* dialled side by side; at least one */
    size_t addresses_len;
    uint16_t port; /* dialled */
    int64_t wait_ms;
};

/* `fetch` lacks `address`; it and all it holds live in the arena. */
typedef void http_done(void *arg, const struct fetch *fetch);

/* Calls done exactly once, from the loop. */
void http_ask(struct http *h, struct arena *a, const struct http_get *get,
              http_done *done, void *arg);

#endif
