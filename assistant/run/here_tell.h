#ifndef CERTMEND_RUN_HERE_TELL_H
#define CERTMEND_RUN_HERE_TELL_H
/*
 * here_tell - what was found on this machine, for people and programs
 */
#include "base/json.h"
#include "run/exit_status.h"
#include "run/here_look.h"

/* Ends with a newline. */
void here_tell_text(struct arena *a, const struct report *r,
                    const struct here_report *h, struct buf *out);

/* The member "here" of a report in JSON. */
struct json *here_tell_json(struct arena *a, const struct here_report *h);

/* EXIT_UNSEEN: nothing of it is this machine's, or none of it could be read. */
enum exit_status here_tell_status(const struct here_report *h);

#endif
