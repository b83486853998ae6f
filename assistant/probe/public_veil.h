#ifndef CERTMEND_PROBE_PUBLIC_VEIL_H
#define CERTMEND_PROBE_PUBLIC_VEIL_H
/*
 * public_veil - what of a cell is told where anybody may ask
 *
 * A page that is open to all must not be a scanner of ports: of a host that
 * somebody typed, a port that is closed and one that is silent are told alike.
 * Of hosts that the DNS names for mail, or that mail programs try, both are
 * told as they are.
 *
 * And it is a stranger to every server: one that says "not now", or keeps it
 * waiting for a greeting, has done nothing wrong, and nothing is known of it.
 */
#include "model/survey.h"

/* Before the cell joins the survey of `t`. */
void public_veil(const struct target *t, struct cell *c);

#endif
