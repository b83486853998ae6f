#include "net/libcurl_proxy.h"

#include "model/host_port.h"
#include "net/proxy_talk.h"

void libcurl_proxy_set(const struct libcurl *api, struct arena *a, CURL *easy,
                       const struct proxy *proxy)
{
    api->easy_setopt(easy, CURLOPT_PROXY,
                     proxy ? host_port_text(a, proxy->address, proxy->port)
                           : "");
    if (!proxy)
        return;
    api->easy_setopt(easy, CURLOPT_NOPROXY, "");
    api->easy_setopt(easy, CURLOPT_PROXYTYPE,
                     proxy->kind == PROXY_HTTP ? (long)CURLPROXY_HTTP
                                               : (long)CURLPROXY_SOCKS5);
    api->easy_setopt(easy, CURLOPT_HTTPPROXYTUNNEL, 1L);
    api->easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    if (!proxy->user)
        return;
    api->easy_setopt(easy, CURLOPT_PROXYUSERNAME, proxy->user);
    api->easy_setopt(easy, CURLOPT_PROXYPASSWORD, proxy->password);
}

bool libcurl_proxy_stopped(const struct libcurl *api, struct arena *a,
                           CURL *easy, const struct proxy *proxy, CURLcode code,
                           struct attempt *out)
{
    long reply = 0, status = 0;
    curl_off_t started_us = 0;
    const char *why = NULL;

    api->easy_getinfo(easy, CURLINFO_PROXY_ERROR, &reply);
    api->easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &status);
    api->easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &started_us);
    if (status && status / 100 != 2)
        why = proxy_status_words(a, proxy, (int)status);
    else if (code == CURLE_PROXY || code == CURLE_COULDNT_CONNECT)
        why = "the proxy did not make this connection";
    else if (code == CURLE_OPERATION_TIMEDOUT && started_us == 0)
        why = "the proxy gave no answer in time";
    if (!why)
        return false;
    bool refused = reply == CURLPX_REPLY_CONNECTION_REFUSED;
    out->outcome = refused ? OUTCOME_REFUSED : OUTCOME_NOT_TRIED;
    out->detail = refused ? "the server refused the proxy's connection" : why;
    return true;
}
