#include "machine/postfix_lines.h"

#include <string.h>

bool postfix_lines_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Does nothing, or only a comment, stand in these bytes? */
static bool says_nothing(const char *from, const char *to)
{
    while (from < to && postfix_lines_blank(*from))
        from++;
    return from == to || *from == '#';
}

/* The next physical line without its end; false: the file is over. */
static bool physical(struct postfix_lines *l, size_t *from, size_t *to)
{
    const char *lf;

    if (l->at >= l->file->len)
        return false;
    *from = l->at;
    lf = memchr(l->file->text + l->at, '\n', l->file->len - l->at);
    *to = lf ? (size_t)(lf - l->file->text) : l->file->len;
    l->at = *to + (lf ? 1 : 0);
    l->line++;
    return true;
}

/* Does what is to come go on with the line that was begun? */
static bool goes_on(const struct postfix_lines *l)
{
    char next = l->at < l->file->len ? l->file->text[l->at] : 'x';

    return next == '#' || postfix_lines_blank(next);
}

bool postfix_lines_next(struct postfix_lines *l, struct postfix_line *out)
{
    struct conf_folded f = { .text = NULL };
    const char *text = l->file->text;
    size_t from, to, end = 0;

    while (physical(l, &from, &to)) {
        if (!says_nothing(text + from, text + to)) {
            if (f.len == 0)
                f.line = l->line;
            conf_folded_add(l->arena, &f, l->file, from, to);
            for (end = to; postfix_lines_blank(text[end - 1]);)
                end--;
        }
        if (f.len && !goes_on(l))
            break;
    }
    if (f.len == 0)
        return false;
    *out = (struct postfix_line){ .folded = f,
                                  .text = f.text,
                                  .len = strlen(f.text),
                                  .at = f.at,
                                  .line = f.line,
                                  .end = end };
    return true;
}

void postfix_lines_value(const struct postfix_lines *l,
                         const struct postfix_line *line, size_t from,
                         size_t to, struct conf_setting *out)
{
    while (to > from && postfix_lines_blank(line->text[to - 1]))
        to--;
    while (from < to && postfix_lines_blank(line->text[from]))
        from++;
    conf_folded_value(l->arena, &line->folded, l->index, from, to, out);
}
