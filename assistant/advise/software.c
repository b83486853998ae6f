#include "advise/software.h"

#include <string.h>

#include "base/buf.h"
#include "base/near.h"
#include "facts/knowledge.h"

enum { KNOWN_MAX = 440 }; /* bytes; an err holds 512 */

const char *software_of(const struct survey *s, const struct cell *c)
{
    const struct known *k = &knowledge_of(s)->known;

    for (size_t i = 0; i < k->software_len; i++)
        if (known_has_word(c->banner, &k->software[i].greets))
            return k->software[i].name;
    return NULL;
}

static bool has(const char *text, const char *word)
{
    return text && word && strstr(text, word);
}

static bool names_have(const struct cert *leaf, const char *word)
{
    for (size_t i = 0; i < leaf->dns_names.len && i < CERT_NAMES_READ; i++)
        if (has(leaf->dns_names.text[i], word))
            return true;
    return false;
}

const char *software_behind(const struct survey *s, const struct cert *leaf)
{
    const struct known *k = &knowledge_of(s)->known;

    for (size_t i = 0; i < k->software_len; i++)
        if (has(leaf->issuer, k->software[i].issuer))
            return k->software[i].name;
    for (size_t i = 0; i < k->software_len; i++)
        if (names_have(leaf, k->software[i].cert_name))
            return k->software[i].name;
    return NULL;
}

/* What --software takes. */
static const struct known *built_in(void)
{
    return &knowledge_built_in()->known;
}

static bool is_kind(const char *name, enum software_kind kind)
{
    const struct software *row = known_software(built_in(), name);

    return row && row->kind == kind;
}

bool software_is_suite(const char *name)
{
    return is_kind(name, SOFTWARE_SUITE);
}

bool software_is_server(const char *name)
{
    return is_kind(name, SOFTWARE_SERVER) || software_is_suite(name);
}

bool software_is_tool(const char *name)
{
    return is_kind(name, SOFTWARE_TOOL);
}

bool software_is_on_windows(const char *name)
{
    const struct software *row = known_software(built_in(), name);

    return row && row->on_windows;
}

const char *software_files(const char *name)
{
    const struct software *row = known_software(built_in(), name);

    return row ? row->files : NULL;
}

const char *software_name(size_t i)
{
    return i < built_in()->software_len ? built_in()->software[i].name : NULL;
}

const char *software_meant(const char *text)
{
    struct near_search n = { text, NULL, 0 };

    for (size_t i = 0; software_name(i); i++)
        near_try(&n, software_name(i), software_name(i));
    return n.best;
}

static bool refuse(struct arena *a, const char *text, size_t len,
                   struct err *err)
{
    struct buf all;
    const char *meant = software_meant(arena_text_n(a, text, len));
    if (meant)
        return err_set(err, ERR_USAGE,
                       "\"%.*s\" is not known; did you mean \"%s\"?",
                       (int)(len < 40 ? len : 40), text, meant);
    buf_init(&all, a, KNOWN_MAX);
    for (size_t i = 0; software_name(i); i++)
        buf_printf(&all, "%s%s", i ? ", " : "", software_name(i));
    return err_set(err, ERR_USAGE, "one of %s was wanted, not \"%.*s\"",
                   all.text, (int)(len < 40 ? len : 40), text);
}

bool software_read(struct arena *a, const char *text, struct text_list *out,
                   struct err *err)
{
    struct text_list list = *out;
    const char *end = NULL;
    do {
        end = text + strcspn(text, ",");
        const struct software *row = known_software(
            built_in(), arena_text_n(a, text, (size_t)(end - text)));
        if (!row)
            return refuse(a, text, (size_t)(end - text), err);
        text_list_add(a, &list, row->name);
        text = end + 1;
    } while (*end);
    *out = list;
    return true;
}
