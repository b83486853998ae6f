#include "facts/distrusted.h"

#include <string.h>

#include "facts/knowledge.h"

static bool is_edge(char c)
{
    return c == '\0' || c == ',' || c == '+';
}

/* One part of a subject in the form of RFC 2253, whole. */
static bool has_part(const char *subject, const char *part)
{
    size_t len = strlen(part);

    for (const char *p = subject; p && (p = strstr(p, part)); p++)
        if ((p == subject || is_edge(p[-1])) && is_edge(p[len]))
            return true;
    return false;
}

/* The part of the row that is the root's, or NULL. */
static const char *part_of(const struct distrusted_root *row,
                           const char *subject)
{
    for (size_t i = 0; i < row->roots.len; i++)
        if (has_part(subject, row->roots.text[i]))
            return row->roots.text[i];
    return NULL;
}

/* The root, where the path reaches it; else who issued the last one on it. */
static const char *end_of(const struct survey *s, const struct cell *c)
{
    if (!c->verdict.path_len)
        return NULL;
    const struct cert *end =
        &s->certs[c->verdict.path[c->verdict.path_len - 1]].cert;
    return end->issuer;
}

/* A row that names the root of `c` and holds for its leaf: its part, or NULL.
 */
static const char *held_part(const struct survey *s, const struct cell *c,
                             const struct distrusted_root *row)
{
    const struct cert *leaf = cell_leaf(s, c);
    const char *end = end_of(s, c);
    bool holds =
        leaf && end &&
        (leaf->not_before >= row->issued_since || s->judged_at >= row->since);

    return holds ? part_of(row, end) : NULL;
}

bool distrusted_holds(const struct survey *s, const struct cell *c)
{
    const struct known *k = &knowledge_of(s)->known;

    for (size_t i = 0; i < k->distrusted_len; i++)
        if (held_part(s, c, &k->distrusted[i]))
            return true;
    return false;
}

static void add_programs(struct arena *a, struct distrust *d,
                         const struct distrusted_root *row)
{
    for (size_t i = 0; i < row->programs.len; i++)
        if (!text_list_has(&d->programs, row->programs.text[i]))
            text_list_add(a, &d->programs, row->programs.text[i]);
}

struct distrust distrusted_root(const struct survey *s, struct arena *a,
                                const struct cell *c)
{
    const struct known *k = &knowledge_of(s)->known;
    struct distrust d = { 0 };

    for (size_t i = 0; i < k->distrusted_len; i++) {
        const struct distrusted_root *row = &k->distrusted[i];
        const char *part = held_part(s, c, row);
        if (!part)
            continue;
        d.owner = row->owner;
        d.root = strchr(part, '=') + 1;
        add_programs(a, &d, row);
    }
    return d;
}
