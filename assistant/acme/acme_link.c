#include "acme/acme_link.h"

#include <string.h>
#include <strings.h>

#include "acme/acme_directory.h"

struct word_span {
    const char *at;
    size_t len;
};

static const char *skip_blanks(const char *p)
{
    return p + strspn(p, " \t");
}

/* A token or a quoted string; *p moves behind it. */
static struct word_span read_value(const char **p)
{
    struct word_span value = { .at = *p };

    if (**p != '"') {
        value.len = strcspn(*p, " \t;,\"");
        *p += value.len;
        return value;
    }
    value.at = ++*p;
    while (**p && **p != '"')
        *p += **p == '\\' && (*p)[1] ? 2 : 1;
    value.len = (size_t)(*p - value.at);
    *p += **p == '"';
    return value;
}

/* 3.3: relations are words parted by blanks, compared without case. */
static bool has_word(struct word_span list, const char *word)
{
    size_t len = strlen(word);

    for (size_t i = 0; i + len <= list.len; i++) {
        bool begins = i == 0 || list.at[i - 1] == ' ';
        bool ends = i + len == list.len || list.at[i + len] == ' ';
        if (begins && ends && strncasecmp(list.at + i, word, len) == 0)
            return true;
    }
    return false;
}

/* The parameters of one link; *p moves behind them. 3.3: the first rel counts,
 * others are passed over. */
static bool params_have(const char **p, const char *rel)
{
    bool seen = false;
    bool found = false;

    *p = skip_blanks(*p);
    while (**p == ';') {
        *p = skip_blanks(*p + 1);
        struct word_span name = { *p, strcspn(*p, " \t=;,") };
        struct word_span value = { "", 0 };
        *p = skip_blanks(*p + name.len);
        if (**p == '=') {
            *p = skip_blanks(*p + 1);
            value = read_value(p);
        }
        if (!seen && name.len == 3 && strncasecmp(name.at, "rel", 3) == 0) {
            seen = true;
            found = has_word(value, rel);
        }
        *p = skip_blanks(*p);
    }
    return found;
}

static void add(struct acme_links *links, const char *at, size_t len)
{
    const char *url = arena_text_n(links->arena, at, len);

    if (links->len == ACME_LINKS_MAX || !acme_url_ok(url))
        return;
    links->urls =
        arena_grow(links->arena, links->urls, links->len, sizeof *links->urls);
    links->urls[links->len++] = url;
}

void acme_link_add(struct acme_links *links, const char *header,
                   const char *rel)
{
    const char *p = skip_blanks(header);

    while (*p == '<') {
        const char *url = p + 1;
        size_t len = strcspn(url, ">");
        if (!url[len])
            return;
        p = url + len + 1;
        if (params_have(&p, rel))
            add(links, url, len);
        if (*p != ',')
            return;
        p += strspn(p, " \t,");
    }
}
