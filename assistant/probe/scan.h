#ifndef CERTMEND_PROBE_SCAN_H
#define CERTMEND_PROBE_SCAN_H
/*
 * scan - fill in one cell: connect, talk until TLS may start, shake hands
 *
 * Lives in the survey's arena. The cell grows here and joins the survey when
 * the pass is over, so the order in which servers answer shows nowhere.
 */
#include "net/connect_to.h"
#include "net/connection.h"
#include "net/loop.h"
#include "net/negotiation.h"
#include "net/tls.h"

/* A mail program gives up about then; a server that talks to other servers may
 * take longer (RFC 5321 4.5.3.2.1). */
enum { SCAN_GREETING_MS = 15 * 1000 };

/* After "421 try again later": long enough for a crowd to pass. */
enum { SCAN_LATER_MS = 3 * 1000 };

struct scan_options { /* shared by all scans of a probe */
    struct loop *loop;
    struct tls_client *tls;
    const struct proxy *proxy;              /* to go through, or NULL */
    const struct public_address_rule *rule; /* NULL: anywhere */
    int64_t greeting_ms; /* mail programs wait no longer for a greeting */
    int64_t later_ms;    /* who says "not now" is asked again after this */
    const char *ehlo;    /* NULL: the address literal of each connection */
    struct err *err;     /* our own failure, if one happens ... */
    bool *failed;        /* ... and that it did */
};

struct scan {
    struct cell cell; /* host to asked are given; the rest is found */
    const struct service *service;
    struct connect_place place;
    const char *held_back;       /* why it may not be looked at; or NULL */
    bool guesses;                /* the service is whichever it greets as */
    bool is_brief;               /* nobody waits long for a connection */
    bool wants_inside;           /* hear the protocol inside TLS */
    bool wants_variant;          /* once more without SNI if TLS is reached */
    bool wants_rsa;              /* once more if an ECDSA key was shown */
    size_t host_rank, port_rank; /* where its cell belongs among the others */
    struct arena *arena;
    const struct scan_options *means;
    void (*begun)(struct scan *l); /* its turn has come; or NULL */
    void (*done)(struct scan *l);  /* from the loop, once */
    void *arg;                     /* the caller's */

    /* found, beside the cell */
    struct der_list chain;
    struct scan *variant; /* the next scan of the same port, or NULL */

    /* the scan's own */
    void (*step)(struct scan *l, enum outcome outcome); /* NULL: not begun */
    void (*connect)(struct scan *l); /* once more, from the beginning */
    struct connection connection;
    struct negotiation negotiation;
    struct tls tls;
    int64_t began_ms;      /* this attempt, on the monotonic clock */
    int64_t deadline_ms;   /* of this step, likewise */
    bool heard;            /* the peer has said something in clear text */
    bool only_greeting;    /* it talks where TLS was due: hear who it is */
    bool tls_at_once;      /* second connection: it was silent */
    bool heard_inside;     /* ... or within TLS */
    bool asked_web;        /* and asked, as nothing came, as a browser asks */
    bool cancelled;        /* the time for the whole target is up */
    bool was_put_off;      /* it said "not now": this is the second try ... */
    struct cell first_try; /* ... and this the first */
    struct timer later;

    bool is_over;      /* the pass's: done, or not tried */
    struct scan *next; /* the queue's */
};

void scan_start(struct scan *l);

/* The time is up: whatever is under way has timed out. Ends in done(). */
void scan_cancel(struct scan *l);

/* Was there TLS, or did somebody break it off, perhaps for the SNI? */
bool scan_met_tls(const struct scan *l);

#endif
