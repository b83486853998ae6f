#ifndef CERTMEND_ACME_CHALLENGE_WEBROOT_H
#define CERTMEND_ACME_CHALLENGE_WEBROOT_H
/*
 * challenge_webroot - http-01 by a file below the root of a running web server
 * (RFC 8555 8.3)
 *
 * The folders .well-known/acme-challenge are made where they are missing, for
 * everybody to read, and taken away again when they are empty and were made
 * here.
 *
 * The root may be a link, since the administrator named it. Below it no link
 * is followed but one that only root or we could have made; no mode is changed
 * and nothing is opened that is there already: a user who may write to these
 * folders reaches no other by us.
 */
#include "acme/challenge_solver.h"

struct challenge_webroot {
    struct arena *arena;
    const char *root;   /* a folder that is there */
    bool made[2];       /* .well-known, acme-challenge */
    unsigned presented; /* files that are there now */
};

/* `w` has arena and root set, the rest zero, and outlives the solver. */
struct challenge_solver challenge_webroot(struct challenge_webroot *w);

#endif
