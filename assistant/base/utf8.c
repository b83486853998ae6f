#include "base/utf8.h"

#include <locale.h>
#include <string.h>
#include <wchar.h>

size_t utf8_read(const void *bytes, size_t left, uint32_t *point)
{
    static const struct {
        unsigned char mask, lead;
        uint32_t least; /* smaller values must use a shorter form */
    } forms[] = {
        { 0x80, 0x00, 0 },
        { 0xe0, 0xc0, 0x80 },
        { 0xf0, 0xe0, 0x800 },
        { 0xf8, 0xf0, 0x10000 },
    };
    const unsigned char *p = bytes;

    for (size_t n = 0; left && n < sizeof forms / sizeof *forms; n++) {
        if ((p[0] & forms[n].mask) != forms[n].lead)
            continue;
        if (left <= n)
            return 0;
        uint32_t c = p[0] & (unsigned char)~forms[n].mask;
        for (size_t i = 1; i <= n; i++) {
            if ((p[i] & 0xc0) != 0x80)
                return 0;
            c = c << 6 | (p[i] & 0x3f);
        }
        bool surrogate = c >= 0xd800 && c <= 0xdfff;
        if (c < forms[n].least || surrogate || c > 0x10ffff)
            return 0;
        *point = c;
        return n + 1;
    }
    return 0;
}

size_t utf8_valid(const char *text, size_t len)
{
    size_t at = 0, n = 1;
    uint32_t point = 0;

    for (; at < len && n; at += n)
        n = utf8_read(text + at, len - at, &point);
    return at;
}

bool utf8_is_harmless(uint32_t point)
{
    static const struct {
        uint32_t from, to;
    } bad[] = {
        { 0x00, 0x1f },     { 0x7f, 0x9f },     /* C0, C1 */
        { 0xad, 0xad },     { 0x61c, 0x61c },   /* soft hyphen, bidi */
        { 0x200b, 0x200f }, { 0x2028, 0x202e }, /* zero width, bidi */
        { 0x2060, 0x206f }, { 0xfeff, 0xfeff }, /* invisible */
        { 0xfff9, 0xffff }, { 0xe0000, 0xe0fff },
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (point >= bad[i].from && point <= bad[i].to)
            return false;
    return true;
}

/* The system knows each character's width in every UTF-8 locale; this one is
 * there whatever the user's is. */
static locale_t utf8_locale(void)
{
    static locale_t found;

    if (!found)
        found = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    return found;
}

int utf8_columns(const char *text, size_t len)
{
    locale_t before = (locale_t)0;
    int columns = 0;

    if (utf8_locale())
        before = uselocale(utf8_locale());
    for (size_t at = 0, n = 0; at < len; at += n) {
        uint32_t point = 0;
        n = utf8_read(text + at, len - at, &point);
        int width = n && before ? wcwidth((wchar_t)point) : 1;
        columns += width < 0 ? 1 : width;
        n += n == 0;
    }
    if (before)
        uselocale(before);
    return columns;
}

size_t utf8_fit(const char *text, int columns)
{
    size_t left = strlen(text), at = 0;

    while (at < left) {
        uint32_t point = 0;
        size_t n = utf8_read(text + at, left - at, &point);
        n += n == 0;
        columns -= utf8_columns(text + at, n);
        if (columns < 0)
            break;
        at += n;
    }
    return at;
}

void utf8_mend(char *text, bool all)
{
    size_t left = strlen(text);
    char *to = text;

    while (left) {
        uint32_t point = 0;
        size_t n = utf8_read(text, left, &point);
        bool keep = n && (!all || utf8_is_harmless(point));
        n = n ? n : 1;
        if (keep)
            memmove(to, text, n);
        else
            *to = '?';
        to += keep ? n : 1;
        text += n;
        left -= n;
    }
    *to = '\0';
}
