#ifndef CERTMEND_RUN_LETTER_H
#define CERTMEND_RUN_LETTER_H
/*
 * letter - the letter to whoever can mend it, as plain text
 *
 * Short lines, no tables: it has to survive a web form.
 */
#include "base/buf.h"
#include "base/json.h"

/* report: certmend.report/1; to: of ticket_recipient(); templates: a folder,
 * or NULL. */
MUST_CHECK bool letter_write(struct arena *a, const char *templates,
                             const struct json *report, const char *to,
                             struct buf *out, struct err *err);

#endif
