#include "base/base64url.h"

#include <string.h>

#include "base/base64.h"

/* `text` with one letter for another, to its NUL. */
static void swap(char *text, char from, char to)
{
    for (char *at = strchr(text, from); at; at = strchr(at, from))
        *at = to;
}

const char *base64url_text(struct arena *a, const void *bytes, size_t len)
{
    const char *plain = base64_text(a, bytes, len);
    char *text = arena_copy(a, plain, strlen(plain) + 1);

    swap(text, '+', '-');
    swap(text, '/', '_');
    text[strcspn(text, "=")] = '\0';
    return text;
}

bool base64url_read(struct arena *a, const char *text, const uint8_t **bytes,
                    size_t *len)
{
    size_t text_len = strlen(text);

    if (strpbrk(text, "+/="))
        return false;
    char *padded = arena_alloc(a, text_len + 4, 1);
    memcpy(padded, text, text_len);
    swap(padded, '-', '+');
    swap(padded, '_', '/');
    memcpy(padded + text_len, "==", (4 - text_len % 4) % 4 % 3);
    return base64_read(a, padded, bytes, len);
}

bool base64url_letters(const char *text)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "abcdefghijklmnopqrstuvwxyz0123456789-_";

    return *text && text[strspn(text, alphabet)] == '\0';
}
