#ifndef CERTMEND_REPORT_REPORT_DOMAIN_H
#define CERTMEND_REPORT_REPORT_DOMAIN_H
/*
 * report_domain - what an all-clear for a mail domain rests on, for
 * report_text.c only
 *
 * One line for each place: how it was come by, what it showed, how long its
 * certificate lasts. Then what was not looked at, and why.
 */
#include "report/report.h"

void report_domain(struct arena *a, const struct report *r, struct buf *out);

#endif
