#ifndef CERTMEND_ACT_ISSUE_INSIDE_H
#define CERTMEND_ACT_ISSUE_INSIDE_H
/*
 * issue_inside - one order under way; for issue.c, issue_look.c and
 * issue_resume.c
 */
#include "act/issue.h"
#include "act/store_account.h"
#include "net/loop.h"

struct issue {
    struct issue_order order;
    struct arena *arena;
    issue_done *done;
    void *arg;
    struct issue_result result;
    struct timer timer;
    bool was_deaf; /* the look before the order met nobody */
    bool is_anew;  /* the account was unknown, and has been made again */

    struct challenge_solvers solvers;
    struct store_account account;
    struct acme_account_request account_request;
    const char *contact;
    struct rate_limit_log spent;
    struct resolver *resolver;
    struct acme *session;
    struct acme_order_request request;
    struct key *key; /* of the certificate */
    const uint8_t *csr;
    size_t csr_len;
    const char *replaces; /* what it renews, as the CA calls it; or NULL */
    struct acme_left left;
    const char *sent; /* the order whose request may have gone out, or NULL */
};

/* The folder of the certificate in the store. */
const char *issue_name(const struct issue *i);

/* Ends everything and tells. */
void issue_finish(struct issue *i);

/* What the session says is gone with it, so it is kept. False: it is no
 * success. */
bool issue_worked(struct issue *i, const struct acme_result *r);

/* Our own failure. */
void issue_give_up(struct issue *i, const struct err *err);

/* ---- issue_resume.c ---- */

/* Once the key is settled, if there is one to keep: the key of an order that
 * was left becomes this one's, and the order is gone on with. */
void issue_take_left(struct issue *i);

/* acme_order_request.keep; `arg` is the struct issue. */
const char *issue_leave(void *arg, const char *order_url, bool replaces);

/* The order is settled, or may still be carried out. */
void issue_settle(struct issue *i, const struct acme_result *r);

/* Where what was issued can be had when it could not be kept; or NULL. */
const char *issue_where_left(const struct issue *i);

/* ---- issue_account.c ---- */

/* The account that is known, else one that is found or made; then the order. */
void issue_find_account(struct issue *i);

/* True: the CA has no such account any more, and one is being made again. */
bool issue_account_again(struct issue *i, const struct acme_result *r);

/* ... with what the person can do where it was the account that was refused. */
const char *issue_account_why(struct issue *i, const struct acme_result *r);

/* Once the account is settled. */
void issue_order_now(struct issue *i);

/* issue_look.c: at the TLSA records, before anything is asked of the CA; then
 * issue_open(), or the one that waits goes live, or it ends. */
void issue_look_first(struct issue *i);

/* Once more before what was kept goes live; then issue_deploy(), or it ends. */
void issue_look_last(struct issue *i);

/* issue_there.c: true: what is live is what is wanted, and it goes on with
 * that, or has ended. */
bool issue_take_there(struct issue *i);

/* Asks the CA. */
void issue_open(struct issue *i);

/* Hooks and reloads, then issue_finish(). */
void issue_deploy(struct issue *i);

#endif
