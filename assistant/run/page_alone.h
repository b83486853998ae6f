#ifndef CERTMEND_RUN_PAGE_ALONE_H
#define CERTMEND_RUN_PAGE_ALONE_H
/*
 * page_alone - a page as one file, which can be mailed and opened anywhere
 *
 * No script and nothing outside: its policy names the hash of its own style
 * sheet and allows nothing else.
 */
#include "page/page_render.h"

/* Like page_render(), as one file: `served` and the hash are seen to here. */
MUST_CHECK bool page_alone(struct arena *a, const struct page_request *p,
                           struct buf *out, struct err *err);

#endif
