#ifndef CERTMEND_RUN_LETTER_H
#define CERTMEND_RUN_LETTER_H
/*
 * letter - the letter to whoever can mend it, as plain text
 *
 * Short lines, no tables: it has to survive a web form.
 */
#include "advise/advise.h"
#include "base/buf.h"

struct letter_request {
    const struct json *report; /* certmend.report/1 */
    enum recipient to;
    const struct rules *rules; /* those of the report; NULL: built in */
    const char *templates;     /* a folder; NULL: built in */
};

/* One letter about many servers: `letters` are the blanks of each
 * (report/ticket.h), in an array. */
MUST_CHECK bool letter_write_many(struct arena *a,
                                  const struct letter_request *l,
                                  const struct json *letters, struct buf *out,
                                  struct err *err);

MUST_CHECK bool letter_write(struct arena *a, const struct letter_request *l,
                             struct buf *out, struct err *err);

#endif
