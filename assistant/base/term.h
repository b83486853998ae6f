#ifndef CERTMEND_BASE_TERM_H
#define CERTMEND_BASE_TERM_H
/*
 * term - what standard output can show
 *
 * Colour only on a terminal, never with NO_COLOR set (no-color.org) or
 * --no-color. Meaning is never carried by colour alone.
 */
#include "base/arena.h"
#include "base/buf.h"

enum term_style { TERM_PLAIN, TERM_BOLD, TERM_GOOD, TERM_BAD, TERM_DIM };

void term_no_color(void);

/* Columns of standard output; 80 where nobody knows; never below 40. */
int term_width(void);

/* `text` in a style; just the text where there is no colour. */
const char *term_styled(struct arena *a, enum term_style style,
                        const char *text);

/*
 * Appends `text` folded at blanks to `width` columns, every line behind
 * `indent` spaces. Words longer than a line stand alone and whole. Columns are
 * counted in UTF-8 characters.
 */
void term_wrap(struct buf *out, const char *text, int indent, int width);

#endif
