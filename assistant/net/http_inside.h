#ifndef CERTMEND_NET_HTTP_INSIDE_H
#define CERTMEND_NET_HTTP_INSIDE_H
/*
 * http_inside - one request on its way; for net/http.c and net/http_send.c
 */
#include "base/buf.h"
#include "net/http.h"
#include "net/libcurl.h"
#include "net/libcurl_loop.h"

struct transfer {
    struct http *http;
    struct arena *arena; /* the caller's */
    http_answered *done;
    void *arg;
    struct http_reply reply;
    struct http_header *headers; /* of the reply, so far */
    size_t header_bytes;
    bool headers_full; /* more, or longer ones, than we take */
    struct buf body;
    int64_t began_ms;
    CURL *easy;
    struct curl_slist *connect_to, *resolve, *said;
    char *why; /* libcurl's words: CURL_ERROR_SIZE bytes */
    struct transfer *next;
};

struct http {
    struct arena *arena;
    struct libcurl api;
    const char *ca_file;
    CURLM *multi;
    struct libcurl_loop glue;
    struct transfer *exchanges; /* under way */
};

/* The reply, as far as it came. */
void http_finish(struct transfer *x, CURLcode code);

#endif
