#include "base/utf8.h"

#include <stdbool.h>

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
