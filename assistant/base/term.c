#include "base/term.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/utf8.h"

enum {
    WIDTH_USUAL = 80,
    WIDTH_LEAST = 40,
    WIDTH_MOST = 120,
    WIDTH_ENDLESS = 1 << 20,
    ROOM_LEAST = 28, /* of a text beside its label */
    BELOW = 2,       /* deeper than the lead of its row */
};

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

/* 0: nobody knows. */
static int told_width(void)
{
    const char *columns = getenv("COLUMNS");
    struct winsize size = { 0 };

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col)
        return size.ws_col;
    long told = columns ? strtol(columns, NULL, 10) : 0;
    return told > 0 && told < WIDTH_ENDLESS ? (int)told : 0;
}

static int within_bounds(int width)
{
    if (width < WIDTH_LEAST)
        return WIDTH_LEAST;
    return width > WIDTH_MOST ? WIDTH_MOST : width;
}

int term_width(void)
{
    int told = told_width();

    return told ? within_bounds(told) : WIDTH_USUAL;
}

int term_row_width(void)
{
    int told = told_width();

    return told ? within_bounds(told) : WIDTH_ENDLESS;
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

struct line {
    struct buf *out;
    int indent, width;
    int at; /* columns used; 0: the line is empty */
};

static void add_word(struct line *l, const char *word, size_t len)
{
    int word_columns = utf8_columns(word, len);
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

static int columns_of(const char *text)
{
    return utf8_columns(text, strlen(text));
}

void term_hang(struct buf *out, const char *head, const char *text, int width)
{
    int margin = columns_of(head);
    struct buf folded;

    if (width == WIDTH_ENDLESS) {
        buf_printf(out, "%s%s\n", head, text);
        return;
    }
    buf_init(&folded, out->arena, out->max);
    term_wrap(&folded, text, margin, width);
    buf_text(out, head);
    buf_text(out, folded.len > (size_t)margin ? folded.text + margin : "\n");
}

bool term_is_narrow(int width, int margin)
{
    return width < WIDTH_USUAL && width - margin < ROOM_LEAST;
}

void term_row(struct buf *out, const struct term_row *row, int width)
{
    int lead = columns_of(row->lead), label = columns_of(row->label);
    int pad = label < row->columns ? row->columns - label : 0;
    const char *head =
        arena_printf(out->arena, "%s%s%*s  ", row->lead, row->label, pad, "");

    if (!term_is_narrow(width, columns_of(head))) {
        term_hang(out, head, row->text, width);
        return;
    }
    term_hang(out, row->lead, row->label, width);
    term_wrap(out, row->text, lead + BELOW, width);
}
