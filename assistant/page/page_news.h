#ifndef CERTMEND_PAGE_PAGE_NEWS_H
#define CERTMEND_PAGE_PAGE_NEWS_H
/*
 * page_news - what "check again" has brought, against the look before
 *
 * {"kind": "mended" | "better" | "same" | "worse" | "untested",
 *  "since": "09:38", "sentence": "1 fault is gone, nothing new came.",
 *  "rows": [{"what", "before", "now"}],
 *  "missed": what the person may have missed where it is the same, or null,
 *  "next": {"target", "sentence"}: what else to look at, or null}
 */
#include "base/json.h"
#include "report/report.h"

/* `now` may be a look at another name than `before`: a fix that was tried
 * under its own name. */
struct json *page_news(struct arena *a, const struct report *before,
                       const struct report *now);

#endif
