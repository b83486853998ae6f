#ifndef CERTMEND_RUN_CONNECT_TO_H
#define CERTMEND_RUN_CONNECT_TO_H
/*
 * connect_to - "HOST:PORT:ADDR:PORT", as curl's option of that name
 *
 * Empty fields mean any; IPv6 addresses stand in brackets.
 */
#include "probe/probe.h"

MUST_CHECK bool connect_to_parse(struct arena *a, const char *text,
                                 struct connect_to *out, struct err *err);

/* The rule as text again. */
const char *connect_to_text(struct arena *a, const struct connect_to *rule);

#endif
