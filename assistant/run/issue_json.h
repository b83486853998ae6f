#ifndef CERTMEND_RUN_ISSUE_JSON_H
#define CERTMEND_RUN_ISSUE_JSON_H
/*
 * issue_json - plan and result of an order for programs
 *
 * "certmend.issue/1" is a plan with its orders: a rehearsal, the real one,
 * or none. "certmend.renew/1" has the same orders, one per certificate.
 */
#include "run/options.h"
#include "run/post_deploy.h"

/* --format of issue and renew: text (default) or json. NULL is text. */
MUST_CHECK bool issue_json_wanted(const char *format, bool *out,
                                  struct err *err);

/* Without its orders. `staging` may be NULL. */
struct json *issue_json_plan(struct arena *a, const struct issue_order *o,
                             const struct ca *staging,
                             const struct rate_limit_log_cost *cost);

struct json *issue_json_order(struct arena *a, const struct issue_order *o,
                              const struct issue_result *r,
                              const struct post_deploy *look);

#endif
