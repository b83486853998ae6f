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

struct report_limit {    /* of what is left of a certificate */
    bool given, percent; /* of its own lifetime; else days */
    long least;
};

struct report_limits { /* -w and -c of a monitoring plugin */
    struct report_limit warn, critical;
};

/* Monitoring Plugins, development guidelines 2.3. */
enum alarm_status {
    ALARM_OK,
    ALARM_WARNING,
    ALARM_CRITICAL,
    ALARM_UNKNOWN,
    ALARM_COUNT,
};

struct report_alarm { /* what a monitoring system is told */
    enum alarm_status status;
    const char *text; /* "CERTMEND CRITICAL - ..."; one line, without "|" */
    const char *days; /* "55;30;7", days left and the limits in days; "": no
                         limits, or no certificate */
    const char *life; /* "61%;33;10", where a limit is a percentage; or "" */
};

void report_nagios(struct arena *a, const struct report *r,
                   const struct report_limits *limits,
                   struct report_alarm *out);

/* The same of what could not be looked at. */
void report_nagios_failed(struct arena *a, const char *why,
                          struct report_alarm *out);

/* The line of one target: "text | days=55;30;7". */
void report_nagios_line(const struct report_alarm *alarm, struct buf *out);

#endif
