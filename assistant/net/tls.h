#ifndef CERTMEND_NET_TLS_H
#define CERTMEND_NET_TLS_H
/*
 * tls - one TLS handshake on a socket that is open already
 *
 * The door to OpenSSL for connections. Nothing is verified here: a handshake
 * that works brings home what the server sent, and crypto/verification judges
 * it later. Made to talk with everybody: TLS 1.0 and up, security level 0,
 * peers without RFC 5746; how good that is, checks say.
 *
 *     tls_start(&t, client, arena, &order, err);
 *     while ((outcome = tls_handshake(&t)) == OUTCOME_NOT_TRIED)
 *         wait until the socket is ready for t.wants
 *     tls_end(&t);
 */
#include "model/survey.h"
#include "net/tls_chain.h"

struct tls_client; /* what all handshakes share */
struct ssl_st;     /* OpenSSL's SSL */

MUST_CHECK bool tls_client_new(struct tls_client **out, struct err *err);
void tls_client_free(struct tls_client *c); /* NULL is fine */

struct tls_request {
    int fd;                 /* stays the caller's */
    const char *sni;        /* a host name without final dot; NULL: none */
    enum key_type key_type; /* KEY_RSA or KEY_EC: ask for no other */
    const char *alpn;       /* one protocol, or NULL */
};

enum { TLS_FIRST_MAX = 256 };

struct tls {
    struct ssl_st *ssl; /* NULL: not started, or ended */
    struct arena *arena;
    int fd;
    unsigned wants; /* enum watch_for */
    bool heard;     /* the peer has said something */

    /* What is known by now, whatever the outcome. */
    const char *detail;  /* why it failed, in words, or NULL */
    int alert;           /* received; -1: none */
    const char *version; /* "TLSv1.3"; NULL as long as not agreed */
    const char *cipher;
    struct der_list chain; /* as sent, even when the handshake failed later */
    const uint8_t *staple; /* OCSP response, cut at STAPLE_MAX; NULL: none */
    size_t staple_len;
    bool not_tls; /* something else came where a record was due, and
                     waits unread in the socket ... */
    uint8_t first[TLS_FIRST_MAX]; /* ... and begins like this */
    size_t first_len;             /* bytes */
};

MUST_CHECK bool tls_start(struct tls *t, struct tls_client *c, struct arena *a,
                          const struct tls_request *order, struct err *err);

/* OK, NOT_TRIED (not finished, see `wants`), or how it failed. */
enum outcome tls_handshake(struct tls *t);

/* Once tls_handshake() worked: what the peer said inside. OUTCOME_OK with *len
 * bytes, NOT_TRIED (nothing yet, see `wants`), or how it ended. */
enum outcome tls_read(struct tls *t, void *bytes, size_t room, size_t *len);

/* Likewise what we say: *moved bytes of it are on their way. */
enum outcome tls_write(struct tls *t, const void *bytes, size_t len,
                       size_t *moved);

/* Says goodbye without waiting, where there is somebody to hear it. May be
 * called twice. */
void tls_end(struct tls *t);

#endif
