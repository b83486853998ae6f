#ifndef CERTMEND_RUN_POST_DEPLOY_H
#define CERTMEND_RUN_POST_DEPLOY_H
/*
 * post_deploy - after a reload: does every port show the new certificate?
 *
 * All ports of each name are looked at as "certmend check" would. A reload
 * takes its time: as long as one port is behind it is looked at again, a few
 * times. One that does not answer with TLS is passed over. A wildcard has no
 * ports.
 */
#include "base/buf.h"
#include "run/issue_options.h"

struct post_deploy_place {
    const char *name;
    const char *where; /* "192.0.2.1:993" */
    const char *why;   /* NULL: the new certificate; else one sentence without
                          full stop */
};

struct post_deploy {
    struct post_deploy_place *places; /* those that answered with TLS */
    size_t len;
    size_t behind; /* of them */
    bool looked;   /* false: there was no reason to */
};

/* Looks where something was run for a certificate that is live, and the user
 * did not leave it out. */
MUST_CHECK bool post_deploy(struct arena *a, const struct issue_options *how,
                            const struct issue_order *o,
                            const struct issue_result *r,
                            struct post_deploy *out, struct err *err);

void post_deploy_tell(const struct post_deploy *look, struct buf *out);

#endif
