#include "advise/template_escape.h"

#include <assert.h>
#include <string.h>

#include "base/shell_word.h"
#include "base/utf8.h"

#define LETTERS_AND_DIGITS                                                     \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

static bool has_control(const char *value)
{
    for (; *value; value++)
        if ((unsigned char)*value < ' ' || *value == 0x7f)
            return true;
    return false;
}

static const char *write_text(const char *value, struct buf *out)
{
    buf_text(out, value);
    return NULL;
}

/* Line ends are text here. What cannot be seen, or turns what is seen around,
 * is written as its number. */
static void write_html_char(uint32_t point, const char *bytes, size_t len,
                            struct buf *out)
{
    static const char special[] = "&<>\"'`";
    static const char *const entities[] = { "&amp;",  "&lt;",  "&gt;",
                                            "&quot;", "&#39;", "&#96;" };
    const char *place =
        point < 0x80 && point ? strchr(special, (int)point) : NULL;

    if (place)
        buf_text(out, entities[place - special]);
    else if (point == '\n' || point == '\t' || utf8_is_harmless(point))
        buf_bytes(out, bytes, len);
    else
        buf_printf(out, "\\u%04x", point);
}

static const char *write_html(const char *value, struct buf *out)
{
    size_t left = strlen(value);

    while (left) {
        uint32_t point = 0;
        size_t len = utf8_read(value, left, &point);
        if (len)
            write_html_char(point, value, len, out);
        else
            buf_char(out, '?'); /* no UTF-8 */
        len = len ? len : 1;
        value += len;
        left -= len;
    }
    return NULL;
}

static const char *write_shell(const char *value, struct buf *out)
{
    /* No quoting keeps a program from taking it for an option. */
    if (*value == '-')
        return "begins like an option";
    shell_word(out, value);
    return NULL;
}

static const char *write_config(const char *value, struct buf *out)
{
    if (!*value || value[strspn(value, LETTERS_AND_DIGITS "._:/@*+=,- ")])
        return "holds characters that mean something else there";
    buf_text(out, value);
    return NULL;
}

const char *template_escape_value(enum template_escape escape,
                                  const char *value, struct buf *out)
{
    static const char *(*const writers[])(const char *, struct buf *) = {
        [TEMPLATE_TEXT] = write_text,
        [TEMPLATE_HTML] = write_html,
        [TEMPLATE_SHELL] = write_shell,
        [TEMPLATE_CONFIG] = write_config,
    };
    static_assert(sizeof writers / sizeof *writers == TEMPLATE_ESCAPE_COUNT,
                  "a writer per kind");

    if (escape != TEMPLATE_HTML && has_control(value))
        return "holds control characters";
    return writers[escape](value, out);
}
