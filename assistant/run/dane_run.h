#ifndef CERTMEND_RUN_DANE_RUN_H
#define CERTMEND_RUN_DANE_RUN_H
/*
 * dane_run - act/dane_look.h on a loop of its own
 */
#include "act/issue.h"

MUST_CHECK bool dane_run(struct arena *a, const struct issue_order *o,
                         struct dane_seen *out, struct err *err);

#endif
