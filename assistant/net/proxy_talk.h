#ifndef CERTMEND_NET_PROXY_TALK_H
#define CERTMEND_NET_PROXY_TALK_H
/*
 * proxy_talk - what is said to a proxy until it lets us through; no I/O
 *
 * SOCKS5 (RFC 1928, 1929) and CONNECT (RFC 9110 9.3.6). Send `out`, then read
 * at most `want` bytes and give them to proxy_talk_take(), until it is over: a
 * byte more would be the server's. Where the proxy says no the outcome is
 * NOT_TRIED, as nothing is known of the server then; what the proxy tells of
 * the server is told as every other connection's.
 */
#include "model/survey.h"
#include "net/proxy.h"

enum { PROXY_TALK_HEADER_MAX = 8 * 1024 };

struct proxy_talk {
    const struct proxy *proxy;
    struct arena *arena;
    const char *address; /* NULL: no further than to the proxy itself */
    uint16_t port;
    void (*step)(struct proxy_talk *t); /* once `want` bytes are there */
    const uint8_t *out;                 /* to be sent first ... */
    size_t out_len;                     /* ... and how much of it is left */
    uint8_t in[260];
    size_t in_len, want;
    size_t header_len, line_len; /* of HTTP's answer, so far */
    bool past_first;             /* line of it */
    bool over;
    enum outcome outcome; /* once it is over */
    const char *detail;   /* half a sentence, "the proxy ..."; NULL: it is OK */
};

void proxy_talk_start(struct proxy_talk *t, struct arena *a,
                      const struct proxy *proxy, const char *address,
                      uint16_t port);

/* `len` <= t->want */
void proxy_talk_take(struct proxy_talk *t, const uint8_t *bytes, size_t len);

void proxy_talk_hung_up(struct proxy_talk *t);

/* "the proxy ...": what an HTTP proxy means by a status that is no 2xx. */
const char *proxy_status_words(struct arena *a, const struct proxy *proxy,
                               int status);

#endif
