#include "vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LINE_BYTES_MAX = 1 << 17, PATH_BYTES_MAX = 1024 };

FILE *vectors_open(const char *name)
{
    const char *folder = getenv("CERTMEND_VECTORS");
    char path[PATH_BYTES_MAX];

    snprintf(path, sizeof path, "%s/%s", folder ? folder : "../shared/vectors",
             name);
    FILE *f = fopen(path, "r");
    if (!f)
        skip();
    return f;
}

bool vectors_next(struct arena *a, FILE *f, struct vectors_row *row)
{
    static char line[LINE_BYTES_MAX];
    char *text = fgets(line, sizeof line, f);
    size_t n = 0;

    if (!text)
        return false;
    text = arena_copy(a, line, strcspn(line, "\n"));
    for (; text && n < VECTORS_FIELDS_MAX; n++) {
        char *tab = strchr(text, '\t');
        if (tab)
            *tab = '\0';
        row->field[n] = text;
        text = tab ? tab + 1 : NULL;
    }
    for (; n < VECTORS_FIELDS_MAX; n++)
        row->field[n] = "";
    return true;
}

/* RFC 3629 section 3; surrogates too, for they are wanted as bad input. */
static size_t put_utf8(char *out, unsigned long c)
{
    static const unsigned char lead[] = { 0, 0x00, 0xc0, 0xe0, 0xf0 };
    size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

    for (size_t i = len; i > 1; i--, c >>= 6)
        out[i - 1] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)(lead[len] | c);
    return len;
}

static const char *one_escape(const char *in, char *out, size_t *len)
{
    static const char plain[] = "t\tn\nr\r\\\\";
    const char *known = strchr(plain, in[0]);
    char *end = NULL;

    *len = 1;
    if (in[0] == 'u' && in[1] == '{') {
        *len = put_utf8(out, strtoul(in + 2, &end, 16));
        return end + 1;
    }
    if (in[0] == 'x') {
        const char hex[] = { in[1], in[2], '\0' };
        *out = (char)strtoul(hex, NULL, 16);
        return in + 3;
    }
    if (in[0] == 'e') {
        *len = 0;
        return in + 1;
    }
    *out = known && in[0] ? known[1] : in[0];
    return in + 1;
}

char *vectors_unescape(struct arena *a, const char *text, size_t *len)
{
    char *out = arena_copy(a, text, strlen(text));
    size_t at = 0;

    while (*text) {
        size_t n = 1;
        if (*text == '\\')
            text = one_escape(text + 1, out + at, &n);
        else
            out[at] = *text++;
        at += n;
    }
    out[at] = '\0';
    *len = at;
    return out;
}
