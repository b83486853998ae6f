#ifndef CERTMEND_FACTS_REFUSALS_H
#define CERTMEND_FACTS_REFUSALS_H
/*
 * refusals - what some programs refuse where others see nothing wrong
 *
 * Which programs stands in rules/known.json, under "refusals". Pure.
 *
 * To add one: a word in known.h and known.c, its row in refusals.c, its
 * sentence in check/chk_engine.c.
 */
#include "facts/known.h"
#include "model/survey.h"

/* The certificate of a trusted path that has this fault, or NULL; NULL too
 * where nobody is known to refuse it. */
const struct cert *refusals_of(const struct survey *s, const struct cell *c,
                               enum refusal fault);

/* A name that the authority may not vouch for and that one of the leaf's
 * wildcards is above, or NULL. */
const char *refusals_excluded(const struct cert *leaf,
                              const struct cert *authority);

bool refusals_any(const struct survey *s, const struct cell *c);

/* The leaf's key may not sign, and the connection needs it to: TLS 1.3, and
 * every key exchange before it but that of RSA alone. */
bool refusals_cannot_sign(const struct survey *s, const struct cell *c);

/* The leaf demands a staple, and none that holds came with it (RFC 7633). */
bool refusals_unstapled(const struct cell *c);

/* The certificate on the path with a critical extension that nobody knows, or
 * NULL. */
const struct cert *refusals_unknown(const struct survey *s,
                                    const struct cell *c);

#endif
