#ifndef CERTMEND_REPORT_FLEET_REPORT_H
#define CERTMEND_REPORT_FLEET_REPORT_H
/*
 * fleet_report - many targets as one table, spreadsheet or set of metrics
 *
 * Renders rows that are sorted already; decides nothing. As a page:
 * page/page_fleet.h. Columns for labels
 * and for what has changed are there where any row has them.
 */
#include "report/fleet_row.h"

struct fleet_rows {
    const struct fleet_row *const *items; /* worst first */
    size_t len;
};

/* One line a target under a heading, as wide as `width`; the sum below. What is
 * too long is cut, what matters least is left out where it is narrow. */
void fleet_report_table(struct arena *a, const struct fleet_rows *rows,
                        int width, struct buf *out);

/* RFC 4180, with a heading. No field of it is a formula to a spreadsheet. */
void fleet_report_csv(struct arena *a, const struct fleet_rows *rows,
                      struct buf *out);

/* OpenMetrics, which the textfile collector of Prometheus reads too. */
void fleet_report_metrics(struct arena *a, const struct fleet_rows *rows,
                          struct buf *out);

#endif
