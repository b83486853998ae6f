#ifndef CERTMEND_RUN_CA_SESSION_H
#define CERTMEND_RUN_CA_SESSION_H
/*
 * ca_session - a session with a CA, one question after the other
 *
 *     acme_account_deactivate(s.acme, ca_session_done, &s);
 *     if (!ca_session_wait(&s, &result, err)) ...
 *
 * Results live until ca_session_close().
 */
#include "act/issue.h"

struct ca_session {
    struct loop *loop;
    struct resolver *resolver;
    struct acme *acme;
    struct acme_result result;
};

/* Directory and all: *result says how that went. What is opened has to be
 * closed whatever it says. */
MUST_CHECK bool ca_session_open(const struct issue_order *o,
                                struct ca_session *out,
                                struct acme_result *result, struct err *err);
void ca_session_close(struct ca_session *s); /* zeroed or closed is fine */

/* The `done` of every verb; `arg` is the session. */
void ca_session_done(void *arg, const struct acme_result *result);

MUST_CHECK bool ca_session_wait(struct ca_session *s,
                                struct acme_result *result, struct err *err);

#endif
