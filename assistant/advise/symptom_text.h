#ifndef CERTMEND_ADVISE_SYMPTOM_TEXT_H
#define CERTMEND_ADVISE_SYMPTOM_TEXT_H
/*
 * symptom_text - a pasted message, freed from what it went through
 *
 * People paste from terminals, mails, web pages and logs. Escape sequences,
 * quote marks, entities, tags and soft line breaks go; curly quotes and odd
 * blanks become plain; lines become one. Messages are then compared by letters
 * and digits alone, so that case, punctuation and folding do not matter.
 */
#include "base/arena.h"

#include <stdint.h>

struct symptom_text {
    const char *plain; /* one line, valid UTF-8 */
    size_t plain_len;
    const char *letters; /* a-z and 0-9 of `plain`, nothing else */
    size_t len;
    const uint32_t *at; /* letters[i] is plain[at[i]] */
};

enum { SYMPTOM_TEXT_MAX = 256 * 1024 }; /* bytes; the rest is not read */

struct symptom_text symptom_text_read(struct arena *a, const char *text,
                                      size_t len);

/* Neither letter nor digit stands before or behind letters[from, to). */
bool symptom_text_whole(const struct symptom_text *t, size_t from, size_t to);

#endif
