#ifndef CERTMEND_NET_PROTOCOLS_H
#define CERTMEND_NET_PROTOCOLS_H
/*
 * protocols - how each family of services comes from its greeting to TLS
 *
 * A protocol is a row of steps; a step is what we say and what each line of
 * the reply means. The engine is net/negotiation.c.
 *
 * To add one: its steps and a row in net/protocols.c, and transcripts in
 * tests/dialogue/<family>/.
 */
#include <stdbool.h>
#include <stdint.h>

enum line_means {
    LINE_MORE,     /* the reply goes on */
    LINE_YES,      /* the reply ends well */
    LINE_NO,       /* the reply ends badly */
    LINE_BYE,      /* the peer hangs up */
    LINE_BODY,     /* well, and lines up to a lone dot follow */
    LINE_UNKNOWN,  /* it does not know the command: no extensions */
    LINE_UNLISTED, /* it cannot list capabilities; STARTTLS may work still */
    LINE_TOO_LATE, /* a session is open already: STARTTLS is not allowed */
    LINE_FOREIGN,  /* what answers speaks another protocol */
    LINE_MEANS_COUNT,
};

/* A line that begins like this; the first row that fits counts. Case plays no
 * part, '#' is any digit, a blank at the end also fits the end of the line. */
struct line_rule {
    const char *start; /* NULL ends the rules */
    enum line_means means;
    bool offers;   /* what follows `start` are capabilities */
    bool literals; /* "{5}" at its end: five bytes of any kind follow */
};

struct step {
    const char *send; /* without the line end, "%" is our name, or the peer's;
                         NULL: the peer has the word */
    const struct line_rule *lines; /* NULL ends the steps */
    int32_t wait_ms;
    bool lists; /* asks what it can do; left out when that is known */
};

enum capability_shape {
    CAPABILITY_LINE,    /* SMTP, POP3: one a line */
    CAPABILITY_WORDS,   /* IMAP: one a word */
    CAPABILITY_STRINGS, /* sieve: "NAME" "value", quoted or as literals */
    CAPABILITY_TAGS,    /* XMPP: what the features hold; a line is a tag
                           (net/tags.h) */
    CAPABILITY_SHAPE_COUNT,
};

struct protocol {
    const char *family;       /* service.family; NULL ends the table */
    const struct step *steps; /* greeting, what it can do, go ahead */
    const char *offer;        /* the capability that promises TLS */
    enum capability_shape shape;
    const char *bye;   /* how to leave */
    bool greets_again; /* once more after STARTTLS, of its own accord */
    bool codes;        /* SMTP: every line of a reply has the same code */
    bool names_peer;   /* "%" is the name that the peer is asked for */
    const char *alpn;  /* where TLS comes first (RFC 7301), or NULL */
};

extern const struct protocol protocols[];

const struct protocol *protocol_find(const char *family); /* NULL: none */

#endif
