#ifndef CERTMEND_CMD_ACME_CONTEXT_H
#define CERTMEND_CMD_ACME_CONTEXT_H
/*
 * acme_context - what the verbs of "certmend acme" share: for cmd_acme.c and
 * cmd_acme_account.c
 */
#include "act/store_account.h"
#include "cmd/cmd.h"
#include "run/ca_session.h"
#include "run/issue_options.h"

struct acme_context_options {
    struct issue_options how; /* first: its rows count from here */
    const char *reason, *key, *import, *export;
    bool rekey, deactivate, is_new;
};

struct acme_context {
    struct arena *arena;
    struct acme_context_options options;
    struct text_list words; /* the verb and what stands behind it */
    struct store store;
    struct issue_order order;
    struct ca_session session; /* open */
    struct store_account account;
};

/* The account of this store becomes that of the session. */
MUST_CHECK bool acme_context_account(struct acme_context *e, struct err *err);

/* Prints `good`, or what the CA said. */
enum exit_status acme_context_tell(struct acme_context *e,
                                   const struct acme_result *r,
                                   const char *good, struct err *err);

/* cmd_acme_account.c: shown, found or made; other contacts; another key; ended.
 */
enum exit_status acme_context_run_account(struct acme_context *e,
                                          struct err *err);

/* cmd_acme_next_key.c: no CA is asked; `argv` as a command's. */
enum exit_status acme_next_key(struct arena *a, char **argv, struct err *err);

#endif
