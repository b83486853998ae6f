#ifndef CERTMEND_PROVE_PROVE_H
#define CERTMEND_PROVE_PROVE_H
/*
 * prove - no fix is offered unproven
 *
 * Pure: everything it needs is in the survey. A host name or port is offered
 * when a look at exactly that came back clean on every address; a certificate
 * fix when the checks, run again with the certificate in its place, no longer
 * report what it clears and report nothing new. What fails is dropped from
 * the plan; what cannot be proven from here says so.
 */
#include "advise/advise.h"
#include "crypto/anchors.h"
#include "model/plan.h"
#include "model/probe_request.h"

/* What a further pass has to look at before fixes can be offered: candidate
 * names and ports, missing intermediates, what the gates before a new
 * certificate need. Nothing when `found` has no fault, but for the policies of
 * mail on port 25, which decide what is one. */
void prove_requests(const struct survey *s, const struct findings *found,
                    struct probe_requests *out);

/* Gives every fix its proof and gates, drops what does not hold, orders the
 * rest: best first. */
MUST_CHECK bool prove_plan(struct plan *p, const struct survey *s,
                           const struct findings *found, struct anchors *trust,
                           struct err *err);

#endif
