#include "advise/template_parse.h"

#include <string.h>

struct parser {
    struct arena *arena;
    const struct template_options *options;
    const char *start; /* the whole text */
    const char *at;    /* what is not parsed yet */
    size_t line;       /* of `at` */
    struct tokens out;
    size_t open[TEMPLATE_DEPTH_MAX]; /* sections without their end */
    size_t open_len;
    struct err *err;
};

/* One tag as it stands in the text. */
struct tag {
    const char *from, *to; /* first byte, and the one behind it */
    enum token_kind kind;
    const char *name;
};

static bool complain(struct parser *p, const char *what, const char *name)
{
    return err_set(p->err, ERR_INPUT, "%s: line %zu: %s{{%s}}",
                   p->options->name, p->line, what, name);
}

static struct token *keep(struct parser *p, enum token_kind kind,
                          const char *text, size_t len)
{
    struct tokens *t = &p->out;

    t->items = arena_grow(p->arena, t->items, t->len, sizeof *t->items);
    struct token *token = &t->items[t->len++];
    token->kind = kind;
    token->text = arena_text_n(p->arena, text, len);
    token->line = p->line;
    return token;
}

static void advance(struct parser *p, const char *to)
{
    for (; p->at < to; p->at++)
        p->line += *p->at == '\n';
}

static enum token_kind kind_of(char sigil)
{
    static const struct {
        char sigil;
        enum token_kind kind;
    } kinds[] = {
        { '!', TOKEN_COMMENT },  { '#', TOKEN_SECTION },
        { '^', TOKEN_INVERTED }, { '/', TOKEN_CLOSE },
        { '>', TOKEN_PARTIAL },  { '&', TOKEN_RAW },
        { '{', TOKEN_RAW },      { '=', TOKEN_KIND_COUNT },
    };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].sigil == sigil)
            return kinds[i].kind;
    return TOKEN_BLANK;
}

static bool has_blank(const char *name)
{
    return !*name || strpbrk(name, " \t\r\n{}") != NULL;
}

/* tag->from stands at "{{". */
static bool read_tag(struct parser *p, struct tag *tag)
{
    const char *inner = tag->from + 2;
    bool triple = *inner == '{';
    const char *close = strstr(inner, triple ? "}}}" : "}}");

    tag->kind = kind_of(*inner);
    if (!close)
        return complain(p, "a tag is not closed: ", "");
    tag->to = close + (triple ? 3 : 2);
    inner += tag->kind != TOKEN_BLANK;
    if (inner > close)
        inner = close;
    inner += strspn(inner, " \t\r\n");
    size_t len = inner < close ? (size_t)(close - inner) : 0;
    while (len && strchr(" \t\r\n", inner[len - 1]))
        len--;
    tag->name = arena_text_n(p->arena, inner, len);
    if (tag->kind == TOKEN_KIND_COUNT)
        return complain(p, "delimiters cannot be changed: ", tag->name);
    if (tag->kind == TOKEN_RAW && !p->options->raw)
        return complain(p,
                        "a value must not go round the escaping: ", tag->name);
    if (tag->kind != TOKEN_COMMENT && has_blank(tag->name))
        return complain(p, "a name was wanted: ", tag->name);
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/*
 * A tag that is alone on its line takes the line with it: *line_from is where
 * the line begins, *line_to where the next one does.
 */
static bool stands_alone(const struct parser *p, const struct tag *tag,
                         const char **line_from, const char **line_to)
{
    const char *from = tag->from, *to = tag->to;

    if (tag->kind == TOKEN_BLANK || tag->kind == TOKEN_RAW)
        return false;
    while (from > p->start && is_blank(from[-1]))
        from--;
    while (is_blank(*to))
        to++;
    bool ends = !*to || *to == '\n' || (to[0] == '\r' && to[1] == '\n');
    if (!ends || (from > p->start && from[-1] != '\n'))
        return false;
    *line_from = from;
    *line_to = to + (*to == '\r') + (*to != '\0');
    return true;
}

static bool open_section(struct parser *p)
{
    if (p->open_len == TEMPLATE_DEPTH_MAX)
        return complain(p, "sections are nested too deeply: ", "#");
    p->open[p->open_len++] = p->out.len - 1;
    return true;
}

static bool close_section(struct parser *p, const char *name)
{
    if (p->open_len == 0)
        return complain(p, "a section ends that never began: /", name);
    struct token *opener = &p->out.items[p->open[--p->open_len]];
    if (strcmp(opener->text, name) != 0)
        return complain(p, "another section has to end first: ", opener->text);
    opener->close = p->out.len - 1;
    return true;
}

static bool take_tag(struct parser *p, const struct tag *tag,
                     const char *indent)
{
    if (tag->kind == TOKEN_COMMENT)
        return true;
    struct token *t = keep(p, tag->kind, tag->name, strlen(tag->name));
    t->indent = tag->kind == TOKEN_PARTIAL ? indent : "";
    if (tag->kind == TOKEN_SECTION || tag->kind == TOKEN_INVERTED)
        return open_section(p);
    return tag->kind != TOKEN_CLOSE || close_section(p, tag->name);
}

static bool next_tag(struct parser *p, const char *from)
{
    struct tag tag = { .from = from };
    const char *text_end = from, *indent = "";

    if (!read_tag(p, &tag))
        return false;
    const char *next = tag.to;
    if (stands_alone(p, &tag, &text_end, &next))
        indent = arena_text_n(p->arena, text_end, (size_t)(from - text_end));
    if (text_end > p->at)
        keep(p, TOKEN_LITERAL, p->at, (size_t)(text_end - p->at));
    advance(p, from);
    if (!take_tag(p, &tag, indent))
        return false;
    advance(p, next);
    return true;
}

bool template_parse(struct arena *a, const char *text,
                    const struct template_options *o, struct tokens *out,
                    struct err *err)
{
    struct parser p = { .arena = a,
                        .options = o,
                        .start = text,
                        .at = text,
                        .line = 1,
                        .err = err };
    const char *from = strstr(text, "{{");

    for (; from; from = strstr(p.at, "{{"))
        if (!next_tag(&p, from))
            return false;
    if (*p.at)
        keep(&p, TOKEN_LITERAL, p.at, strlen(p.at));
    if (p.open_len)
        return complain(&p, "a section has no end: ",
                        p.out.items[p.open[p.open_len - 1]].text);
    *out = p.out;
    return true;
}

const char *template_indented(struct arena *a, const char *text,
                              const char *indent)
{
    struct buf out;

    if (!*indent)
        return text;
    buf_init(&out, a, strlen(text) * (strlen(indent) + 1));
    while (*text) {
        size_t len = strcspn(text, "\n");
        bool empty = len == 0 || (len == 1 && *text == '\r');
        if (!empty)
            buf_text(&out, indent);
        len += text[len] == '\n';
        buf_bytes(&out, text, len);
        text += len;
    }
    return out.text;
}
