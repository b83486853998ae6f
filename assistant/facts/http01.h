#ifndef CERTMEND_FACTS_HTTP01_H
#define CERTMEND_FACTS_HTTP01_H
/*
 * http01 - could an authority fetch its challenge on port 80? (RFC 8555 8.3)
 *
 * Asked with a token that nobody has put there: "not found" is the answer
 * hoped for. That another machine answers cannot be seen from outside, unless
 * it says so by a redirect. Where this machine does show something for the
 * token (survey.ordered.shown), that has to come back. Pure; reads the survey's
 * fetches.
 */
#include "model/survey.h"

enum http01_state {
    HTTP01_UNKNOWN, /* not asked */
    HTTP01_OPEN,
    HTTP01_UNREACHABLE,
    HTTP01_ELSEWHERE,     /* redirects to another host, or is another one */
    HTTP01_BAD_REDIRECT,  /* another port or scheme, no host at all, no end */
    HTTP01_SHUT_REDIRECT, /* to where nobody answers */
    HTTP01_CATCHALL,      /* answers 200 whatever the token is */
    HTTP01_STATE_COUNT,
};

/* The same host has the same token, so that saved surveys stay stable. */
const char *http01_url(struct arena *a, const char *host);
const char *http01_token(struct arena *a, const char *host);

struct http01 {
    enum http01_state state;
    const struct fetch *fetch; /* the last; NULL: HTTP01_UNKNOWN */
    const char *next; /* where it sends on to, and nobody has looked; or NULL */
};

/* One address of `host`. An authority follows up to ten redirects, and so does
 * this, as far as the survey's fetches go. */
struct http01 http01_judge_at(const struct survey *s, struct arena *a,
                              const char *host, const char *address);

/* All addresses of `host` together. `worst` is what an authority may meet:
 * it prefers IPv6 and asks from many places. */
struct http01_all {
    enum http01_state worst;
    const struct fetch *fetch; /* the first one in that state */
    const char *address;       /* of it */
    struct text_list unlike;   /* addresses that are not HTTP01_OPEN */
    bool only_ip6;             /* IPv4 is open, IPv6 is not */
};

struct http01_all http01_judge(const struct survey *s, struct arena *a,
                               const char *host);

#endif
