#ifndef CERTMEND_PAGE_PAGE_VIEW_H
#define CERTMEND_PAGE_PAGE_VIEW_H
/*
 * page_view - a judged survey as data for the page's templates
 *
 * One view for the page that is served and for the file that --format html
 * writes. Pure; all text in it is plain and is escaped where it is written.
 * What its keys are is written at the head of templates/page/answer.mustache.
 */
#include "base/json.h"
#include "base/text.h"
#include "report/report.h"

struct page_view_options {
    /* A folder of templates/software/ whose steps are shown, or NULL: as no
     * program is known. "server": "I run the server". */
    const char *client;
    /* Served: the address of the answer ("/a/ID"), under which its forms, its
     * chips and its downloads are; NULL: one file, which needs nothing else. */
    const char *at;
    const char *csrf_again;  /* the token of the form "again" */
    const struct json *news; /* what has changed since the look before, or
                                NULL: page/page_news.h */
    bool is_public;          /* no request is made, no key is written here */
    bool is_print;           /* everything open */
    const char *templates;   /* a folder in place of the built-in ones; NULL */
    struct text_list software; /* what serves, as the user says */
};

struct json *page_view(struct arena *a, const struct report *r,
                       const struct page_view_options *o);

/* The programs of the chips, in their order: {"id", "name"}. */
struct page_client {
    const char *id, *name; /* "gmail", "Gmail" */
};
extern const struct page_client page_clients[]; /* ends with id NULL */
const struct page_client *page_client_find(const char *id); /* NULL */

#endif
