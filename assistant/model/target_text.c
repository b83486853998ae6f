#include "model/target_text.h"

#include "model/name.h"

#include <string.h>
#include <strings.h>

enum { SHORT_MAX = 60 };

size_t target_text_authority(const char *text)
{
    return strcspn(text, "/?#");
}

const char *target_text_at(const char *text, size_t len)
{
    while (len && text[len - 1] != '@')
        len--;
    return len ? text + len - 1 : NULL;
}

const char *target_text_printable(struct arena *a, const char *text)
{
    const char *scheme = strstr(text, "://");
    const char *user = scheme ? scheme + strlen("://") : text;
    const char *at = target_text_at(user, target_text_authority(user));
    const char *colon = at ? memchr(user, ':', (size_t)(at - user)) : NULL;

    if (!colon || strncasecmp(text, "mailto:", strlen("mailto:")) == 0)
        return arena_printable(a, text, strlen(text));
    const char *masked =
        arena_printf(a, "%.*s***%s", (int)(colon + 1 - text), text, at);
    return arena_printable(a, masked, strlen(masked));
}

const char *target_text_short(struct arena *a, const char *text)
{
    size_t len = SHORT_MAX;

    if (strlen(text) <= SHORT_MAX)
        return text;
    while (len && ((unsigned char)text[len] & 0xc0) == 0x80)
        len--;
    return arena_printf(a, "%.*s...", (int)len, text);
}

/* Takes one mark off either end. */
static bool take_mark(const char **text, size_t *len)
{
    static const char *const marks[] = {
        "\"",
        "'",
        "`",
        "<",
        ">",
        ",",
        ";",
        "(",
        ")",
        "\xe2\x80\x98",
        "\xe2\x80\x99",
        "\xe2\x80\x9c",
        "\xe2\x80\x9d",
        "\xe2\x80\x9e",
        "\xc2\xab",
        "\xc2\xbb",
    };

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t n = strlen(marks[i]);
        if (n > *len)
            continue;
        bool in_front = memcmp(*text, marks[i], n) == 0;
        if (!in_front && memcmp(*text + *len - n, marks[i], n) != 0)
            continue;
        *text += in_front ? n : 0;
        *len -= n;
        return true;
    }
    return false;
}

/* "A Name <user@example.com>", as mail programs copy it: what is inside. */
static void enter_angles(const char **text, size_t *len)
{
    const char *open = strchr(*text, '<');
    const char *close = open ? strchr(open, '>') : NULL;

    if (!close || !target_text_at(open, (size_t)(close - open)))
        return;
    *text = open;
    *len = (size_t)(close - open);
}

const char *target_text_unwrap(struct arena *a, const char *text, unsigned *off)
{
    size_t len = strlen(text);

    *off = 0;
    enter_angles(&text, &len);
    for (bool more = true; more;) {
        size_t before = len;
        name_trim(&text, &len);
        *off |= len < before ? TARGET_TEXT_BLANKS : 0u;
        more = take_mark(&text, &len);
        *off |= more ? TARGET_TEXT_MARKS : 0u;
    }
    return arena_text_n(a, text, len);
}
