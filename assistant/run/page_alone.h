#ifndef CERTMEND_RUN_PAGE_ALONE_H
#define CERTMEND_RUN_PAGE_ALONE_H
/*
 * page_alone - a page as one file, which can be mailed and opened anywhere
 *
 * No script and nothing outside: its policy names the hash of its own style
 * sheet and allows nothing else.
 */
#include "page/page_render.h"

/* `name`: templates/page/<name>.mustache; `templates`: a folder, or NULL. */
MUST_CHECK bool page_alone(struct arena *a, const char *templates,
                           const char *name, const char *title,
                           const struct json *data, struct buf *out,
                           struct err *err);

#endif
