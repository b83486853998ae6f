#ifndef CERTMEND_CHECK_HOSTNAME_MISMATCH_H
#define CERTMEND_CHECK_HOSTNAME_MISMATCH_H
/*
 * hostname_mismatch - why a certificate does not cover the name, most telling
 * first
 *
 * model/fit explains the names; this adds what only a survey knows: aliases,
 * placeholders, services that are none of mail, another spelling. The order of
 * the enum is the precedence.
 */
#include "model/survey.h"

enum hostname_mismatch_kind {
    MISMATCH_IP_AS_DNSNAME,
    MISMATCH_IP_REFERENCE,
    MISMATCH_PLACEHOLDER,
    MISMATCH_CN_ONLY,
    MISMATCH_CN_MATCHES,
    MISMATCH_PARTIAL_WILDCARD,
    MISMATCH_APEX,
    MISMATCH_DEPTH,
    MISMATCH_FOREIGN_SERVICE,
    MISMATCH_CNAME,
    MISMATCH_IDN_FORM,
    MISMATCH_SIBLING,
    MISMATCH_PROVIDER,
    MISMATCH_KIND_COUNT,
};

struct hostname_mismatch {
    enum hostname_mismatch_kind kind;
    const char *nearest; /* the nearest miss: a pattern, or NULL */
    const char *maker;   /* MISMATCH_PLACEHOLDER, _FOREIGN_SERVICE: whose;
                            else NULL */
    const char *alias;   /* MISMATCH_CNAME: the target it covers; else NULL */
};

/* `c` shows a leaf that does not cover c->reference. */
struct hostname_mismatch hostname_mismatch_of(const struct survey *s,
                                              struct arena *a,
                                              const struct cell *c);

#endif
