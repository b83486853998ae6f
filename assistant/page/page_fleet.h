#ifndef CERTMEND_PAGE_PAGE_FLEET_H
#define CERTMEND_PAGE_PAGE_FLEET_H
/*
 * page_fleet - many targets as data for templates/page/table.mustache
 *
 * For the page that is served and for the file of "check - --format html".
 * Decides nothing: the rows are sorted, worst first. What the keys are stands
 * at the head of the template.
 */
#include "report/fleet_report.h"

struct page_fleet_options {
    const char *at;         /* served: "/a/ID"; NULL: one file */
    const char *csrf_again; /* served: of the form "check all again" */
    /* Where the page of the row that was asked for as the at-th is; NULL: it
     * has none, or there are none. */
    const char *(*row_at)(void *arg, size_t at);
    void *arg;
};

struct json *page_fleet(struct arena *a, const struct fleet_rows *rows,
                        const struct page_fleet_options *o);

#endif
