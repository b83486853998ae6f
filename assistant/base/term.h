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

/* Columns of standard output: the terminal's, else those of $COLUMNS (which
 * watch(1) sets for a pipe that is shown on a terminal), else 80; within 40
 * and 120, beyond which prose is hard to read. */
int term_width(void);

/* The same for rows and headings, which stay one line each where a program
 * reads them: endless in a pipe. */
int term_row_width(void);

/* `text` in a style; just the text where there is no colour. */
const char *term_styled(struct arena *a, enum term_style style,
                        const char *text);

/*
 * Appends `text` folded at blanks to `width` columns, every line behind
 * `indent` spaces. Words longer than a line stand alone and whole.
 */
void term_wrap(struct buf *out, const char *text, int indent, int width);

/* Appends `text` folded behind `head`, which stands in the first line only. */
void term_hang(struct buf *out, const char *head, const char *text, int width);

struct term_row {
    const char *lead;  /* before the label: blanks, a number */
    const char *label; /* padded to `columns` */
    int columns;
    const char *text; /* two blanks behind the label, folded beside it */
};

/* Appends a row of a table. Where the text would have too little room it is
 * folded below the label. */
void term_row(struct buf *out, const struct term_row *row, int width);

/* Less than what tables are made for, and less than a text needs beside
 * `margin` columns. */
bool term_is_narrow(int width, int margin);

#endif
