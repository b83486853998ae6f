#ifndef CERTMEND_REPORT_TICKET_H
#define CERTMEND_REPORT_TICKET_H
/*
 * ticket - what a letter to whoever can mend it has to say
 *
 * From a report as it stands in JSON, fresh or saved, so that both give the
 * same letter. The words are in templates/ticket/<to>.mustache.
 *
 * To add a recipient: a row in ticket.c and its template.
 */
#include "base/json.h"

/* "provider", "it", "dns", "seller"; NULL ends. */
const char *ticket_recipient(size_t i);

/*
 * The blanks of the letter. ERR_INPUT: the document is no report, or nothing
 * in its plan is for `to`, which must be a recipient.
 */
MUST_CHECK bool ticket_data(struct arena *a, const struct json *report,
                            const char *to, struct json **out, struct err *err);

#endif
