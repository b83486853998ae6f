#ifndef CERTMEND_NET_LIBCURL_PROXY_H
#define CERTMEND_NET_LIBCURL_PROXY_H
/*
 * libcurl_proxy - fetches go through a proxy, and what it made of them
 *
 * For net/http.c alone. Proxies of the environment are never used.
 */
#include "model/survey.h"
#include "net/libcurl.h"
#include "net/proxy.h"

/* `proxy` may be NULL: straight there. */
void libcurl_proxy_set(const struct libcurl *api, struct arena *a, CURL *easy,
                       const struct proxy *proxy);

/* Did it fail at the proxy, or of what the proxy tells of the server? Fills in
 * outcome and detail; false: it came through, and they stay as they are. */
bool libcurl_proxy_stopped(const struct libcurl *api, struct arena *a,
                           CURL *easy, const struct proxy *proxy, CURLcode code,
                           struct attempt *out);

#endif
