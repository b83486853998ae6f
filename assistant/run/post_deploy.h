#ifndef CERTMEND_RUN_POST_DEPLOY_H
#define CERTMEND_RUN_POST_DEPLOY_H
/*
 * post_deploy - a new certificate is live: does every port show it?
 *
 * All ports of each name are looked at as "certmend check" would, whether
 * something was told to reload or not. A reload takes its time: as long as one
 * port is behind it is looked at again, a few times. One that does not answer
 * with TLS is passed over. A wildcard has no ports.
 *
 * What was not run or is not shown is written down beside the certificate, and
 * "certmend renew" comes back to it.
 */
#include "base/buf.h"
#include "run/exit_status.h"
#include "run/issue_options.h"

struct post_deploy_place {
    const char *name;
    const char *where; /* "192.0.2.1:993" */
    const char *why;   /* NULL: the new certificate; else one sentence without
                          full stop */
    const char *todo;  /* the command that reloads what answers there, or
                          NULL */
};

struct post_deploy {
    struct post_deploy_place *places; /* those that answered with TLS */
    size_t len;
    size_t behind; /* of them */
    bool looked;   /* false: nothing is live, or it was left out */
};

/* Looks where a certificate is live and the user did not leave it out. */
MUST_CHECK bool post_deploy(struct arena *a, const struct issue_options *how,
                            const struct issue_order *o,
                            const struct issue_result *r,
                            struct post_deploy *out, struct err *err);

void post_deploy_tell(const struct post_deploy *look, struct buf *out);

/* EXIT_FAULTS: a port is behind. */
enum exit_status post_deploy_status(const struct post_deploy *look);

/* Writes down what is left to do, or that nothing is. */
MUST_CHECK bool post_deploy_keep(const struct issue_order *o,
                                 const struct issue_result *r,
                                 const struct post_deploy *look,
                                 struct err *err);

#endif
