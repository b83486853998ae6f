#ifndef CERTMEND_NET_RESOLVE_H
#define CERTMEND_NET_RESOLVE_H
/*
 * resolve - questions to the DNS on the event loop; the door to libunbound
 *
 * Whatever comes of a question, silence included, is a struct dns_answer. A
 * resolver that cannot be set up is a struct err.
 *
 * With a trust anchor answers are validated (RFC 4035). One given by the user
 * is always used. Without one, the usual places are tried, but not when the
 * server is on loopback: that is a laboratory or a local resolver with zones
 * of its own, which are bogus under the root's anchor. Under an anchor that
 * was found "bogus" is said only while the root itself validates; else the
 * server drops signatures, and nothing can be said. Without any anchor,
 * security is DNS_NOT_DETERMINED. A bogus answer keeps its records.
 *
 * Answers are remembered for their time to live: who looks again after a
 * change makes a new resolver. An idle one may hold events in the loop, so
 * loop_run() ends by loop_stop().
 */
#include "model/dns.h"

struct loop;
struct resolver;

struct resolver_options {
    const char *server;       /* "ADDR", "ADDR:PORT", "[V6]:PORT"; NULL: that of
                                 the system, with its hosts file */
    const char *trust_anchor; /* file; NULL: where one is usually found */
    bool no_dnssec;
    bool anchor_is_guess; /* `trust_anchor` is as good as one that was found */
    size_t files;         /* it may open at once; 0: RESOLVE_FILES */
};

enum {
    RESOLVE_FILES = 512 + 64, /* one for each question on its way, and some */
    RESOLVE_FILES_LEAST = 8,
};

MUST_CHECK bool resolver_new(struct loop *loop,
                             const struct resolver_options *o,
                             struct resolver **out, struct err *err);

/* Open questions are dropped; their `done` is not called. NULL is fine. */
void resolver_free(struct resolver *r);

/* `answer` and all it holds live in the arena of the question. */
typedef void resolver_done(void *arg, const struct dns_answer *answer);

struct question {
    const char *name; /* in normal form; copied */
    enum dns_type type;
    int64_t wait_ms; /* then the answer is DNS_TIMED_OUT */
};

/* Calls done(arg, answer) exactly once, from the loop, never before it has
 * returned. `a` must outlive the question, or the resolver be freed first. */
void resolver_ask(struct resolver *r, struct arena *a, const struct question *q,
                  resolver_done *done, void *arg);

#endif
