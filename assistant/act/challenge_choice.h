#ifndef CERTMEND_ACT_CHALLENGE_CHOICE_H
#define CERTMEND_ACT_CHALLENGE_CHOICE_H
/*
 * challenge_choice - by which challenge each name is proven, and why by that
 * one
 *
 * A wildcard is proven by DNS only, an address never; beyond that, what the
 * user gave decides: a program for the DNS, the root of a web server, else
 * servers of our own. dns-persist-01 is taken where it is asked for and never
 * else, be the record there or not: which CA offers it stands in no directory,
 * and is known only once an order has been made.
 */
#include "acme/challenge_alpn.h"
#include "acme/challenge_http.h"
#include "acme/challenge_webroot.h"
#include "act/challenge_persist.h"

enum challenge_type {
    CHALLENGE_HTTP,
    CHALLENGE_DNS,
    CHALLENGE_PERSIST,
    CHALLENGE_ALPN,
    CHALLENGE_COUNT
};

/* What is known to be better for this name. */
struct challenge_choice {
    const char *name;
    const char *type;
    const char *why;    /* half a sentence */
    const char *record; /* that has to stand, as in a zone file; or NULL */
};

/* A web server may keep a folder for each name. */
struct challenge_root {
    const char *name;
    const char *dir;
};

struct challenge_types {
    const char *type; /* "dns-01": only this one; NULL: choose */
    const struct challenge_choice *choices; /* no name ends them; or NULL */
    const char *webroot;                    /* or NULL */
    const struct challenge_root *roots; /* for these names instead; no name ends
                                           them; or NULL */
    const char *listen;       /* "ADDR:PORT" for our own servers, or NULL */
    const char *dns_hook;     /* or NULL: by hand */
    const char *const *names; /* that are ordered together */
    size_t names_len;
    bool persist_unlooked; /* see act/challenge_persist.h */
    const char *shared;    /* one record in place of several, where the CA takes
                              it; or NULL */
    int64_t dns_wait_ms;
    bool dns_only_warns; /* see acme/propagation.h */
    /* By hand: shows the record to the person. */
    void (*tell_record)(void *arg, bool add, const char *record,
                        const char *value);
    void *tell_arg;
};

/* The challenge for this name, "http-01"; *why is half a sentence, "a wildcard
 * is proven by DNS only". NULL: there is none, *why says so. */
const char *challenge_type_for(const struct challenge_types *ways,
                               const char *name, const char **why);

/* The record of challenge_choice, or NULL. */
const char *challenge_record_for(const struct challenge_types *ways,
                                 const char *name);

struct challenge_solvers {
    struct challenge_solver list[CHALLENGE_COUNT];
    size_t len;
    const struct challenge_types *ways;
    struct arena *arena;
    struct challenge_http http;
    struct challenge_alpn alpn;
    struct challenge_dns dns;
    struct challenge_persist persist;
    struct challenge_webroot *webroots; /* one for each folder */
    size_t webroots_len;
};

/* Fails on a --listen that cannot be read. `out` stays where it is. */
MUST_CHECK bool challenge_solvers_open(struct challenge_solvers *out,
                                       const struct challenge_types *ways,
                                       const struct propagation_check *watch,
                                       struct err *err);
void challenge_solvers_close(struct challenge_solvers *p);

/* For acme_order_request.may: `arg` is the struct challenge_solvers. */
bool challenge_solvers_may(void *arg, const char *name, const char *type);

#endif
