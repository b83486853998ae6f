#ifndef CERTMEND_MESSAGES_ERROR_PATTERN_FOLD_H
#define CERTMEND_MESSAGES_ERROR_PATTERN_FOLD_H
/*
 * error_pattern_fold - a letter of any script, freed from how it is written
 *
 * Capitals, accents, full-width and ligature forms, composed and decomposed
 * ones are the same letter: what is compared are compatibility decompositions
 * (UAX 15), case-folded, without the marks. The door to libunistring.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ERROR_PATTERN_FOLD_MAX = 16 }; /* bytes of one character; no more */

/* The letters and digits of a character in UTF-8; 0: it is neither. */
size_t error_pattern_fold(uint32_t point, char out[ERROR_PATTERN_FOLD_MAX]);

/* A mark that joins the letter before it. */
bool error_pattern_fold_is_mark(uint32_t point);

/* A letter or digit of a script that parts its words by blanks, or a mark: it
 * makes one word with such a one beside it. */
bool error_pattern_fold_joins(uint32_t point);

#endif
