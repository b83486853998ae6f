#ifndef CERTMEND_ACT_ISSUE_STEP_H
#define CERTMEND_ACT_ISSUE_STEP_H
/*
 * issue_step - an order under way, step by step; for act/issue*.c alone
 *
 * A look at the TLSA records (issue_look.c), the account (issue_account.c), the
 * order (issue.c), once more a look, and the hooks. A step that is done calls
 * the next; whatever goes wrong ends in issue_finish().
 */
#include "act/issue.h"
#include "act/store_account.h"
#include "net/loop.h"

struct issue {
    struct issue_order order;
    struct arena *arena;
    issue_done *done;
    void *arg;
    void (*open)(struct issue *i);      /* asks the CA, after the first look */
    void (*order_now)(struct issue *i); /* once the account is settled */
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

/* Our own failure. */
void issue_give_up(struct issue *i, const struct err *err);

/* Hooks and reloads, then issue_finish(). */
void issue_deploy(struct issue *i);

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

/* What the session says is gone with it, so it is kept, with what the person
 * can do where it was the account that was refused. False: it is no success. */
bool issue_worked(struct issue *i, const struct acme_result *r);

/* ---- issue_look.c, issue_there.c ---- */

/* At the TLSA records, before anything is asked of the CA; then it is asked, or
 * the one that waits goes live, or it ends. */
void issue_look_first(struct issue *i);

/* Once more before what was kept goes live; then issue_deploy(), or it ends. */
void issue_look_last(struct issue *i);

/* True: what is live is what is wanted, and it goes on with that, or has
 * ended. */
bool issue_take_there(struct issue *i);

#endif
