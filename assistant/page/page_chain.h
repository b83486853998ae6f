#ifndef CERTMEND_PAGE_PAGE_CHAIN_H
#define CERTMEND_PAGE_PAGE_CHAIN_H
/*
 * page_chain - the chain of signatures as a drawing
 *
 * One for each chain that ports show: boxes from the server's certificate to
 * the root, and one with a broken line where a certificate was not sent. Drawn
 * from left to right, and from top to bottom where a page is narrow.
 */
#include "base/json.h"
#include "report/report.h"

/*
 * [{"ports", "is_whole", "is_broken", "missing_len", "told": the chain in
 * words, "width", "height": of the drawing from left to right, "tall": of the
 * other, "boxes": [{"x", "y": in either, "role_is", "is_missing", "is_bad",
 * "lines", "name", "issuer", "from", "until", "has_next"}], "beside": names of
 * what was sent and is of no use}]
 */
struct json *page_chains(struct arena *a, const struct report *r);

#endif
