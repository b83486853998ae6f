#ifndef CERTMEND_ACME_ACME_H
#define CERTMEND_ACME_ACME_H
/*
 * acme - a session with a certificate authority (RFC 8555)
 *
 * One session, one CA, one account; verbs run on the event loop, one at a
 * time, each calling its `done` exactly once and never before it has returned.
 *
 *     acme_new(&options, &s, err);
 *     acme_open(s, ...);            the directory; who we talk to
 *     acme_account_find(s, ...);    or acme_account_use()
 *     acme_issue(s, ...);
 *     acme_free(s);
 *
 * Whatever the CA does is an acme_result; so is a challenge that could not be
 * shown. https only, always verified; every wait has an end. Results and what
 * they point to live in the session's arena, until acme_free(). Nothing here
 * writes files: keys and certificates are the caller's.
 */
#include "acme/acme_ari.h"
#include "acme/acme_directory.h"
#include "acme/acme_problem.h"
#include "acme/challenge_solver.h"
#include "crypto/key.h"
#include "model/survey.h"
#include "net/connect_to.h"

struct acme;
struct loop;
struct resolver;

enum { ACME_BUDGET_S = 600 };

struct acme_options {
    struct loop *loop;
    struct resolver *resolver; /* asked for the CA's addresses; freed before
                                  a session that is dropped midway */
    const char *directory_url;
    const char *ca_file; /* whom to trust for the CA's https; NULL: the
                            system's roots */
    struct connect_to_list connect_to;
    int64_t budget_s; /* for one verb, waiting included; 0: ACME_BUDGET_S */
};

enum acme_outcome {
    ACME_WORKED,
    ACME_REFUSED,     /* the CA said no: see `problem` */
    ACME_BROKEN,      /* the CA broke the protocol, or gave us another
                         certificate than we asked for */
    ACME_UNREACHABLE, /* no answer, or no TLS that we trust */
    ACME_TOO_LATE,    /* the budget was spent waiting for the CA */
    ACME_UNPROVEN,    /* a challenge could not be shown */
    ACME_FAILED,      /* our own failure */
    ACME_OUTCOME_COUNT,
};

struct acme_account {
    const char *url;    /* the key identifier, "kid" */
    const char *status; /* "valid", "deactivated", "revoked" */
    bool is_new;        /* made just now */
};

struct acme_issued {
    const char *chain_pem;         /* leaf first, as served */
    const struct held_cert *chain; /* the same, read; at least one */
    size_t chain_len;
    const char *order_url; /* or NULL */
    const char *cert_url;
    bool replaced; /* the CA took `replaces`: the renewal is no cost */
};

struct acme_result {
    enum acme_outcome outcome;
    const char *why; /* one sentence with full stop; NULL: it worked */
    const struct acme_problem *problem; /* ACME_REFUSED; else NULL */
    const struct acme_account *account; /* of the account verbs */
    const struct acme_issued *issued;   /* of acme_issue() */
    const struct acme_ari *ari;         /* of acme_ari_ask() */
};

typedef void acme_done(void *arg, const struct acme_result *result);

MUST_CHECK bool acme_new(const struct acme_options *o, struct acme **out,
                         struct err *err);
/* A verb under way is dropped; its `done` is not called. NULL is fine. */
void acme_free(struct acme *s);

/* The verb under way fails soon: nothing more is asked of the CA but to take
 * back what can be. Solvers that take long are stopped by their owner. */
void acme_stop(struct acme *s);

void acme_open(struct acme *s, acme_done *done, void *arg);

/* What acme_open() brought; NULL before it worked. */
const struct acme_directory *acme_directory(const struct acme *s);

/* How far this machine's clock is ahead of the CA's, in seconds, as its last
 * answer says; 0 before there was one. */
int64_t acme_clock_ahead_s(const struct acme *s);

/* Within an hour: what is due can be told by it. */
bool acme_clock_agrees(const struct acme *s);

/* "this machine's clock says D, and the CA's D: ...", no full stop. */
const char *acme_clock_words(struct arena *a, const struct acme *s);

