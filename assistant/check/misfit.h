#ifndef CERTMEND_CHECK_MISFIT_H
#define CERTMEND_CHECK_MISFIT_H
/*
 * misfit - why a certificate does not cover the name, most telling first
 *
 * model/fit explains the names; this adds what only a survey knows: aliases,
 * placeholders, another spelling. The order of the enum is the precedence.
 */
#include "model/survey.h"

enum misfit_kind {
    MISFIT_IP_AS_DNSNAME,
    MISFIT_IP_REFERENCE,
    MISFIT_PLACEHOLDER,
    MISFIT_CN_ONLY,
    MISFIT_CN_MATCHES,
    MISFIT_PARTIAL_WILDCARD,
    MISFIT_APEX,
    MISFIT_DEPTH,
    MISFIT_CNAME,
    MISFIT_IDN_FORM,
    MISFIT_SIBLING,
    MISFIT_PROVIDER,
    MISFIT_KIND_COUNT,
};

struct misfit {
    enum misfit_kind kind;
    const char *nearest; /* the nearest miss: a pattern, or NULL */
    const char *maker;   /* MISFIT_PLACEHOLDER: whose; else NULL */
    const char *alias;   /* MISFIT_CNAME: the target it covers; else NULL */
};

/* `c` shows a leaf that does not cover c->reference. */
struct misfit misfit_of(const struct survey *s, struct arena *a,
                        const struct cell *c);

#endif
