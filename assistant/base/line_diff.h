#ifndef CERTMEND_BASE_LINE_DIFF_H
#define CERTMEND_BASE_LINE_DIFF_H
/*
 * line_diff - what becomes of a file, as a unified diff
 *
 * The bytes are the files' own, as patch(1) takes them: carriage returns, a
 * last line without its newline. For a person there is line_diff_shown().
 * Files that differ nearly everywhere are told as one block each.
 */
#include "base/buf.h"

struct line_diff_text {
    const char *text;
    size_t len;
};

/* Appends nothing where both are the same. `path` stands in both headings,
 * without the slashes it begins with: for "patch -p0" in the root folder. Of a
 * file that is new, before.text is NULL. */
void line_diff(const char *path, struct line_diff_text before,
               struct line_diff_text after, struct buf *out);

/* A diff made safe for a terminal, `indent` blanks before each line. */
void line_diff_shown(const char *diff, size_t len, int indent, struct buf *out);

#endif
