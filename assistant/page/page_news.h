#ifndef CERTMEND_PAGE_PAGE_NEWS_H
#define CERTMEND_PAGE_PAGE_NEWS_H
/*
 * page_news - what "check again" has brought, against the look before
 *
 * Data for templates/page/news.mustache, which has the words:
 *
 * {"is": {"mended"|"better"|"same"|"worse"|"untested": true}, "kind": that,
 *  "since": "09:38 UTC" of the look before,
 *  "asked", "asked_before": host, address or file; "port" that is looked at
 *  now, or null; "moved": now it is another place,
 *  "was_untested", "was_fine": what the look before had come to,
 *  "silent": ports that answered before and do not now, where nothing else is
 *      wrong, "silent_many"; or null: what is not seen is not mended,
 *  "gone", "came", "left": {"count": 2, "one": bool, "titles": [{"title"}]}
 *      faults, or null where there is none,
 *  "has_rows", "rows": [{"ports": "465 and 993", "many", "host": of a mail
 *      domain, "before": null or {"place": "mail.example.com:465" where moved,
 *          "words", "names", "until", "is": {"right"|"wrong"|"unseen": true}},
 *      "now": likewise}], ports that show something else than before; alike
 *      ones in one row,
 *  "now": as view_now() has it (guide/view.h),
 *  "has_missed", "missed": [{"text"|"command"}], what may have been missed,
 *  "elsewhere": [{"text"|"command"}], where the same is to be done, or null,
 *  "next": what else to look at: words for target_parse(), or null}
 */
#include "base/json.h"
#include "report/report.h"

struct page_news_request {
    const struct report *before;
    const struct report *now; /* of another name or port, maybe: a fix that was
                                 tried under its own name */
    const struct fix *tried;  /* of before->plan; NULL: nobody knows */
    const char *templates;    /* a folder, or NULL: built in */
};

/* A template that is broken is told by who fills the page; here it is left
 * out. */
struct json *page_news(struct arena *a, const struct page_news_request *q);

#endif
