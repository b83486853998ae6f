#ifndef CERTMEND_NET_NEGOTIATION_H
#define CERTMEND_NET_NEGOTIATION_H
/*
 * negotiation - what is said in clear text before TLS starts, without a socket
 *
 * Bytes of the peer go in by negotiation_feed(), ours come out in `out`; no
 * clock, no file descriptor. Whatever the peer does is data: greeting and
 * starttls say how far it came. Both lack elapsed_ms, which the caller
 * measures. All text is printable and lives in the arena.
 *
 *     negotiation_start(&d, arena, protocol, "client.example.org");
 *     while (d.state == NEGOTIATION_TALKING)
 *         send d.out and negotiation_sent(); wait d.wait_ms;
 * negotiation_feed(); if (d.state == NEGOTIATION_GO) start TLS on the same
 * socket else send d.out, which says goodbye where that is polite; hang up
 *
 * To add a protocol: a row in net/protocols.c.
 */
#include "base/buf.h"
#include "model/survey.h"
#include "net/protocols.h"

enum negotiation_state {
    NEGOTIATION_TALKING, /* send what is in `out`; the peer has the word */
    NEGOTIATION_GO,      /* the peer waits for a ClientHello; `out` is empty */
    NEGOTIATION_OVER,    /* no TLS here; send `out`, expect no answer */
};

/* More than this is no greeting but an attack. */
enum {
    NEGOTIATION_LINE_MAX = 4096, /* bytes, literals included */
    NEGOTIATION_LINES_MAX = 100, /* of one reply */
    NEGOTIATION_BYTES_MAX = 32 * 1024,
    NEGOTIATION_NAME_MAX = 255, /* of our own name */
};

struct negotiation {
    enum negotiation_state state;
    struct buf out;            /* still to be sent */
    int32_t wait_ms;           /* how long the peer may take for this step */
    struct attempt greeting;   /* until what it can do is known (EHLO, CAPA) */
    struct attempt starttls;   /* NOT_TRIED as long as greeting did not work */
    const char *banner;        /* text of the greeting, or NULL: none came */
    const char *greeted_as;    /* host name it gave itself, or NULL */
    const char *speaks;        /* lines_guess_protocol() of a stranger's */
    const char **capabilities; /* one each: "SIZE 1000", "STARTTLS" */
    size_t capabilities_len;

    /* the negotiation's own */
    struct arena *arena;
    const struct protocol *protocol;
    const struct step *step;
    const char *ehlo;
    struct buf in;     /* bytes not yet understood */
    struct buf reply;  /* text of the reply so far, lines parted by blanks */
    size_t bytes;      /* taken in, all told */
    size_t lines;      /* of this reply */
    char code[8];      /* of this reply: "554", "NO"; "" before it */
    bool in_error;     /* tags up to "</error>" say what is wrong */
    bool in_body;      /* lines up to a lone dot (RFC 1939 3) */
    bool inside;       /* TLS is on already */
    bool offered;      /* the capabilities name STARTTLS */
    bool offer_unsaid; /* it cannot list capabilities */
};

/* `ehlo` is a host name or an address literal like "[192.0.2.1]": ours, or the
 * peer's where the protocol begins with that (protocol.names_peer). */
void negotiation_start(struct negotiation *d, struct arena *a,
                       const struct protocol *p, const char *ehlo);

/* Inside TLS: as far as the peer's capabilities, and goodbye; `greeting` says
 * how that went, `offered` that it names STARTTLS there, where RFC 3207 4.2
 * forbids it. `greets`: it has not greeted before TLS. */
void negotiation_start_inside(struct negotiation *d, struct arena *a,
                              const struct protocol *p, const char *ehlo,
                              bool greets);

void negotiation_feed(struct negotiation *d, const void *bytes, size_t len);

/* The first `len` bytes of `out` are on their way. */
void negotiation_sent(struct negotiation *d, size_t len);

/* It was ended from outside: OUTCOME_CLOSED, OUTCOME_TIMED_OUT or what else
 * the socket said. Goes to the attempt that was under way. */
void negotiation_end(struct negotiation *d, enum outcome outcome,
                     const char *detail);

/* Is this the beginning of clear text, where a TLS record was due? */
bool negotiation_text_first(const void *bytes, size_t len);

#endif
