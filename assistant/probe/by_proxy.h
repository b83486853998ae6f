#ifndef CERTMEND_PROBE_BY_PROXY_H
#define CERTMEND_PROBE_BY_PROXY_H
/*
 * by_proxy - the proxy, looked up and tried before anything goes through it
 *
 * A proxy that is not there, or does not let us in, is said once, and not of
 * every server. Only a SOCKS proxy can be asked that beforehand; an HTTP proxy
 * has to be there, and says the rest of each connection.
 */
#include "base/err.h"
#include "net/proxy.h"

struct probe;

/* From here on all scans and fetches of `p` go through it. */
MUST_CHECK bool by_proxy_open(struct probe *p, const struct proxy *proxy,
                              struct err *err);

#endif
