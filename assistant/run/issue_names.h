#ifndef CERTMEND_RUN_ISSUE_NAMES_H
#define CERTMEND_RUN_ISSUE_NAMES_H
/*
 * issue_names - an order beside the certificate that is in the store already
 *
 * It takes the place of that one, so names that would go are named, and a key
 * of the same kind is made unless another was asked for. The same names in
 * another order are that certificate: it would only be renewed twice.
 */
#include "act/store.h"
#include "run/issue_request.h"

struct issue_names {
    struct wanted_names wanted; /* what is ordered */
    struct wanted_names gone;   /* on the present one, not ordered, and nobody
                                   agreed to it */
    const char *aside;          /* names that another certificate of the store
                                   has, and what to do about it; or NULL */
    const char *key_type;       /* of the present one; NULL: none, or another */
};

MUST_CHECK bool issue_names_settle(const struct store *s,
                                   const struct issue_request *r,
                                   struct issue_names *out, struct err *err);

#endif
