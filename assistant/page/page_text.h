#ifndef CERTMEND_PAGE_PAGE_TEXT_H
#define CERTMEND_PAGE_PAGE_TEXT_H
/*
 * page_text - texts as pages need them
 *
 * A list of pieces is one text, cut where a host name may be folded: behind its
 * dots and hyphens. [{"text", "fold"}]: a template writes <wbr> behind a piece
 * that folds.
 */
#include "base/json.h"
#include "base/text.h"

/* NULL puts null. */
void page_put_pieces(struct arena *a, struct json *o, const char *key,
                     const char *text);

/* An object with each name as pieces: [{"pieces": [...], "text"}]. */
void page_add_named(struct arena *a, struct json *list, const char *text);

/* "key": {"word": true}, which a template can ask about; NULL: an empty one. */
void page_put_is(struct arena *a, struct json *o, const char *key,
                 const char *word);

/* "465, 587 and 993", or NULL where there is nothing. */
const char *page_joined(struct arena *a, const struct text_list *list);

const char *page_capital(struct arena *a, const char *text);

#endif
