#ifndef CERTMEND_ACME_CHAIN_CHECK_H
#define CERTMEND_ACME_CHAIN_CHECK_H
/*
 * chain_check - a chain as it should come from a CA
 *
 * The leaf has exactly the names that were wanted, and each certificate is
 * signed by the one behind it (RFC 8555 7.4.2). Trust and dates are no
 * question here.
 */
#include "crypto/x509_read.h"

/* What is wrong with it, half a sentence; NULL: nothing. */
const char *chain_misfit(struct arena *a, const struct cert_list *chain,
                         const char *const *names, size_t names_len);

/* PEM written anew, from number `first` on: nothing that stood around the
 * certificates comes along. */
const char *chain_pem(struct arena *a, const struct cert_list *chain,
                      size_t first);

#endif
