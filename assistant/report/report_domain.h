#ifndef CERTMEND_REPORT_REPORT_DOMAIN_H
#define CERTMEND_REPORT_REPORT_DOMAIN_H
/*
 * report_domain - the places of a healthy mail domain, for report_text.c only
 *
 * One line for each: how it was come by, what it showed, how long its
 * certificate lasts.
 */
#include "report/report.h"

/* The survey has ways. */
void report_domain(struct arena *a, const struct report *r, struct buf *out);

#endif
