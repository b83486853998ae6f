#ifndef CERTMEND_NET_ALPN_SERVER_H
#define CERTMEND_NET_ALPN_SERVER_H
/*
 * alpn_server - shakes hands with who asks for one protocol, then hangs up
 *
 * For tls-alpn-01 (RFC 8737). Who does not name the protocol by ALPN, or names
 * a host that has no certificate here, gets an alert and sees nothing.
 */
#include "net/listen.h"

#include <stddef.h>

struct alpn_server;
struct loop;

struct alpn_cert {
    const uint8_t *der;
    size_t der_len; /* bytes */
    const char *key_pem;
};

/* `sni` is in lower case; NULL: nothing for that name. */
typedef const struct alpn_cert *alpn_choose(void *arg, const char *sni);

struct alpn_request {
    struct loop *loop;
    struct listen_place place;
    const char *protocol; /* at most 255 bytes; outlives the server */
    alpn_choose *choose;
    void *arg;
};

MUST_CHECK bool alpn_server_new(const struct alpn_request *order,
                                struct alpn_server **out, struct err *err);
void alpn_server_free(struct alpn_server *s); /* NULL is fine */

#endif
