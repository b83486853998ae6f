#ifndef CERTMEND_FACTS_EXPECTED_CERT_H
#define CERTMEND_FACTS_EXPECTED_CERT_H
/*
 * expected_cert - the certificate that should be served, as the user says
 *
 * Pure. Of a certificate that was not named by --expect nothing is asked.
 */
#include "model/survey.h"

/* This look saw the expected certificate. */
bool expected_cert_is_shown(const struct survey *s, const struct cell *c);

/* TLS works there, one was expected, and no look at that host, address and
 * port saw it: a server may have one for each type of key. */
bool expected_cert_is_missing(const struct survey *s, const struct cell *c);

#endif
