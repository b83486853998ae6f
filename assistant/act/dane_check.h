#ifndef CERTMEND_ACT_DANE_CHECK_H
#define CERTMEND_ACT_DANE_CHECK_H
/*
 * dane_check - may a certificate go where these TLSA records are?
 *
 * Asked before an order, when its key may be known and its certificate is not,
 * and again before it goes live. Senders that use DANE refuse a server that
 * none of its records fits, so what fits none is a block, and so is what could
 * not be learnt: no answer is not "none". Where the live certificate has the
 * same key and fits no better, nothing gets worse, and nothing is blocked.
 */
#include "act/dane_look.h"
#include "facts/tlsa_fit.h"

struct dane_offer {
    struct tlsa_offer tlsa;
    const struct cert *key; /* its fields, as by key_as_cert(); NULL: a new
                               one will be made */
    bool is_issued;         /* the certificate is there, and not live */
    const struct tlsa_offer *kept; /* what is live, where it has the same key;
                                      else NULL */
    const char *folder;            /* of the store: "mail.example.org" */
};

enum dane_ruling { DANE_CLEAR, DANE_UNSURE, DANE_BLOCK };

struct dane_verdict {
    enum dane_ruling ruling;
    bool is_lost;     /* for want of answers alone */
    const char *why;  /* one sentence or two; NULL: clear */
    const char *todo; /* likewise */
};

/* `name`: of the certificate; NULL: all of them. */
struct dane_verdict dane_judge(struct arena *a, const struct dane_seen *seen,
                               const char *name,
                               const struct dane_offer *offer);

#endif
