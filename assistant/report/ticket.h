#ifndef CERTMEND_REPORT_TICKET_H
#define CERTMEND_REPORT_TICKET_H
/*
 * ticket - what a letter to whoever can mend it has to say
 *
 * From a report as it stands in JSON, fresh or saved, so that both give the
 * same letter. The words are in templates/ticket/<to>.mustache.
 *
 * To add a recipient: a word in model/plan.c and its template.
 */
#include "model/plan.h"

struct ticket_request {
    const struct json *report; /* certmend.report/1 */
    enum recipient to;
    const struct fix_defs *fixes; /* what each fix in it is, and for whom */
};

/* Something in its plan is theirs to do. */
bool ticket_is_for(const struct ticket_request *t);

/*
 * The blanks of the letter. ERR_INPUT: the document is no report, or nothing
 * in its plan is for them.
 */
MUST_CHECK bool ticket_data(struct arena *a, const struct ticket_request *t,
                            struct json **out, struct err *err);

#endif
