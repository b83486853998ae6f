#include "net/capabilities.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "net/tags.h"

enum { OFFERS_MAX = 200 }; /* capabilities of one server */

static struct span skip_blanks(struct span s)
{
    while (s.len && (*s.at == ' ' || *s.at == '\t'))
        s = span_skip(s, 1);
    return s;
}

/* Up to the first of `ends`, or all of it. */
static struct span until(struct span s, const char *ends)
{
    size_t n = 0;

    while (n < s.len && s.at[n] && !strchr(ends, s.at[n]))
        n++;
    return (struct span){ s.at, n };
}

static bool has(const struct negotiation *d, const char *text)
{
    return text_is_among(text, d->capabilities, d->capabilities_len);
}

static void add(struct negotiation *d, const char *text)
{
    size_t word = strcspn(text, " ");

    if (word == strlen(d->protocol->offer) &&
        strncasecmp(text, d->protocol->offer, word) == 0)
        d->offered = true;
    if (!*text || has(d, text) || d->capabilities_len == OFFERS_MAX)
        return;
    d->capabilities = arena_grow(d->arena, d->capabilities, d->capabilities_len,
                                 sizeof *d->capabilities);
    d->capabilities[d->capabilities_len++] = text;
}

static void read_line(struct negotiation *d, struct span line)
{
    line = skip_blanks(line);
    add(d, arena_printable(d->arena, line.at, line.len));
}

static void read_words(struct negotiation *d, struct span line)
{
    struct span list = until(line, "]");

    while ((list = skip_blanks(list)).len) {
        struct span word = until(list, " \t");
        if (!word.len) /* a NUL, which the engine does not let through */
            return;
        add(d, arena_printable(d->arena, word.at, word.len));
        list = span_skip(list, word.len);
    }
}

/* `s` begins behind the opening quote; gives back what is behind the closing
 * one (RFC 5804 4: "\" and any byte is that byte). */
static struct span read_quoted(struct span s, struct buf *out)
{
    while (s.len && *s.at != '"') {
        if (*s.at == '\\' && s.len > 1)
            s = span_skip(s, 1);
        buf_char(out, *s.at);
        s = span_skip(s, 1);
    }
    return span_skip(s, 1);
}

/* `s` begins behind the brace: "5}\r\nhello". The engine has counted it. */
static struct span read_literal(struct span s, struct buf *out)
{
    size_t len = 0;

    for (; s.len && isdigit((unsigned char)*s.at); s = span_skip(s, 1))
        if (len < NEGOTIATION_LINE_MAX)
            len = len * 10 + (size_t)(*s.at - '0');
    s = span_skip(s, until(s, "\n").len + 1);
    if (len > s.len)
        len = s.len;
    buf_bytes(out, s.at, len);
    return span_skip(s, len);
}

/* The strings of a line, parted by blanks; what is no string is left out. */
static const char *strings_text(struct arena *a, struct span line)
{
    struct buf text;

    buf_init(&text, a, NEGOTIATION_LINE_MAX);
    while (line.len) {
        char first = *line.at;
        line = span_skip(line, 1);
        if (first != '"' && first != '{')
            continue;
        if (text.len)
            buf_char(&text, ' ');
        line =
            first == '"' ? read_quoted(line, &text) : read_literal(line, &text);
    }
    while (text.len && text.text[text.len - 1] == ' ') /* "SASL" "" */
        text.len--;
    return arena_printable(a, text.text, text.len);
}

static void read_strings(struct negotiation *d, struct span line)
{
    add(d, strings_text(d->arena, line));
}

static void read_tag(struct negotiation *d, struct span tag)
{
    struct span word = tags_word(tag);

    add(d, arena_printable(d->arena, word.at, word.len));
}

void capabilities_read(struct negotiation *d, struct span line)
{
    static void (*const readers[])(struct negotiation *, struct span) = {
        [CAPABILITY_LINE] = read_line,
        [CAPABILITY_WORDS] = read_words,
        [CAPABILITY_STRINGS] = read_strings,
        [CAPABILITY_TAGS] = read_tag,
    };
    static_assert(sizeof readers / sizeof *readers == CAPABILITY_SHAPE_COUNT,
                  "a reader per shape");

    readers[d->protocol->shape](d, line);
}

const char *capabilities_text(const struct negotiation *d, struct span line)
{
    if (d->protocol->shape == CAPABILITY_STRINGS)
        return strings_text(d->arena, line);
    if (d->protocol->shape == CAPABILITY_WORDS && line.len && *line.at == '[')
        line = span_skip(line, until(line, "]").len + 1);
    line = skip_blanks(line);
    return arena_printable(d->arena, line.at, line.len);
}

/* Words like "ESMTP" or "v2.3" are no names of hosts. */
static const char *host_of(struct arena *a, struct span word)
{
    while (word.len && strchr(",;:", word.at[word.len - 1]))
        word.len--;
    struct name_read name = name_read(a, word.at, word.len);
    if (name.kind != NAME_HOST)
        return NULL;
    const char *dot = strrchr(name.text, '.');
    return dot && isalpha((unsigned char)dot[1]) ? name.text : NULL;
}

const char *capabilities_host(struct arena *a, struct span text)
{
    text = skip_blanks(text);
    const char *host = host_of(a, until(text, " \t"));
    if (host)
        return host;
    struct span timestamp = span_skip(text, until(text, "<").len);
    struct span at = span_skip(timestamp, until(timestamp, "@").len);
    return host_of(a, until(span_skip(at, 1), ">"));
}
