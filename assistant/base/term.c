#include "base/term.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { WIDTH_USUAL = 80, WIDTH_LEAST = 40 };

static bool refused_colour;

/* ECMA-48 8.3.117, select graphic rendition. */
static const char *const style_codes[] = {
    [TERM_PLAIN] = "", [TERM_BOLD] = "1", [TERM_GOOD] = "32",
    [TERM_BAD] = "31", [TERM_DIM] = "2",
};
static_assert(sizeof style_codes / sizeof *style_codes == TERM_DIM + 1,
              "a code per style");

void term_no_color(void)
{
    refused_colour = true;
}

int term_width(void)
{
    struct winsize size = { 0 };

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return WIDTH_USUAL;
    return size.ws_col < WIDTH_LEAST ? WIDTH_LEAST : size.ws_col;
}

static bool has_colour(void)
{
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    bool unwanted = refused_colour || (no_color && *no_color);
    bool unable = !term || strcmp(term, "dumb") == 0;

    return !unwanted && !unable && isatty(STDOUT_FILENO);
}

const char *term_styled(struct arena *a, enum term_style style,
                        const char *text)
{
    if (style == TERM_PLAIN || !has_colour())
        return text;
    return arena_printf(a, "\x1b[%sm%s\x1b[0m", style_codes[style], text);
}

/* UTF-8 characters, counted by their first bytes. */
static int columns(const char *text, size_t len)
{
    int n = 0;

    for (size_t i = 0; i < len; i++)
        n += ((unsigned char)text[i] & 0xc0) != 0x80;
    return n;
}

struct line {
    struct buf *out;
    int indent, width;
    int at; /* columns used; 0: the line is empty */
};

static void add_word(struct line *l, const char *word, size_t len)
{
    int word_columns = columns(word, len);
    bool fits = l->at == 0 || l->at + 1 + word_columns <= l->width;

    if (!fits) {
        buf_char(l->out, '\n');
        l->at = 0;
    }
    if (l->at == 0) {
        buf_printf(l->out, "%*s", l->indent, "");
        l->at = l->indent;
    } else {
        buf_char(l->out, ' ');
        l->at++;
    }
    buf_bytes(l->out, word, len);
    l->at += word_columns;
}

void term_wrap(struct buf *out, const char *text, int indent, int width)
{
    struct line line = { .out = out, .indent = indent, .width = width };

    while (*text) {
        size_t len = strcspn(text, " \n");
        if (len)
            add_word(&line, text, len);
        text += len;
        if (*text == '\n') {
            buf_char(out, '\n');
            line.at = 0;
        }
        text += *text != '\0';
    }
    if (line.at)
        buf_char(out, '\n');
}
