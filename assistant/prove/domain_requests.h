#ifndef CERTMEND_PROVE_DOMAIN_REQUESTS_H
#define CERTMEND_PROVE_DOMAIN_REQUESTS_H
/*
 * domain_requests - what mail programs and senders look up for a mail domain
 *
 * Pass by pass: what is published and guessed, then where that leads.
 */
#include "model/probe_request.h"

/* Nothing, unless the target is a mail domain. */
void domain_requests(const struct survey *s, struct probe_requests *out);

#endif
