#ifndef CERTMEND_MESSAGES_ERROR_PATTERN_TEXT_H
#define CERTMEND_MESSAGES_ERROR_PATTERN_TEXT_H
/*
 * error_pattern_text - a pasted message, freed from what it went through
 *
 * People paste from terminals, mails, web pages and logs. Escape sequences,
 * quote marks, entities, tags and soft line breaks go; curly quotes and odd
 * blanks become plain; lines become one. Messages are then compared by letters
 * and digits alone, of all scripts, so that case, accents, width, punctuation
 * and folding do not matter.
 */
#include "base/arena.h"

#include <stdint.h>

struct error_pattern_text {
    const char *plain; /* one line, valid UTF-8 */
    size_t plain_len;
    const char *letters; /* letters and digits of `plain`, folded; UTF-8 */
    size_t len;
    const uint32_t *at;   /* letters[i] comes of the character plain[at[i]] */
    const uint8_t *grams; /* of error_pattern_text_index(); NULL: none */
};

enum { ERROR_PATTERN_TEXT_MAX = 256 * 1024 }; /* bytes; the rest is not read */

struct error_pattern_text error_pattern_text_read(struct arena *a,
                                                  const char *text, size_t len);

/* Where in `plain` the character of letters[to - 1] ends. */
size_t error_pattern_text_behind(const struct error_pattern_text *t, size_t to);

/* No part of a longer word: before and behind letters[from, to) stands neither
 * letter nor digit, but in scripts that have no blanks. */
bool error_pattern_text_whole(const struct error_pattern_text *t, size_t from,
                              size_t to);

/* ... with the same signs between the letters: "4.7.5" is not "475". */
bool error_pattern_text_is(const struct error_pattern_text *t, size_t from,
                           size_t to, const char *exactly);

/* False: these letters stand nowhere. Cheap after the index was made, for
 * tables of many wordings. */
void error_pattern_text_index(struct arena *a, struct error_pattern_text *t);
bool error_pattern_text_may_hold(const struct error_pattern_text *t,
                                 const char *letters, size_t len);

#endif
