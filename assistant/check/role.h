#ifndef CERTMEND_CHECK_ROLE_H
#define CERTMEND_CHECK_ROLE_H
/*
 * role - who connects to a cell, and how bad a fault is for them
 *
 * Mail programs and browsers refuse (RFC 7817 3, RFC 9525 6); a mail server
 * that delivers to port 25 without a policy goes on whatever it is shown
 * (RFC 3207 4.1). Pure.
 */
#include "facts/sts.h"
#include "model/finding.h"

/* client_view_counts() with certificates to be judged. */
bool role_counts_tls(const struct survey *s, const struct cell *c);

enum role role_of(const struct survey *s, const struct cell *c);

/* 443 in a look at a whole mail host: there to be compared with. */
bool role_is_comparison(const struct survey *s, const struct cell *c);

/* The port was asked for by number or service. */
bool role_port_asked(const struct survey *s);

/* The port was asked for, or something published leads there: an MX record to
 * port 25, SRV or a settings file to the others. */
bool role_is_expected(const struct survey *s, const struct cell *c);

/* How bad it is there... */
enum severity role_by_policy(enum sts_mode mode); /* a policy is broken */
enum severity role_fault(const struct survey *s,
                         const struct cell *c); /* a certificate refused */
enum severity role_warning(const struct survey *s,
                           const struct cell *c); /* the same, at most this */
enum severity role_promise(const struct survey *s,
                           const struct cell *c); /* TLS begun and not kept */
enum severity role_missing(const struct survey *s,
                           const struct cell *c); /* TLS not on offer */
enum severity role_closed(const struct survey *s,
                          const struct cell *c); /* nothing useful there */
enum severity role_broken_off(
    const struct survey *s,
    const struct cell *c); /* TLS works, and then it hangs up */
enum severity role_advice(const struct survey *s,
                          const struct cell *c); /* never more than info */

#endif
