#ifndef CERTMEND_ACT_RATE_LIMIT_LOG_H
#define CERTMEND_ACT_RATE_LIMIT_LOG_H
/*
 * rate_limit_log - what this machine has spent of a CA's rate limits
 *
 *     DIR/ledger.json
 *
 * A CA counts what others on other machines spend too: the log refuses what
 * is sure to be refused, so that a rejected order costs nothing. A limit fills
 * up again evenly over its window.
 */
#include "act/store.h"
#include "facts/ca.h"

struct rate_limit_entry {
    int64_t at;       /* Unix seconds */
    const char *ca;   /* URL of its directory */
    const char *what; /* a word of limit_of_words */
    const char *const *names;
    size_t names_len;
    const char *order; /* its URL, or NULL: anything else */
};

struct rate_limit_log {
    const struct store *store;
    struct rate_limit_entry *entries; /* oldest first */
    size_t len;
};

/* No file is an empty log. */
MUST_CHECK bool rate_limit_log_read(const struct store *s,
                                    struct rate_limit_log *out,
                                    struct err *err);

struct rate_limit_log_request {
    const struct ca *ca;
    const char *const *names;
    size_t names_len;
    bool is_renewal;   /* taken as one by ARI: no limit counts (RFC 9773) */
    const char *order; /* its address: counted once; or NULL */
};

struct rate_limit_log_cost {
    const char *const *lines; /* "certificate 13 of 50 in 7 days for ..." */
    size_t len;
    const char *refusal; /* the CA would say no, one sentence; or NULL */
    int64_t free_at;     /* Unix seconds: then it would not; with refusal */
};

struct rate_limit_log_cost rate_limit_log_ask(
    const struct rate_limit_log *l,
    const struct rate_limit_log_request *request, int64_t now_s);

/* Writes down an order, a certificate, or the failure of these names. Wants
 * store_lock(). */
MUST_CHECK bool rate_limit_log_add(struct rate_limit_log *l,
                                   const struct rate_limit_log_request *request,
                                   enum limit_of what, int64_t now_s,
                                   struct err *err);

/* The CA has not carried out this order after all. */
MUST_CHECK bool rate_limit_log_drop(struct rate_limit_log *l, const char *order,
                                    int64_t now_s, struct err *err);

#endif
