#ifndef CERTMEND_NET_PROXY_H
#define CERTMEND_NET_PROXY_H
/*
 * proxy - through whom connections go, under --proxy
 *
 * "socks5://[USER:PASSWORD@]HOST:PORT" or the same with http://; %XX in user
 * and password count as in every URL. No message and no text made here holds
 * the password. Names are resolved by us: a proxy is told addresses alone.
 */
#include "base/arena.h"
#include "base/err.h"

#include <stdint.h>

enum proxy_kind { PROXY_SOCKS5, PROXY_HTTP };

struct proxy {
    enum proxy_kind kind;
    const char *host; /* in normal form */
    uint16_t port;
    const char *user, *password; /* NULL: none; else 1 to 255 bytes */
    const char *address;         /* of the host; NULL: not looked up yet */
};

MUST_CHECK bool proxy_read(struct arena *a, const char *text, struct proxy *out,
                           struct err *err);

/* As it was written, without the password. */
const char *proxy_text(struct arena *a, const struct proxy *proxy);

#endif