/* ---- the account (7.3) ---- */

struct acme_account_request {
    const struct key *key;       /* must outlive the session */
    const char *const *contacts; /* "mailto:a@example.org" */
    size_t contacts_len;
    bool agree;             /* to the terms of service in the directory */
    bool only_existing;     /* do not make one */
    const char *eab_kid;    /* external account binding (7.3.4), or NULL */
    const uint8_t *eab_key; /* the MAC key, decoded */
    size_t eab_key_len;
    const char *eab_alg; /* NULL: "HS256" */
};

/* Finds the account of the key, or makes one. */
void acme_account_find(struct acme *s,
                       const struct acme_account_request *request,
                       acme_done *done, void *arg);

/* The account is known from last time; no request is made. */
void acme_account_use(struct acme *s, const struct key *key, const char *url);

/* Replaces the contacts; none at all with 0. */
void acme_account_contacts(struct acme *s, const char *const *contacts,
                           size_t len, acme_done *done, void *arg);

/*
 * Another key for the account (7.3.5). Before: both keys are on disk. If the
 * answer is lost, the CA is asked which of the two it takes. Worked: `to` is
 * the account's key from now on; REFUSED: the old one still is. Otherwise
 * nobody knows: keep both, and acme_account_which() later.
 */
void acme_account_rekey(struct acme *s, const struct key *to, acme_done *done,
                        void *arg);

/* Which of two keys is the account's: *out is set when it worked. */
void acme_account_which(struct acme *s, const struct key *const keys[2],
                        const struct key **out, acme_done *done, void *arg);

void acme_account_deactivate(struct acme *s, acme_done *done, void *arg);

/* ---- a certificate (7.4) ---- */

/* An order that an earlier run has left, asked for by the same key. */
struct acme_left {
    const char *url; /* NULL: there is none */
    bool replaces;   /* it was taken as a renewal */
    bool is_invalid; /* told by acme_issue(): the CA gave it up */
};

struct acme_order_request {
    const char *const *names; /* normal form, "*." allowed, or addresses */
    size_t names_len;
    const uint8_t *csr; /* DER, for exactly these names */
    size_t csr_len;
    const struct challenge_solver *solvers; /* the one liked best first */
    size_t solvers_len;
    /* May this type be used for this name ("*." kept)? NULL: any may. */
    bool (*may)(void *arg, const char *name, const char *type);
    void *may_arg;
    const char *profile;    /* or NULL: the CA's default */
    const char *replaces;   /* acme_ari_id() of the old certificate, or NULL;
                               left out where the CA does not want it */
    struct acme_left *left; /* gone on with where it is any good; or NULL */
    /* Called before the request goes out: from then on the CA may issue.
     * NULL: go on; else half a sentence why not. May be NULL itself. */
    const char *(*keep)(void *arg, const char *order_url, bool replaces);
    void *keep_arg;
    const char *chain; /* CN of the root or issuer the last certificate
                          should name; NULL: what the CA serves first */
};

/*
 * Orders, proves, finalizes, downloads and checks: the leaf has the key of the
 * request and exactly these names, the chain is in order. After a failure
 * everything is cleaned up and open authorizations are given back; `problem`
 * has a part for each name that failed.
 */
void acme_issue(struct acme *s, const struct acme_order_request *request,
                acme_done *done, void *arg);

/* ---- afterwards ---- */

enum { ACME_REASON_NONE = -1 }; /* else RFC 5280 5.3.1 */

struct acme_revocation {
    const uint8_t *der; /* the certificate */
    size_t der_len;
    int reason;
    const struct key *cert_key; /* its own key asks (7.6); NULL: the account */
};

/* Revoked already is as good. */
void acme_revoke(struct acme *s, const struct acme_revocation *r,
                 acme_done *done, void *arg);

/* When to renew (RFC 9773). A CA without ARI: REFUSED, with no problem. */
void acme_ari_ask(struct acme *s, const char *cert_id, acme_done *done,
                  void *arg);

#endif
