#include "advise/template_escape.h"

#include <assert.h>
#include <string.h>

#include "base/shell_word.h"

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

static const char *write_html(const char *value, struct buf *out)
{
    static const struct {
        char c;
        const char *entity;
    } entities[] = {
        { '&', "&amp;" },  { '<', "&lt;" },   { '>', "&gt;" },
        { '"', "&quot;" }, { '\'', "&#39;" },
    };

    for (; *value; value++) {
        size_t i = 0;
        while (i < sizeof entities / sizeof *entities &&
               entities[i].c != *value)
            i++;
        if (i < sizeof entities / sizeof *entities)
            buf_text(out, entities[i].entity);
        else
            buf_char(out, *value);
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

    return has_control(value) ? "holds control characters"
                              : writers[escape](value, out);
}
