#ifndef CERTMEND_NET_TLS_CHAIN_H
#define CERTMEND_NET_TLS_CHAIN_H
/*
 * tls_chain - the certificates in a TLS Certificate message, byte for byte
 *
 * Read from the message itself (RFC 5246 7.4.2, RFC 8446 4.4.2), so a
 * certificate that no library can parse is kept as it was sent.
 */
#include "base/arena.h"

#include <stdint.h>

struct der {
    const uint8_t *bytes;
    size_t len;
};

struct der_list {
    struct der *items; /* in the order they were sent */
    size_t len;
};

enum { TLS_CHAIN_MAX = 64 }; /* more are dropped */

/* `body` is the message without its handshake header; what is whole is
 * copied, the rest passed over. */
struct der_list tls_chain_read(struct arena *a, const uint8_t *body, size_t len,
                               bool is_tls13);

#endif
