#ifndef CERTMEND_PAGE_PAGE_PARTS_H
#define CERTMEND_PAGE_PAGE_PARTS_H
/*
 * page_parts - the parts that page_view() puts together, for page/ alone
 *
 * Templates look a key up in whatever is around them where it is missing: so a
 * part writes each of its keys, with null for "there is none".
 */
#include "page/page_view.h"

struct page_part {
    struct arena *arena;
    const struct report *report;
    const struct page_view_options *options;
};

/* What a thing is, by icon, word and colour. */
enum page_mark {
    MARK_UNKNOWN, /* not determined, closed */
    MARK_FINE,
    MARK_INFO,
    MARK_WARNING,
    MARK_FAULT, /* the worst last */
    MARK_COUNT,
};

/* "kind": "fault", for a class and an icon. */
void page_put_mark(const struct page_part *p, struct json *o,
                   enum page_mark mark);
enum page_mark page_cell_mark(const struct report *r, size_t cell);

int page_cell_ms(const struct cell *c); /* all of its steps together */

/* page_view.c puts these into its object; each says its keys there. */
void page_put_verdict(const struct page_part *p, struct json *view);
void page_put_tags(const struct page_part *p, struct json *view);
void page_put_fixes(const struct page_part *p, struct json *view);
void page_put_score(const struct page_part *p, struct json *view);
void page_put_hosts(const struct page_part *p, struct json *view);
void page_put_ports(const struct page_part *p, struct json *view);

#endif
