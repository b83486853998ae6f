#ifndef CERTMEND_REPORT_HTML_PAGE_H
#define CERTMEND_REPORT_HTML_PAGE_H
/*
 * html_page - pages that need nothing else, and text that is no markup
 *
 * No script, no outside reference: a page can be mailed and opened anywhere.
 * Everything that came from outside goes through html_page_text().
 */
#include "base/buf.h"

/* From <!doctype> to <body>; `wide`: for a table and not to be read line by
 * line. */
void html_page_begin(struct buf *out, const char *title, bool wide);
void html_page_end(struct buf *out);

void html_page_text(struct buf *out, const char *text); /* NULL: nothing */

/* <tag>text</tag> and a line's end; NULL: nothing. */
void html_page_element(struct buf *out, const char *tag, const char *text);

#endif
