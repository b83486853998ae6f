#ifndef CERTMEND_TESTS_PEER_H
#define CERTMEND_TESTS_PEER_H
/*
 * peer - a server on loopback that plays a script to everybody who connects
 *
 * Each connection has its own thread and hears the script from the start. After
 * its last step the peer waits for the other side to hang up.
 */
#include "base/arena.h"

#include <openssl/ssl.h>
#include <stdint.h>

enum peer_act {
    PEER_END,     /* the script is over */
    PEER_SAY,     /* `text` as it is */
    PEER_HEAR,    /* one line, which must begin with `text` */
    PEER_TLS,     /* a handshake; what follows is said within */
    PEER_PAUSE,   /* `ms`, or until the other side hangs up */
    PEER_HANG_UP, /* at once */
};

struct peer_step {
    enum peer_act action;
    const char *text;
    int ms;
};

struct peer_order {
    const struct peer_step *script;
    const struct peer_step *first; /* to who comes first; NULL: the same */
    SSL_CTX *tls;                  /* taken; NULL: no TLS */
    const char *refused;           /* this SNI gets an alert, or NULL */
    uint16_t port;                 /* 0: any free one */
};

struct peer;

struct peer *peer_start(const struct peer_order *order);
uint16_t peer_port(const struct peer *p);
int peer_visits(struct peer *p); /* connections so far */
int peer_crowd(struct peer *p);  /* the most at one time */
void peer_stop(struct peer *p);

/* A TLS server with a self-signed certificate of each type in `key_types`:
 * "ec", "rsa" (1,024 bits), or both. `san` as OpenSSL writes it. */
SSL_CTX *peer_tls(const char *cn, const char *san, const char *key_types);

#endif
