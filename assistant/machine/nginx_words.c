#include "machine/nginx_words.h"

#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static char here(const struct nginx_words *w)
{
    return w->at < w->file->len ? w->file->text[w->at] : '\0';
}

static void step(struct nginx_words *w)
{
    w->line += here(w) == '\n';
    w->at++;
}

static void skip_blanks(struct nginx_words *w)
{
    while (w->at < w->file->len) {
        if (here(w) == '#')
            while (w->at < w->file->len && here(w) != '\n')
                step(w);
        else if (is_blank(here(w)))
            step(w);
        else
            break;
    }
}

/* What an escape stands for; '\0': the backslash stays. */
static char escaped(char c)
{
    switch (c) {
    case '"':
    case '\'':
    case '\\':
        return c;
    case 't':
        return '\t';
    case 'r':
        return '\r';
    case 'n':
        return '\n';
    default:
        return '\0';
    }
}

static const char *plain(struct arena *a, const char *text, size_t len)
{
    char *out = arena_alloc(a, len + 1, 1);
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        char c = text[i] == '\\' && i + 1 < len ? escaped(text[i + 1]) : '\0';
        if (c)
            i++;
        out[n++] = c ? c : text[i];
    }
    return out;
}

/* To the closing quote; false: there is none. */
static bool quoted(struct nginx_words *w, char quote)
{
    step(w);
    while (w->at < w->file->len && here(w) != quote) {
        if (here(w) == '\\')
            step(w);
        if (w->at < w->file->len)
            step(w);
    }
    return w->at < w->file->len;
}

static void unquoted(struct nginx_words *w)
{
    bool is_variable = false; /* "${" opens no block */

    while (w->at < w->file->len) {
        char c = here(w);
        if (c == '{' && is_variable) {
            is_variable = false;
            step(w);
            continue;
        }
        if (is_blank(c) || c == ';' || c == '{')
            break;
        is_variable = c == '$';
        if (c == '\\')
            step(w);
        if (w->at < w->file->len)
            step(w);
    }
}

static enum nginx_mark word(struct nginx_words *w, struct nginx_word *out)
{
    char first = here(w);
    bool is_quoted = first == '"' || first == '\'';

    out->begin = w->at;
    if (is_quoted) {
        if (!quoted(w, first))
            return NGINX_WRONG;
        out->span.at = out->begin + 1;
        out->span.len = w->at - out->span.at;
        step(w);
        if (w->at < w->file->len && !is_blank(here(w)) && here(w) != ';' &&
            here(w) != '{' && here(w) != ')')
            return NGINX_WRONG;
    } else {
        unquoted(w);
        out->span.at = out->begin;
        out->span.len = w->at - out->begin;
    }
    out->end = w->at;
    out->text = plain(w->arena, w->file->text + out->span.at, out->span.len);
    return NGINX_WORD;
}

enum nginx_mark nginx_words_next(struct nginx_words *w, struct nginx_word *out)
{
    static const char marks[] = ";{}";
    static const enum nginx_mark meant[] = { NGINX_END, NGINX_OPEN,
                                             NGINX_CLOSE };
    const char *mark;

    skip_blanks(w);
    *out = (struct nginx_word){
        .text = "",
        .span = { w->index, w->at, 0, w->line },
        .begin = w->at,
        .end = w->at,
    };
    if (w->at >= w->file->len)
        return NGINX_OVER;
    mark = here(w) ? strchr(marks, here(w)) : NULL;
    if (!mark)
        return word(w, out);
    step(w);
    out->end = w->at;
    return meant[mark - marks];
}

bool nginx_words_skip_block(struct nginx_words *w)
{
    size_t depth = 1;

    while (w->at < w->file->len) {
        char c = here(w);
        if (c == '"' || c == '\'') {
            if (!quoted(w, c))
                return false;
        } else if (c == '-' && w->at + 1 < w->file->len &&
                   w->file->text[w->at + 1] == '-') {
            while (w->at < w->file->len && here(w) != '\n')
                step(w);
            continue;
        }
        depth += c == '{';
        depth -= c == '}';
        step(w);
        if (depth == 0)
            return true;
    }
    return false;
}
