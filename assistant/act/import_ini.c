#include "act/import_text.h"

#include <string.h>

/* One file on its way. */
struct ini_reading {
    struct arena *arena;
    const char *at;
    unsigned line;
    const char *section;
    struct import_ini_row *rows;
    size_t len;
};

static void skip_blanks(struct ini_reading *r)
{
    r->at += strspn(r->at, " \t\r");
}

/* The rest of the line is a comment, or nothing. */
static bool at_end(struct ini_reading *r)
{
    skip_blanks(r);
    return *r->at == '\n' || *r->at == '#' || !*r->at;
}

static const char *trimmed(struct arena *a, const char *text, size_t len)
{
    while (len && strchr(" \t\r", text[len - 1]))
        len--;
    return arena_text_n(a, text, len);
}

/* Three signs may go over lines. */
static const char *read_quoted(struct ini_reading *r)
{
    const char *start = r->at;
    bool is_triple = start[1] == start[0] && start[2] == start[0];
    const char sign[] = { start[0], is_triple ? start[0] : '\0',
                          is_triple ? start[0] : '\0', '\0' };

    start += is_triple ? 3 : 1;
    const char *end = strstr(start, sign);
    if (!end)
        return NULL;
    for (const char *c = start; c < end; c++) {
        if (*c == '\n' && !is_triple)
            return NULL;
        r->line += *c == '\n';
    }
    r->at = end + (is_triple ? 3 : 1);
    return arena_text_n(r->arena, start, (size_t)(end - start));
}

static const char *read_value(struct ini_reading *r)
{
    skip_blanks(r);
    if (*r->at == '\'' || *r->at == '"')
        return read_quoted(r);
    size_t len = strcspn(r->at, ",#\n");
    const char *value = trimmed(r->arena, r->at, len);
    r->at += len;
    return value;
}

static bool read_values(struct ini_reading *r, struct import_ini_row *row)
{
    const char **values = NULL;
    bool is_more = true;

    while (is_more && !(row->len && at_end(r))) {
        const char *value = read_value(r);
        if (!value)
            return false;
        values = arena_grow(r->arena, values, row->len, sizeof *values);
        values[row->len++] = value;
        skip_blanks(r);
        is_more = *r->at == ',';
        r->at += is_more;
    }
    row->values = values;
    return at_end(r);
}

static bool read_row(struct ini_reading *r)
{
    size_t len = strcspn(r->at, "=\n");
    struct import_ini_row row = { .section = r->section };

    if (r->at[len] != '=' || !len)
        return false;
    row.key = trimmed(r->arena, r->at, len);
    r->at += len + 1;
    if (!row.key[0] || !read_values(r, &row))
        return false;
    r->rows = arena_grow(r->arena, r->rows, r->len, sizeof *r->rows);
    r->rows[r->len++] = row;
    return true;
}

static bool read_section(struct ini_reading *r)
{
    size_t depth = strspn(r->at, "[");
    const char *name = r->at + depth;
    size_t len = strcspn(name, "]\n");

    if (strspn(name + len, "]") != depth)
        return false;
    r->section = trimmed(r->arena, name + strspn(name, " \t"),
                         len - strspn(name, " \t"));
    r->at = name + len + depth;
    return at_end(r);
}

struct import_ini import_ini_read(struct arena *a, const char *text)
{
    struct ini_reading r = { .arena = a, .at = text, .line = 1, .section = "" };
    bool good = true;

    while (*r.at && good) {
        skip_blanks(&r);
        if (!at_end(&r))
            good = *r.at == '[' ? read_section(&r) : read_row(&r);
        if (!good)
            break;
        r.at += strcspn(r.at, "\n");
        r.line += *r.at == '\n';
        r.at += *r.at == '\n';
    }
    return (struct import_ini){ r.rows, r.len, good ? 0 : r.line };
}

const char *import_ini_find(const struct import_ini *ini, const char *section,
                            const char *key)
{
    for (size_t i = 0; i < ini->len; i++)
        if (strcmp(ini->rows[i].section, section) == 0 &&
            strcmp(ini->rows[i].key, key) == 0 && ini->rows[i].values[0][0])
            return ini->rows[i].values[0];
    return NULL;
}
