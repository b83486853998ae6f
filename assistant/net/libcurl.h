#ifndef CERTMEND_NET_LIBCURL_H
#define CERTMEND_NET_LIBCURL_H
/*
 * libcurl - the library, loaded when first needed
 *
 * With its 30 libraries it costs 4 ms, as much as half a look, and most runs
 * never fetch anything. For net/http.c alone.
 *
 * To add a function: its pointer here and its row in libcurl.c.
 */
#include "base/arena.h"
#include "base/err.h"

#include <curl/curl.h>
#include <stdint.h>

struct libcurl {
    CURLcode (*global_init)(long flags, curl_malloc_callback,
                            curl_free_callback, curl_realloc_callback,
                            curl_strdup_callback, curl_calloc_callback);
    CURL *(*easy_init)(void);
    CURLcode (*easy_setopt)(CURL *, CURLoption, ...);
    CURLcode (*easy_getinfo)(CURL *, CURLINFO, ...);
    void (*easy_cleanup)(CURL *);
    const char *(*easy_strerror)(CURLcode);
    CURLM *(*multi_init)(void);
    CURLMcode (*multi_setopt)(CURLM *, CURLMoption, ...);
    CURLMcode (*multi_add_handle)(CURLM *, CURL *);
    CURLMcode (*multi_remove_handle)(CURLM *, CURL *);
    CURLMcode (*multi_socket_action)(CURLM *, curl_socket_t, int, int *);
    CURLMcode (*multi_assign)(CURLM *, curl_socket_t, void *);
    CURLMsg *(*multi_info_read)(CURLM *, int *);
    CURLMcode (*multi_cleanup)(CURLM *);
    struct curl_slist *(*slist_append)(struct curl_slist *, const char *);
    void (*slist_free_all)(struct curl_slist *);
    CURLU *(*url)(void);
    CURLUcode (*url_set)(CURLU *, CURLUPart, const char *, unsigned);
    CURLUcode (*url_get)(CURLU *, CURLUPart, char **, unsigned);
    void (*url_cleanup)(CURLU *);
    void (*text_free)(void *);
};

/* Where a URL leads; false: it is none, or neither http nor https. */
bool libcurl_split(const struct libcurl *api, struct arena *a, const char *url,
                   const char **host, uint16_t *port);

MUST_CHECK bool libcurl_load(struct libcurl *out, struct err *err);

#endif
