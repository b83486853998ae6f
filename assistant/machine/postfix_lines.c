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

struct gathered {
    char *text;
    size_t *at;
    size_t len, room;
};

static void gather(struct arena *a, struct gathered *g, const char *text,
                   size_t from, size_t to)
{
    size_t need = g->len + (to - from);

    if (need >= g->room) {
        size_t room = need * 2 + 64;
        char *bytes = arena_alloc(a, room, 1);
        size_t *at = arena_alloc(a, room, sizeof *at);
        if (g->len) {
            memcpy(bytes, g->text, g->len);
            memcpy(at, g->at, g->len * sizeof *at);
        }
        *g = (struct gathered){ bytes, at, g->len, room };
    }
    for (size_t i = from; i < to; i++) {
        g->text[g->len] = text[i];
        g->at[g->len++] = i;
    }
    g->text[g->len] = '\0';
}

bool postfix_lines_next(struct postfix_lines *l, struct postfix_line *out)
{
    struct gathered g = { 0 };
    size_t from, to;

    *out = (struct postfix_line){ .text = "" };
    while (physical(l, &from, &to)) {
        const char *text = l->file->text;
        if (!says_nothing(text + from, text + to)) {
            if (g.len == 0)
                out->line = l->line;
            gather(l->arena, &g, text, from, to);
            out->end = to;
            while (out->end > from && postfix_lines_blank(text[out->end - 1]))
                out->end--;
        }
        if (g.len && !goes_on(l))
            break;
    }
    if (g.len == 0)
        return false;
    out->text = g.text;
    out->at = g.at;
    out->has_nul = memchr(g.text, '\0', g.len) != NULL;
    out->len = strlen(g.text);
    return true;
}

void postfix_lines_value(const struct postfix_lines *l,
                         const struct postfix_line *line, size_t from,
                         size_t to, struct conf_setting *out)
{
    size_t begin = line->at[0], n = line->line;

    while (to > from && postfix_lines_blank(line->text[to - 1]))
        to--;
    while (from < to && postfix_lines_blank(line->text[from]))
        from++;
    out->value = arena_text_n(l->arena, line->text + from, to - from);
    /* An empty value stands behind the byte in front of it. */
    out->span.file = l->index;
    out->span.at = from < to ? line->at[from] : line->at[from - 1] + 1;
    out->span.len = from < to ? line->at[to - 1] + 1 - out->span.at : 0;
    out->is_scattered = out->span.len != to - from;
    for (size_t i = begin; i < out->span.at; i++)
        n += l->file->text[i] == '\n';
    out->span.line = n;
    out->is_unclear = line->has_nul;
}
