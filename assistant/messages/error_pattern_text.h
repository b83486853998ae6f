#ifndef CERTMEND_MESSAGES_ERROR_PATTERN_TEXT_H
#define CERTMEND_MESSAGES_ERROR_PATTERN_TEXT_H
/*
 * error_pattern_text - a pasted message, freed from what it went through
 *
 * People paste from terminals, mails, web pages and logs. Escape sequences,
 * quote marks, entities, tags and soft line breaks go; curly quotes and odd
 * blanks become plain; lines become one. Messages are then compared by letters
 * and digits alone, so that case, punctuation and folding do not matter.
 */
#include "base/arena.h"

#include <stdint.h>

struct error_pattern_text {
    const char *plain; /* one line, valid UTF-8 */
    size_t plain_len;
    const char *letters; /* a-z and 0-9 of `plain`, nothing else */
    size_t len;
    const uint32_t *at; /* letters[i] is plain[at[i]] */
};

enum { ERROR_PATTERN_TEXT_MAX = 256 * 1024 }; /* bytes; the rest is not read */

struct error_pattern_text error_pattern_text_read(struct arena *a,
                                                  const char *text, size_t len);

/* Neither letter nor digit stands before or behind letters[from, to). */
bool error_pattern_text_whole(const struct error_pattern_text *t, size_t from,
                              size_t to);

#endif
