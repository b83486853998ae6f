#ifndef CERTMEND_REPORT_REPORT_GAPS_H
#define CERTMEND_REPORT_REPORT_GAPS_H
/*
 * report_gaps - what an all-clear does not rest on, and why not
 *
 * Names that do not exist, ports where nothing answers, the other family of
 * addresses, ports that were not asked for, second looks that got no answer.
 * For report/ and page/ only; texts live in the arena given. Of a file there
 * are none.
 */
#include "report/report.h"

struct report_gap {
    const char *what; /* "port 25 of mail.example.com" */
    const char *why;  /* half a sentence, without a full stop */
};

struct report_gaps {
    struct arena *arena;
    struct report_gap *items;
    size_t len;
};

struct report_gaps report_gaps(struct arena *a, const struct survey *s);

/* "No answer on ports 110 and 995." of what counts; "": all answered. */
const char *report_gaps_mute(struct arena *a, const struct survey *s);

#endif
