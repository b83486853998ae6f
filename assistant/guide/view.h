#ifndef CERTMEND_GUIDE_VIEW_H
#define CERTMEND_GUIDE_VIEW_H
/*
 * view - what a look has shown, as data for the guide's texts
 */
#include "report/report.h"

/*
 * {"asked", "groups": [{"ports", "names", "issuer", "until", "words"}],
 *  "silent": ports that say nothing, or null,
 *  "finding": {"id", "title", "detail", "why", "ports"}, the gravest,
 *  "also": [{"id", "title"}], the other faults}
 */
struct json *view_of(struct arena *a, const struct report *r);

/*
 * What is right now and what is not, against the look before:
 * {"asked", "good": "465 and 587" or null, "many": bool,
 *  "bad": [{"ports", "address", "words", "names": it is made out to,
 *           "same": the certificate from before}],
 *  "unchanged": nothing is right, and all is as it was}
 */
struct json *view_now(struct arena *a, const struct report *before,
                      const struct report *now);

/* Where a fix was tried and nothing has changed: the text of templates/session/
 * on what may have been missed, of the fix or of its kind; NULL: none. */
const char *view_hint(struct arena *a, const char *templates,
                      const struct fix *tried);

/* One of the ids is an error or a warning in the report. */
bool view_has(const struct report *r, const char *const *ids, size_t len);

#endif
