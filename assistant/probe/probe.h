#ifndef CERTMEND_PROBE_PROBE_H
#define CERTMEND_PROBE_PROBE_H
/*
 * probe - target to survey: scan what was asked, then what is requested
 *
 * One event loop, no threads: DNS, connects, dialogues, handshakes and
 * fetches of all targets run side by side within one budget each. At most one
 * connection at a time to one address and port, at most eight to one address
 * (two on behalf of anybody); of fetches, those of one target at a time.
 * A scan without SNI follows only where TLS was reached or broken off, one
 * with RSA alone only where an ECDSA key was shown.
 *
 * A peer's silence or refusal is data in the survey. What fails here (no
 * socket, a resolver that cannot be set up) is a struct err.
 */
#include "model/probe_request.h"
#include "model/survey.h"
#include "net/connect_to.h"
#include "net/proxy.h"

struct probe_options {
    const char *resolver;     /* "ADDR[:PORT]"; NULL: the system's */
    const char *trust_anchor; /* file; NULL: where one is usually found */
    bool no_dnssec;
    const char *ca_file; /* whom to trust for https; NULL: the system's */
    bool no_ip4, no_ip6;
    const char *ehlo;  /* NULL: own FQDN, else the address literal */
    int64_t budget_ms; /* for one target, all passes */
    size_t jobs;       /* cells in flight, all targets together */
    size_t a_second;   /* of them begun in a second; 0: no limit */
    struct connect_to_list connect_to;
    const struct proxy *proxy; /* to go through with all but DNS, or NULL */
    const struct public_address_rule *public_only; /* for who asks on behalf of
                                  anybody: where it may look; NULL: anywhere */
};

enum { PROBE_BUDGET_MS = 60 * 1000, PROBE_JOBS = 1000 };

struct loop;
struct probe;

/* `o` is copied, its text must outlive the probe. */
MUST_CHECK bool probe_new(const struct probe_options *o, struct probe **out,
                          struct err *err);
/* What is under way is dropped, and nobody is told. The surveys of passes that
 * have not ended live until then. NULL is fine. */
void probe_free(struct probe *p);

/*
 * Many looks of one process, each with a probe of its own: what it was told by
 * the DNS dies with it, so that the next one looks afresh. They share the loop,
 * which somebody else runs, and the line in which connections are waited for.
 */
struct probe_shared;

struct probe_shared_options {
    struct loop *loop;
    size_t probes; /* at once */
    size_t jobs, a_second;
    size_t other_files; /* that this process has open besides */
};

MUST_CHECK bool probe_shared_new(const struct probe_shared_options *o,
                                 struct probe_shared **out, struct err *err);
void probe_shared_free(struct probe_shared *s); /* its probes are gone; NULL */

/* `jobs` and `a_second` are the shared ones; no proxy is gone through.
 * Our own failure is told by failed(arg), from the loop, and is probe_err(). */
MUST_CHECK bool probe_new_among(struct probe_shared *s,
                                const struct probe_options *o,
                                void (*failed)(void *arg), void *arg,
                                struct probe **out, struct err *err);
const struct err *probe_err(const struct probe *p);

enum probe_step { PROBE_WAITS, PROBE_TALKS, PROBE_DONE };

/* For who watches: where each cell is. Of one host and port there are many,
 * and more may begin before the last is done. */
typedef void probe_seen(void *arg, const struct survey *s, const struct cell *c,
                        enum probe_step step);
void probe_tell_cells(struct probe *p, probe_seen *seen, void *arg);

/* For who has something to answer while the probe is at work. */
struct loop *probe_loop(const struct probe *p);

typedef void probe_done(void *arg);

/* The first pass: what s->target asks for. Calls done(arg) from the loop. */
void probe_first(struct probe *p, struct survey *s, probe_done *done,
                 void *arg);

/* The same, with what is known from the beginning to be looked at besides. */
void probe_first_with(struct probe *p, struct survey *s,
                      const struct probe_requests *w, probe_done *done,
                      void *arg);

/* A further pass: cells with asked=false, answers and fetches are added to `s`.
 */
void probe_more(struct probe *p, struct survey *s,
                const struct probe_requests *w, probe_done *done, void *arg);

/* As many connections as may be are under way or in line: another target would
 * only wait. */
bool probe_is_busy(const struct probe *p);

/* Calls room(arg) from the loop, as often as it may not be busy any more. */
void probe_tell_room(struct probe *p, void (*room)(void *arg), void *arg);

/* For a person who waits: so many of the targets are done by now. */
void probe_tell_targets(struct probe *p, size_t done, size_t all);

/* Until nothing is left to do; a terminal is told what is waited for. */
MUST_CHECK bool probe_run(struct probe *p, struct err *err);

#endif
