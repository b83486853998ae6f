#ifndef CERTMEND_BASE_TEXT_H
#define CERTMEND_BASE_TEXT_H
/*
 * text - lists of texts: one among others, one more, told in a sentence;
 * and a number in words
 *
 * A list lives in the arena its texts were added from; the texts are not
 * copied. Nothing here fails. For a list that is read from JSON there is
 * json_read_texts().
 */
#include "base/buf.h"

#include <stdint.h>

struct text_list {
    const char **text;
    size_t len;
};

/* To the letter; the list may be NULL where it is empty. */
bool text_is_among(const char *text, const char *const *list, size_t len);
bool text_list_has(const struct text_list *list, const char *text);

void text_list_add(struct arena *a, struct text_list *list, const char *text);

/* Unless it is there. */
void text_list_add_new(struct arena *a, struct text_list *list,
                       const char *text);

/* "a", "a and b", "a, b and c". */
void text_list_tell(struct buf *out, const char *const *text, size_t len);

/* "a, b", and where there are more than `most`: "a, b and 5 more". */
void text_list_tell_most(struct buf *out, const char *const *text, size_t len,
                         size_t most);

/* "five", "fifty"; in digits where words would be long: "48". */
const char *text_number(struct arena *a, int64_t number);

#endif
