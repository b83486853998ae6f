#ifndef CERTMEND_CRYPTO_VERIFICATION_H
#define CERTMEND_CRYPTO_VERIFICATION_H
/*
 * verification - what the certificates of a survey are worth
 *
 * For every cell with certificates: does the leaf cover the reference
 * (X509_check_host / X509_check_ip with NEVER_CHECK_SUBJECT and
 * NO_PARTIAL_WILDCARDS, RFC 9525), and which faults has the chain as sent, by
 * depth, dates aside (RFC 5280 6.1; security level 0; the callback never
 * stops). If it fails, once more with the fetched certificates. An anchor that
 * completes a path joins survey.certs; where it was sent or fetched already it
 * becomes CERT_ANCHOR there, so that the survey can be judged again without
 * the anchors (whether it was sent is seen in cell.chain).
 *
 * Where nothing leads to an anchor the longer of both paths is told: one that
 * ends in a self-signed certificate ends in a root that nobody here trusts.
 * The dates only choose between paths; they are never a fault here.
 */
#include "crypto/anchors.h"
#include "model/survey.h"

/* Judges every cell again from the stored DER. */
MUST_CHECK bool verification_fill(struct survey *s, struct anchors *trust,
                                  struct err *err);

/* `name` in normal form or an address; any other text is not covered. */
bool verification_name(const uint8_t *der, size_t len, const char *name);

/* The same for names that are in no certificate yet, each put into a dNSName
 * or iPAddress as it stands. */
bool verification_patterns(const char *const *patterns, size_t len,
                           const char *name);

#endif
