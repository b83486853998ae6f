#ifndef CERTMEND_RUN_ISSUE_RUN_H
#define CERTMEND_RUN_ISSUE_RUN_H
/*
 * issue_run - one order from beginning to end, and what came of it in words
 */
#include "act/issue.h"
#include "base/buf.h"
#include "run/exit_status.h"

/* Runs a loop of its own until the order is settled. */
MUST_CHECK bool issue_run(const struct issue_order *o, struct issue_result *out,
                          struct err *err);

/* The order as it would be carried out, for people. `cost` is what the
 * rate-limit log says. */
void issue_tell_plan(const struct issue_order *o, const struct ca *staging,
                     const struct rate_limit_log_cost *cost, struct buf *out);

/* The certificate that is there already, in place of a plan. */
void issue_tell_there(const struct issue_order *o, const struct store_entry *e,
                      struct buf *out);

/* What is to be run with a certificate that is live, once more: nobody knows
 * how far it came. *out is as after an order. */
MUST_CHECK bool issue_deploy_again(const struct issue_order *o,
                                   const struct store_entry *live,
                                   struct issue_result *out, struct err *err);

void issue_tell_result(struct arena *a, const struct issue_order *o,
                       const struct issue_result *r, struct buf *out);

/* "dovecot reload: done", indented. */
void issue_tell_steps(const struct issue_result *r, struct buf *out);

/* contract: 0 issued, 1 the CA said no, 2 our own failure, 3 no CA there. */
enum exit_status issue_status(const struct issue_result *r);

#endif
