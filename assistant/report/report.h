#ifndef CERTMEND_REPORT_REPORT_H
#define CERTMEND_REPORT_REPORT_H
/*
 * report - a judged survey for a person or a program
 *
 * Renders; decides nothing. All text has been made printable before.
 */
#include "model/plan.h"

struct report {
    const struct survey *survey;
    const struct findings *findings; /* sorted */
    const struct plan *plan;         /* ordered */
};

enum verdict_word { VERDICT_OK, VERDICT_PROBLEMS, VERDICT_UNTESTED };
enum verdict_word report_verdict(const struct report *r);

/* certmend.report/1 of the contract. */
struct json *report_json(struct arena *a, const struct report *r);

/* For people: verdict first, both sides, the port table, the best fix in
 * full, the others in a line. Ends with a newline. */
void report_text(struct arena *a, const struct report *r, struct buf *out);

/* One page that needs nothing else: no script, no outside reference. */
void report_html(struct arena *a, const struct report *r, struct buf *out);

/* For who is woken by it: something is wrong, or will be very soon. */
bool report_is_critical(const struct report *r);

/* One line for a monitoring system: "CERTMEND CRITICAL - ... The certificate
 * ends on 2027-01-22, 55 days." */
void report_nagios(struct arena *a, const struct report *r, struct buf *out);

#endif
