#include <string.h>

#include "act/import_text.h"
#include "base/buf.h"

static const char letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";

struct shell_reading {
    struct arena *arena;
    struct import_shell *vars;
    const char *at;
    unsigned line;
    struct buf word;
    bool is_known; /* so far */
};

const char *import_shell_find(const struct import_shell *s, const char *name)
{
    for (size_t i = s->len; i > 0; i--)
        if (s->all[i - 1].name && strcmp(s->all[i - 1].name, name) == 0)
            return s->all[i - 1].value;
    return NULL;
}

bool import_shell_is_unknown(const struct import_shell *s, const char *name)
{
    for (size_t i = s->len; i > 0; i--)
        if (s->all[i - 1].name && strcmp(s->all[i - 1].name, name) == 0)
            return !s->all[i - 1].value;
    return false;
}

static void put(struct arena *a, struct import_shell *s,
                const struct import_variable *v)
{
    s->all = arena_grow(a, s->all, s->len, sizeof *s->all);
    s->all[s->len++] = *v;
}

void import_shell_set(struct arena *a, struct import_shell *s, const char *name,
                      const char *value)
{
    put(a, s, &(struct import_variable){ name, value, 0 });
}

/* $NAME or ${NAME}; anything else behind a $ is the shell's own affair. */
static void read_dollar(struct shell_reading *r)
{
    bool is_braced = r->at[1] == '{';
    const char *name = r->at + 1 + is_braced;
    size_t len = strspn(name, letters);
    const char *value = NULL;

    if (len && (!is_braced || name[len] == '}'))
        value = import_shell_find(r->vars, arena_text_n(r->arena, name, len));
    if (value)
        buf_text(&r->word, value);
    r->is_known = r->is_known && value;
    r->at = name + (value ? len + is_braced : 0);
}

static void read_double(struct shell_reading *r)
{
    for (r->at++; *r->at && *r->at != '"';) {
        if (*r->at == '$') {
            read_dollar(r);
            continue;
        }
        if (*r->at == '`')
            r->is_known = false;
        if (*r->at == '\\' && r->at[1] && strchr("$`\"\\", r->at[1]))
            r->at++;
        r->line += *r->at == '\n';
        buf_char(&r->word, *r->at++);
    }
    r->is_known = r->is_known && *r->at;
    r->at += *r->at == '"';
}

static void read_single(struct shell_reading *r)
{
    for (r->at++; *r->at && *r->at != '\''; r->at++) {
        r->line += *r->at == '\n';
        buf_char(&r->word, *r->at);
    }
    r->is_known = r->is_known && *r->at;
    r->at += *r->at == '\'';
}

/* Up to a blank, and only a comment may follow. */
static const char *read_word(struct shell_reading *r)
{
    buf_init(&r->word, r->arena, IMPORT_TEXT_MAX);
    r->is_known = true;
    while (*r->at && !strchr(" \t\r\n;", *r->at)) {
        if (*r->at == '\'')
            read_single(r);
        else if (*r->at == '"')
            read_double(r);
        else if (*r->at == '$')
            read_dollar(r);
        else {
            if (strchr("`()|&<>*?[~\\", *r->at))
                r->is_known = false;
            buf_char(&r->word, *r->at++);
        }
    }
    r->at += strspn(r->at, " \t\r;");
    bool is_whole = !*r->at || *r->at == '\n' || *r->at == '#';
    return r->is_known && is_whole && !r->word.full ? r->word.text : NULL;
}

static void read_line(struct shell_reading *r)
{
    struct import_variable v = { .line = r->line };

    if (strncmp(r->at, "export ", 7) == 0)
        r->at += 7;
    size_t len = strspn(r->at, letters);
    if (len && r->at[len] == '=') {
        v.name = arena_text_n(r->arena, r->at, len);
        r->at += len + 1;
        v.value = read_word(r);
    }
    put(r->arena, r->vars, &v);
}

void import_shell_read(struct arena *a, const char *text,
                       struct import_shell *out)
{
    struct shell_reading r = { .arena = a, .vars = out, .at = text, .line = 1 };

    while (*r.at) {
        r.at += strspn(r.at, " \t\r");
        if (*r.at && *r.at != '\n' && *r.at != '#')
            read_line(&r);
        r.at += strcspn(r.at, "\n");
        r.line += *r.at == '\n';
        r.at += *r.at == '\n';
    }
}
