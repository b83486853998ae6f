#ifndef CERTMEND_PROVE_ORDER_REQUESTS_H
#define CERTMEND_PROVE_ORDER_REQUESTS_H
/*
 * order_requests - what the gates before a new certificate have to know
 *
 * Part of prove_requests(): asked only where a fault calls for one, so a
 * healthy server costs nothing.
 */
#include "model/finding.h"
#include "model/probe_request.h"

/* How near to us whoever names a place in cell `c` is, or in the DNS of what
 * was asked (NULL). The records of a domain lead to machines of whoever they
 * like: for it the farthest counts in any case. */
enum ip_reach requests_named_at(const struct survey *s, const struct cell *c);

/* CAA of every name and of the zones above it, TLSA of every port that would
 * change, port 80 of every address, and the names in use themselves. */
void order_requests_add(const struct survey *s, const struct findings *found,
                        struct probe_requests *out);

/* What binds senders to port 25: MX, MTA-STS and TLSA; asked even where
 * nothing else is wrong, since a policy decides whether it is. */
void order_requests_add_policy(const struct survey *s,
                               struct probe_requests *out);

/* What stands before a certificate that is to be ordered (survey.ordered). Some
 * of it is asked for only once the rest is known: call again until nothing new
 * is wished. */
enum order_request_what {
    ORDER_REQUEST_ADDRESSES = 1,
    ORDER_REQUEST_CAA = 2,
    ORDER_REQUEST_PORT80 = 4, /* with ORDER_REQUEST_ADDRESSES */
    ORDER_REQUEST_DNS01 = 8,
};
void order_requests_add_of(const struct survey *s, unsigned what,
                           struct probe_requests *out);

#endif
