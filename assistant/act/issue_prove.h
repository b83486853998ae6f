#ifndef CERTMEND_ACT_ISSUE_PROVE_H
#define CERTMEND_ACT_ISSUE_PROVE_H
/*
 * issue_prove - by which challenge each name is proven, and why by that one
 *
 * A wildcard is proven by DNS only, an address never; beyond that, what the
 * user gave decides: a program for the DNS, the root of a web server, else
 * servers of our own.
 */
#include "act/acme_webroot.h"
#include "act/challenge_alpn.h"
#include "act/challenge_dns.h"
#include "act/challenge_http.h"

enum issue_way { WAY_HTTP, WAY_DNS, WAY_ALPN, WAY_COUNT };

/* What is known to be better for this name. */
struct issue_choice {
    const char *name;
    const char *type;
    const char *why; /* half a sentence */
};

struct issue_ways {
    const char *type; /* "dns-01": only this one; NULL: choose */
    const struct issue_choice *choices; /* no name ends them; or NULL */
    const char *webroot;                /* or NULL */
    const char *listen;   /* "ADDR:PORT" for our own servers, or NULL */
    const char *dns_hook; /* or NULL: by hand */
    int64_t dns_wait_ms;
    bool dns_only_warns; /* see act/zone_watch.h */
    /* By hand: shows the record to the person. */
    void (*tell)(void *arg, bool add, const char *record, const char *value);
    void *tell_arg;
};

/* The challenge for this name, "http-01"; *why is half a sentence, "a wildcard
 * is proven by DNS only". NULL: there is none, *why says so. */
const char *issue_way_for(const struct issue_ways *ways, const char *name,
                          const char **why);

struct issue_provers {
    struct challenger list[WAY_COUNT];
    size_t len;
    const struct issue_ways *ways;
    struct arena *arena;
    struct challenge_http http;
    struct challenge_alpn alpn;
    struct challenge_dns dns;
    struct acme_webroot webroot;
};

/* Fails on a --listen that cannot be read. `out` stays where it is. */
MUST_CHECK bool issue_provers_open(struct issue_provers *out,
                                   const struct issue_ways *ways,
                                   const struct zone_watch *watch,
                                   struct err *err);
void issue_provers_close(struct issue_provers *p);

/* For acme_wish.may: `arg` is the struct issue_provers. */
bool issue_provers_may(void *arg, const char *name, const char *type);

#endif
