#ifndef CERTMEND_ACT_ISSUE_H
#define CERTMEND_ACT_ISSUE_H
/*
 * issue - from names to a certificate that is live
 *
 * Account, order, challenges, certificate, store, rate-limit log, hooks, in
 * this order. A rehearsal goes as far as the certificate and throws it away:
 * same names, same challenges, another CA. The live certificate is touched
 * last, and only by one that was checked. One that no TLSA record fits waits in
 * the store, and the next run for the same names takes it up instead of
 * ordering again; it goes live once nobody holds records that do not fit
 * (act/live_wait.h).
 *
 * Whatever the CA, a zone or a program does is a result. Everything lives in
 * the store's arena.
 */
#include "acme/acme.h"
#include "act/challenge_choice.h"
#include "act/dane_check.h"
#include "act/deploy.h"
#include "act/kept_key.h"
#include "act/rate_limit_log.h"
#include "net/resolve.h"

/* How TLSA records are looked at, before an order and before it goes live. */
struct issue_dane {
    bool skip;        /* not at all */
    bool looked;      /* the look before the order was the caller's */
    bool was_deaf;    /* ... and nobody was within reach */
    bool may_be_deaf; /* a CA of the user's own may need no DNS */
};

/* What was found to speak against one of the names before the CA was asked. */
struct issue_doubt {
    const char *name, *finding; /* as ordered; finding id */
    const char *text, *fix;     /* a sentence each; fix may be NULL */
};

struct issue_order {
    struct loop *loop;
    struct store *store;
    const struct ca *ca;
    const struct resolver_options *resolver;
    const char *ca_file; /* for the CA's https, or NULL */
    struct connect_to_list connect_to;
    const char *const *names;
    size_t names_len;
    enum key_kind key_kind;
    bool keep_key;        /* never a new one, now and at renewals */
    struct kept_key kept; /* what kept_key_find() found; the caller's own */
    const char *profile;  /* or NULL */
    const char *profile_if_offered; /* without one: taken where the CA has it,
                                       or NULL */
    const char *email;              /* contact of a new account, or NULL */
    const char *eab_kid;            /* or NULL */
    const uint8_t *eab_key;
    size_t eab_key_len;
    struct challenge_types ways;
    const char *const *programs; /* deploy hooks */
    size_t programs_len;
    const char *const *reloads;
    size_t reloads_len;
    const char *const *hook_env; /* "NAME=value" for the deploy hooks */
    size_t hook_env_len;
    const char *key_group;    /* may read the key, or NULL */
    const struct json *about; /* kept beside the certificate: how to get the
                                 next one */
    struct issue_dane dane;
    const struct issue_doubt *doubts; /* none: nothing was found, or nobody
                                         looked */
    size_t doubts_len;
    bool rehearsal;
    bool force;    /* a new one, whatever is there */
    bool by_clock; /* it is due by this machine's clock: nothing is ordered
                      where the CA's is another */
};

struct issue_result {
    enum acme_outcome outcome;
    const char *why;                    /* one sentence; NULL: it worked */
    const struct acme_problem *problem; /* ACME_REFUSED; else NULL */
    bool stopped;                       /* by issue_stop() */
    const char *live;                   /* the folder, once it is live */
    bool was_there;                     /* before: nothing was ordered */
    const char *waits;                  /* the folder of one that was issued and
                                           does not go live, for what `dane`
                                           says; or NULL */
    int64_t waits_until;                /* the records fit by now, and older
                                           answers may be held; 0: not so */
    struct dane_verdict dane;           /* DANE_BLOCK: it ended there */
    int64_t not_after;                  /* of the new certificate */
    const struct deploy_step *steps;
    size_t steps_len;
};

typedef void issue_done(void *arg, const struct issue_result *result);

struct issue;

/* Calls done exactly once, from the loop. What `o` points to lives until
 * then; the store is locked by the caller. The order under way is good until
 * `done`, and needs no care. */
struct issue *issue(const struct issue_order *o, issue_done *done, void *arg);

/* What this order would bring, for act/dane_check.h: one that waits, else the
 * key that is known. Lives in the store's arena. */
MUST_CHECK bool issue_offer(const struct issue_order *o,
                            const struct dane_offer **out, struct err *err);

/* An order for the same is there that an earlier run has left: gone on with, it
 * costs nothing. */
bool issue_is_left(const struct issue_order *o);

/* What is live is what would be ordered, and not to be renewed yet: nothing
 * will be ordered. *out is NULL: it will. */
MUST_CHECK bool issue_is_there(const struct issue_order *o,
                               const struct store_entry **out, struct err *err);

/* What makes the account with this CA again, or another one: as it is typed. */
const char *issue_account_command(const struct issue_order *o,
                                  bool with_new_key);

/* It is not fresh any more. Wants store_lock(). */
MUST_CHECK bool issue_note_revoked(const struct store *s, const char *name,
                                   struct err *err);

/* It ends soon, with all taken away that was shown for it. False: the new
 * certificate is live already, and it goes on to its end. */
bool issue_stop(struct issue *i);

/* What follows a certificate that is live; the loop, the arena and where it
 * lies are the caller's to fill in. */
struct deploy_job issue_deploy_job(const struct issue_order *o);

#endif
