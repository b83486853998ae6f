#ifndef CERTMEND_REPORT_REPORT_PORTS_H
#define CERTMEND_REPORT_REPORT_PORTS_H
/*
 * report_ports - the table of ports, for report_text.c only
 *
 * One block per address; addresses that show the same share a block, and
 * ports that all refuse or keep silent share a line.
 */
#include "report/report.h"

void report_ports(struct arena *a, const struct report *r, struct buf *out);

#endif
