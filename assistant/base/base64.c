#include "base/base64.h"

#include <string.h>

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

const char *base64_text(struct arena *a, const uint8_t *bytes, size_t len)
{
    char *out = arena_alloc(a, (len + 2) / 3 + 1, 4);
    size_t at = 0;

    for (size_t i = 0; i < len; i += 3) {
        size_t left = len - i;
        uint32_t group = (uint32_t)bytes[i] << 16;
        group |= left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0;
        group |= left > 2 ? (uint32_t)bytes[i + 2] : 0;
        out[at++] = alphabet[group >> 18 & 63];
        out[at++] = alphabet[group >> 12 & 63];
        out[at++] = left > 1 ? alphabet[group >> 6 & 63] : '=';
        out[at++] = left > 2 ? alphabet[group & 63] : '=';
    }
    /* One group too many is there, and zero: the NUL. */
    return out;
}

/* Four characters into at most three bytes; how many, or 0. */
static size_t read_group(const char *text, bool is_last, uint8_t out[3])
{
    uint32_t group = 0;
    size_t letters = 0;

    for (; letters < 4 && text[letters] != '='; letters++) {
        const char *place = memchr(alphabet, text[letters], 64);
        if (!place)
            return 0;
        group |= (uint32_t)(place - alphabet) << (18 - 6 * letters);
    }
    if (letters < 2)
        return 0;
    bool padded = letters == 4 || (letters == 3 && is_last) ||
                  (letters == 2 && is_last && text[3] == '=');
    uint32_t unused = 0xffffff >> (8 * (letters - 1));
    if (!padded || (letters < 4 && (group & unused)))
        return 0;
    out[0] = (uint8_t)(group >> 16);
    out[1] = (uint8_t)(group >> 8);
    out[2] = (uint8_t)group;
    return letters - 1;
}

bool base64_read(struct arena *a, const char *text, const uint8_t **bytes,
                 size_t *len)
{
    size_t text_len = strlen(text);
    uint8_t *out = arena_alloc(a, text_len / 4 + 1, 3);
    size_t at = 0;

    if (text_len % 4 != 0)
        return false;
    for (size_t i = 0; i < text_len; i += 4) {
        size_t n = read_group(text + i, i + 4 == text_len, out + at);
        if (n == 0)
            return false;
        at += n;
    }
    *bytes = out;
    *len = at;
    return true;
}
