#ifndef CERTMEND_MACHINE_POSTFIX_LINES_H
#define CERTMEND_MACHINE_POSTFIX_LINES_H
/*
 * postfix_lines - logical lines of Postfix's files (postconf(5), "main.cf file
 * format"), with where in the file each byte of them stands
 *
 * A line that begins with white space goes on with the line above; blank lines
 * and comments in between do not count.
 */
#include "machine/conf_folded.h"

struct postfix_line {
    struct conf_folded folded;
    const char *text; /* NUL-terminated, line ends dropped */
    size_t len;       /* to the first NUL: Postfix reads no further */
    const size_t *at; /* of each byte, in the file */
    size_t line;      /* of the first byte, from 1 */
    size_t end;       /* in the file, behind its last byte */
};

struct postfix_lines {
    struct arena *arena;
    const struct machine_file *file;
    size_t index; /* of the file */
    size_t at;    /* 0 at first: how far it was read */
    size_t line;  /* 0 at first */
};

/* False: there is none left. */
bool postfix_lines_next(struct postfix_lines *lines, struct postfix_line *out);

/* The bytes from..to of a line, without blanks at both ends, as a value. */
void postfix_lines_value(const struct postfix_lines *lines,
                         const struct postfix_line *line, size_t from,
                         size_t to, struct conf_setting *out);

/* White space for Postfix. */
bool postfix_lines_blank(char c);

#endif
