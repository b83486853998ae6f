#ifndef CERTMEND_FACTS_CELL_STATE_H
#define CERTMEND_FACTS_CELL_STATE_H
/*
 * cell_state - what became of a cell, in one word, and whether it was clean
 *
 * Derived from the survey and its judged_at; nothing is stored.
 */
#include "model/survey.h"

enum cell_state {
    STATE_VERIFIED, /* name, chain and dates hold */
    STATE_FAULTY,   /* TLS works, something is wrong with the certificate */
    STATE_NO_TLS,   /* it answers, and TLS is not to be had */
    STATE_REFUSED,
    STATE_TIMED_OUT,
    STATE_CLOSED,
    STATE_NONSENSE,
    STATE_ALERTED,
    STATE_NOT_TRIED,
    STATE_COUNT,
};

extern const struct word state_words[]; /* "verified", "no_tls", ... */

enum cell_state cell_state(const struct survey *s, const struct cell *c);

/* Every certificate on the path is within its dates at judged_at. */
bool cell_dates_hold(const struct survey *s, const struct cell *c);

/* An authority has taken back a certificate on the path. */
bool cell_is_revoked(const struct survey *s, const struct cell *c);

/* verdict.trusted, the dates hold, and nothing was revoked. */
bool cell_is_trusted(const struct survey *s, const struct cell *c);

/* TLS 1.2 or later, a key of today's size and no outdated signature, made for
 * servers. */
bool cell_is_of_today(const struct survey *s, const struct cell *c);

/* Its key is smaller than today's rules allow. */
bool cell_key_is_small(const struct survey *s, const struct cert *leaf);

/* The certificate on the path whose signature is outdated, or NULL. What signed
 * itself is trusted, or not, for other reasons than its signature. */
const struct cert *cell_weakly_signed(const struct survey *s,
                                      const struct cell *c);

/* STATE_VERIFIED and of today: nothing a check would call an error. What may
 * be offered to a person. */
bool cell_is_clean(const struct survey *s, const struct cell *c);

/* TLS was reached: certificates are there to be judged. */
bool cell_has_tls(const struct cell *c);

/* It was heard as far as the greeting of its protocol, within TLS where TLS
 * comes first; of a saved survey that did not listen, TLS is enough. */
bool cell_speaks(const struct cell *c);

/* Some peer answered: not refused, unreachable, silent or untried. */
bool cell_answered(const struct cell *c);

/* Why it was never tried: what kept us here from going there, half a sentence;
 * NULL: nothing did. */
const char *cell_held_back(const struct attempt *to);

/* "the proxy ...": why it let nobody through to the peer; else NULL. */
const char *cell_proxy_words(const struct attempt *to);

#endif
