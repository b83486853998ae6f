#include "base/shell_word.h"

#include <string.h>

enum { PATH_TEXT_MAX = 4 * 4096 + 8 }; /* each byte a quote that is quoted */

/* POSIX shell 2.2.2: inside single quotes only the quote itself is special. */
void shell_word(struct buf *b, const char *text)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "abcdefghijklmnopqrstuvwxyz0123456789"
                                "._:/@%+,-";

    if (*text && !text[strspn(text, plain)]) {
        buf_text(b, text);
        return;
    }
    buf_char(b, '\'');
    for (; *text; text++)
        if (*text == '\'')
            buf_text(b, "'\\''");
        else
            buf_char(b, *text);
    buf_char(b, '\'');
}

const char *shell_word_path(struct arena *a, const char *path)
{
    struct buf b;

    buf_init(&b, a, PATH_TEXT_MAX);
    shell_word(&b, *path == '-' ? arena_printf(a, "./%s", path) : path);
    return b.text;
}
