#ifndef CERTMEND_PAGE_PAGE_RENDER_H
#define CERTMEND_PAGE_PAGE_RENDER_H
/*
 * page_render - one page of templates/page/, filled
 *
 * templates/page/frame.mustache stands around each; at its head is what it
 * takes, and what every template there may count on. Templates escape
 * everything for HTML; {{{x}}} is not taken. What a folder of the user's own
 * lacks is taken from the built-in ones.
 */
#include "base/buf.h"
#include "base/json.h"

struct page_request {
    const char *name;  /* "answer": templates/page/answer.mustache */
    const char *title; /* of the window; never a secret */
    const struct json *data;
    const char *templates; /* a folder in place of the built-in ones; or NULL */
    bool served;           /* style sheet and script by their addresses; else
                              one file that needs nothing else */
    const char *style_hash; /* one file: SHA-256 of page.css in base64, which
                               its policy names; run/page_alone.h */
};

/* ERR_INPUT: a template of the user's is at fault; nothing is appended. */
MUST_CHECK bool page_render(struct arena *a, const struct page_request *p,
                            struct buf *out, struct err *err);

/* "page.css", "page.js", "favicon.svg": what the frame refers to. NULL: no such
 * file. */
const char *page_file(const char *templates, struct arena *a, const char *name,
                      const char **type);

#endif
