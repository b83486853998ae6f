#ifndef CERTMEND_ACME_ACME_SESSION_H
#define CERTMEND_ACME_ACME_SESSION_H
/*
 * acme_session - the inside of a session; for acme/acme*.c
 */
#include "acme/acme.h"
#include "acme/acme_nonce.h"
#include "acme/acme_request.h"
#include "net/loop.h"

struct acme_running; /* a call; acme_request.c */

struct acme {
    struct arena *arena;
    struct acme_options options;
    struct http *http;
    const char *name; /* the CA's host, for sentences */
    struct acme_directory directory;
    bool opened;
    int64_t ahead_s;       /* our clock, as its last answer says */
    const struct key *key; /* the account's; NULL: not found yet */
    const char *kid;
    struct acme_nonces nonces;
    struct acme_running *running; /* under way, or waiting to be repeated */
    struct acme_running *line;    /* not begun; first come, first served */
    size_t running_len;

    /* the verb under way */
    acme_done *done;
    void *arg;
    int64_t deadline_ms; /* monotonic */
    struct acme_result result;
    struct timer told;

    bool stopping;
    struct timer **later; /* all that acme_later() has ever set */
    size_t later_len;
};

/* A verb begins: remembers whom to tell, and until when. */
void acme_begin(struct acme *s, acme_done *done, void *arg);

/* Rings then, or when the verb's time is over. */
void acme_later(struct acme *s, struct timer *timer, int64_t after_ms);

/* It ends; told from the loop. */
void acme_end(struct acme *s, const struct acme_result *result);

/* The end of a verb for which nothing was asked. */
void acme_end_because(struct acme *s, enum acme_outcome outcome,
                      const char *why);

#endif
