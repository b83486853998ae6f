#ifndef CERTMEND_CMD_DEPLOY_LOOK_H
#define CERTMEND_CMD_DEPLOY_LOOK_H
/*
 * deploy_look - after a reload: does every port show the new certificate?
 *
 * All ports of each name are looked at as "certmend check" would. A reload
 * takes its time: as long as one port is behind it is looked at again, a few
 * times. One that does not answer with TLS is passed over. A wildcard has no
 * ports.
 */
#include "base/buf.h"
#include "cmd/issue_options.h"

struct deploy_place {
    const char *name;
    const char *where; /* "192.0.2.1:993" */
    const char *why;   /* NULL: the new certificate; else one sentence without
                          full stop */
};

struct deploy_look {
    struct deploy_place *places; /* those that answered with TLS */
    size_t len;
    size_t behind; /* of them */
    bool looked;   /* false: there was no reason to */
};

/* Looks where something was run for a certificate that is live, and the user
 * did not leave it out. */
MUST_CHECK bool deploy_look(struct arena *a, const struct issue_options *how,
                            const struct issue_order *o,
                            const struct issue_result *r,
                            struct deploy_look *out, struct err *err);

void deploy_look_tell(const struct deploy_look *look, struct buf *out);

#endif
