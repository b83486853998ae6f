#ifndef CERTMEND_CHECK_CHAIN_LINKS_H
#define CERTMEND_CHECK_CHAIN_LINKS_H
/*
 * chain_links - how the certificates that a server sent hang together
 *
 * Exactly one answer per cell, the most telling: the findings of chk_trust
 * and chk_chain share it, so that one fault has one name. Pure.
 */
#include "model/survey.h"

enum link_fault {
    LINK_OK,                 /* trusted as sent, or other faults only */
    LINK_LEAF_NOT_FIRST,     /* an authority's certificate comes first */
    LINK_SELF_SIGNED,        /* the leaf vouches for itself */
    LINK_INTERCEPTED,        /* something on the way answers in its place */
    LINK_TEST_CA,            /* an authority made for trying things out */
    LINK_DISTRUSTED,         /* known, and struck from the lists of programs */
    LINK_PRIVATE_CA,         /* the root is there, and nobody here knows it */
    LINK_WRONG_INTERMEDIATE, /* what was sent did not sign the leaf */
    LINK_INCOMPLETE,         /* the issuer was not sent */
};

enum link_fault chain_links_fault(const struct survey *s, const struct cell *c);

/* A certificate that was sent leads some program astray: what is wrong with
 * the path that it leads to is no fault of the others. */
bool chain_links_misled(const struct cell *c);

bool chain_links_have(const struct cell *c, enum trust_code code);

/* The certificate that has the fault, or NULL: it has none such, or the path
 * does not reach as far. */
const struct cert *chain_links_faulty(const struct survey *s,
                                      const struct cell *c,
                                      enum trust_code code);

/* A certificate may not be used for servers, and that is its fault: what may
 * issue none at all has another. NULL: none. */
const struct cert *chain_links_misused(const struct survey *s,
                                       const struct cell *c);

/* `child` names `parent` as its issuer, and the key ids agree where both
 * have one (RFC 5280 4.2.1.1). Signatures are crypto/verification's business.
 */
bool chain_links_fit(const struct cert *child, const struct cert *parent);

/* The last certificate that the path reached, never NULL. */
const struct cert *chain_links_end(const struct survey *s,
                                   const struct cell *c);

#endif
