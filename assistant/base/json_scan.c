#include "base/json_scan.h"

#include <string.h>

#include "base/json.h"
#include "base/utf8.h"

struct json_scanner {
    const char *at, *end;
    int depth;
    const char *why;
};

static bool is_digit(const struct json_scanner *s)
{
    return s->at < s->end && *s->at >= '0' && *s->at <= '9';
}

static bool eat(struct json_scanner *s, char c)
{
    bool there = s->at < s->end && *s->at == c;

    if (there)
        s->at++;
    return there;
}

static bool eat_digits(struct json_scanner *s)
{
    const char *from = s->at;

    while (is_digit(s))
        s->at++;
    return s->at > from;
}

/* RFC 8259 section 6: no leading zero, digits on both sides of a point. */
static void scan_number(struct json_scanner *s)
{
    eat(s, '-');
    bool good = eat(s, '0') ? !is_digit(s) : eat_digits(s);
    if (good && eat(s, '.'))
        good = eat_digits(s);
    if (good && (eat(s, 'e') || eat(s, 'E'))) {
        if (!eat(s, '-'))
            eat(s, '+');
        good = eat_digits(s);
    }
    if (!good)
        s->why = "a number in JSON's form was wanted";
}

static void scan_escape(struct json_scanner *s)
{
    size_t left = (size_t)(s->end - s->at);

    if (left >= 6 && memcmp(s->at, "\\u0000", 6) == 0)
        s->why = "an escaped NUL is not taken";
    else
        s->at += left < 2 ? left : 2;
}

static void scan_text(struct json_scanner *s)
{
    s->at++;
    while (s->at < s->end && *s->at != '"' && !s->why) {
        if ((unsigned char)*s->at < 0x20)
            s->why = "a control character inside a text";
        else if (*s->at == '\\')
            scan_escape(s);
        else
            s->at++;
    }
    if (!s->why && !eat(s, '"'))
        s->why = "a text is not closed";
}

static void scan_other(struct json_scanner *s)
{
    char c = *s->at;

    if (c == '[' || c == '{')
        s->depth++;
    else if (c == ']' || c == '}')
        s->depth--;
    else if (!c || !strchr(" \t\r\n,:abcdefghijklmnopqrstuvwxyz", c))
        s->why = "a character that JSON does not know";
    if (s->depth > JSON_DEPTH_MAX)
        s->why = "it is nested too deeply";
    if (!s->why)
        s->at++;
}

struct json_fault json_scan(const char *text, size_t len)
{
    struct json_scanner s = { .at = text, .end = text + len };
    size_t valid = utf8_valid(text, len);

    if (valid < len)
        return (struct json_fault){ "text that is not UTF-8", valid };
    /* RFC 8259 section 8.1: a byte order mark may be ignored. */
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        s.at += 3;
    while (s.at < s.end && !s.why) {
        if (*s.at == '"')
            scan_text(&s);
        else if (*s.at == '-' || is_digit(&s))
            scan_number(&s);
        else
            scan_other(&s);
    }
    return (struct json_fault){ s.why, (size_t)(s.at - text) };
}
