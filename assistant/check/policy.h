#ifndef CERTMEND_CHECK_POLICY_H
#define CERTMEND_CHECK_POLICY_H
/*
 * policy - what binds senders to a mail host's certificate (RFC 8461, 7672)
 *
 * Without one, nobody refuses whatever port 25 shows. Pure.
 */
#include "facts/sts.h"

/* The mail domains that name `host` as their exchanger, as far as the survey
 * knows: what was asked about, or the domain above the host. */
struct text_list policy_domains(const struct survey *s, struct arena *a,
                                const char *host);

struct policy {
    const char *domain; /* whose, or NULL: there is none */
    struct sts_policy sts;
};

/* The strictest MTA-STS policy that binds senders to `host`. */
struct policy policy_of(const struct survey *s, struct arena *a,
                        const char *host);

/* Domains to ask for their policy, before their MX records are known. */
struct text_list policy_candidates(const struct survey *s, struct arena *a);

#endif
