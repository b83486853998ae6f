#include "advise/template_parse.h"

struct collect {
    struct arena *arena;
    const struct template_options *options;
    struct template_use *uses;
    size_t len;
    int depth; /* partials in each other */
    struct err *err;
};

static const enum template_tag tag_of[] = {
    [TOKEN_BLANK] = TEMPLATE_BLANK,     [TOKEN_RAW] = TEMPLATE_BLANK,
    [TOKEN_SECTION] = TEMPLATE_SECTION, [TOKEN_INVERTED] = TEMPLATE_INVERTED,
    [TOKEN_PARTIAL] = TEMPLATE_PARTIAL,
};

static bool collect_text(struct collect *c, const char *name, const char *text,
                         const char *within);

static bool collect_partial(struct collect *c, const struct token *t,
                            const char *within)
{
    const struct template_options *o = c->options;
    const char *text = o->partial ? o->partial(o->arg, t->text) : NULL;

    if (!text)
        return true;
    if (c->depth == TEMPLATE_DEPTH_MAX)
        return err_set(c->err, ERR_INPUT,
                       "%s: line %zu: partials are nested too deeply", o->name,
                       t->line);
    c->depth++;
    bool good = collect_text(c, t->text, text, within);
    c->depth--;
    return good;
}

static void add(struct collect *c, const struct token *t, const char *within)
{
    c->uses = arena_grow(c->arena, c->uses, c->len, sizeof *c->uses);
    c->uses[c->len++] =
        (struct template_use){ tag_of[t->kind], t->text, within };
}

static bool collect_tokens(struct collect *c, const struct tokens *all,
                           size_t from, size_t to, const char *within)
{
    for (size_t i = from; i < to; i++) {
        const struct token *t = &all->items[i];
        bool section = t->kind == TOKEN_SECTION;
        bool inverted = t->kind == TOKEN_INVERTED;
        bool good = true;
        if (t->kind == TOKEN_LITERAL)
            continue;
        add(c, t, within);
        if (t->kind == TOKEN_PARTIAL)
            good = collect_partial(c, t, within);
        if (section || inverted) {
            good = collect_tokens(c, all, i + 1, t->close,
                                  section ? t->text : within);
            i = t->close;
        }
        if (!good)
            return false;
    }
    return true;
}

static bool collect_text(struct collect *c, const char *name, const char *text,
                         const char *within)
{
    struct template_options o = *c->options;
    struct tokens tokens = { 0 };

    o.name = name;
    return template_parse(c->arena, text, &o, &tokens, c->err) &&
           collect_tokens(c, &tokens, 0, tokens.len, within);
}

bool template_uses(struct arena *a, const char *text,
                   const struct template_options *o, struct template_use **out,
                   size_t *len, struct err *err)
{
    struct collect c = { .arena = a, .options = o, .err = err };

    if (!collect_text(&c, o->name, text, NULL))
        return false;
    *out = c.uses;
    *len = c.len;
    return true;
}
