#include "net/tags.h"

#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static size_t text_before(struct span in)
{
    const char *from = in.len ? memchr(in.at, '<', in.len) : NULL;

    return from ? (size_t)(from - in.at) : in.len;
}

size_t tags_first(struct span in, size_t max)
{
    char quote = '\0'; /* XML 1.0 3.1: ">" may stand in a quoted value */

    for (size_t i = text_before(in); i < in.len && i < max; i++) {
        char c = in.at[i];
        if (quote)
            quote = c == quote ? '\0' : quote;
        else if (c == '\'' || c == '"')
            quote = c;
        else if (c == '>')
            return i + 1;
    }
    return in.len > max ? in.len : 0;
}

struct span tags_plain(struct arena *a, struct span tag)
{
    struct span in = span_skip(tag, text_before(tag) + 1);

    if (in.len && in.at[in.len - 1] == '>')
        in.len--;
    bool closes = in.len && *in.at == '/';
    bool alone = !closes && in.len && in.at[in.len - 1] == '/';
    in = span_skip(in, closes);
    in.len -= alone;
    size_t name = 0, prefix = 0;
    while (name < in.len && !is_blank(in.at[name]))
        if (in.at[name++] == ':')
            prefix = name;
    struct span rest = span_skip(in, name);
    while (rest.len && is_blank(*rest.at))
        rest = span_skip(rest, 1);
    while (rest.len && is_blank(rest.at[rest.len - 1]))
        rest.len--;
    const char *text =
        arena_printf(a, "%s%.*s%s%.*s%s", closes ? "/" : "",
                     (int)(name - prefix), in.at + prefix, rest.len ? " " : "",
                     (int)rest.len, rest.at, alone ? " /" : "");
    return (struct span){ text, strlen(text) };
}

struct span tags_word(struct span plain)
{
    struct span word = span_skip(plain, plain.len && *plain.at == '/');
    size_t len = 0;

    while (len < word.len && word.at[len] != ' ')
        len++;
    word.len = len;
    return word;
}
