#include "net/web_form.h"

#include <ctype.h>
#include <string.h>

#include "base/utf8.h"

enum { NAME_MAX_LEN = 64 };

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The next byte, and how many stand for it; 0: none does. */
static size_t next(const char *text, size_t left, char *out)
{
    if (*text != '%') {
        *out = *text == '+' ? ' ' : *text;
        return (unsigned char)*text > ' ';
    }
    int high = left > 2 ? digit(text[1]) : -1;
    int low = left > 2 ? digit(text[2]) : -1;
    if (high < 0 || low < 0)
        return 0;
    *out = (char)(high * 16 + low);
    return 3;
}

static enum web_form_fault decode(struct arena *a, const char *text, size_t len,
                                  const char **out)
{
    struct buf b;
    char before = '\0';

    buf_init(&b, a, WEB_FORM_VALUE_MAX);
    for (size_t at = 0; at < len;) {
        char c = '\0';
        size_t step = next(text + at, len - at, &c);
        if (!step || !c)
            return WEB_FORM_BROKEN;
        if (c != '\n' || before != '\r')
            buf_char(&b, (char)(c == '\r' ? '\n' : c));
        before = c;
        at += step;
    }
    if (b.full)
        return WEB_FORM_TOO_LONG;
    *out = b.text;
    return utf8_valid(b.text, b.len) == b.len ? WEB_FORM_FINE : WEB_FORM_BROKEN;
}

/* As we name them; a form that we did not make has others. */
static bool is_name(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!isalnum((unsigned char)text[i]) && text[i] != '-' &&
            text[i] != '_')
            return false;
    return len > 0 && len <= NAME_MAX_LEN;
}

static bool has(const struct web_form *f, const char *name)
{
    for (size_t i = 0; i < f->len; i++)
        if (strcmp(f->fields[i].name, name) == 0)
            return true;
    return false;
}

/* One "name=value" of `len` bytes. */
static enum web_form_fault add(struct arena *a, struct web_form *f,
                               const char *text, size_t len)
{
    const char *equals = memchr(text, '=', len);
    size_t name_len = equals ? (size_t)(equals - text) : len;
    struct web_field field = { .value = "" };
    enum web_form_fault fault = WEB_FORM_FINE;

    if (f->len == WEB_FORM_FIELDS_MAX || !is_name(text, name_len))
        return WEB_FORM_BROKEN;
    field.name = arena_text_n(a, text, name_len);
    if (has(f, field.name))
        return WEB_FORM_BROKEN;
    if (equals)
        fault = decode(a, equals + 1, len - name_len - 1, &field.value);
    if (fault != WEB_FORM_FINE)
        return fault;
    struct web_field *grown =
        arena_grow(a, f->fields, f->len, sizeof *f->fields);
    grown[f->len++] = field;
    f->fields = grown;
    return WEB_FORM_FINE;
}

enum web_form_fault web_form_read(struct arena *a, const char *body, size_t len,
                                  struct web_form *out)
{
    struct web_form f = { .len = 0 };

    for (size_t at = 0; at < len;) {
        const char *end = memchr(body + at, '&', len - at);
        size_t n = end ? (size_t)(end - body) - at : len - at;
        enum web_form_fault fault = add(a, &f, body + at, n);
        if (fault != WEB_FORM_FINE)
            return fault;
        at += n + 1;
    }
    *out = f;
    return WEB_FORM_FINE;
}
