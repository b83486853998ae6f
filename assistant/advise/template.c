#include "advise/template.h"

#include <stdio.h>
#include <string.h>

#include "advise/template_escape.h"
#include "advise/template_parse.h"

/* Far more than any text of ours; ends what partials in partials could grow
 * to. */
enum { TOKENS_MAX = 1000000, NUMBER_MAX = 32 };

struct frame { /* what names are looked up in, innermost first */
    const struct json *value;
    const struct frame *outer;
};

struct template_render {
    const struct template_options *options;
    struct buf *out;
    size_t done; /* tokens */
    int depth;   /* partials in each other */
    struct err *err;
};

static bool render_text(struct template_render *r, const char *text,
                        const struct frame *in);

static void blame_value(const struct template_options *o)
{
    if (o->unfit)
        *o->unfit = true;
}

static bool complain(struct template_render *r, const struct token *t,
                     const char *what)
{
    return err_set(r->err, ERR_INPUT, "%s: line %zu: {{%s}} %s",
                   r->options->name, t->line, t->text, what);
}

/* The first part of "a.b.c" is found in the nearest frame that has it, the
 * others only below it. */
static const struct json *look_up(struct template_render *r, const char *name,
                                  const struct frame *in)
{
    const struct json *found = NULL;

    if (strcmp(name, ".") == 0)
        return in->value;
    size_t len = strcspn(name, ".");
    const char *key = arena_text_n(r->out->arena, name, len);
    for (; in && !found; in = in->outer)
        found = json_find(in->value, key);
    while (found && name[len] == '.') {
        name += len + 1;
        len = strcspn(name, ".");
        found = json_find(found, arena_text_n(r->out->arena, name, len));
    }
    return found;
}

static bool is_empty(const struct json *j)
{
    if (!j || j->type == JSON_NULL)
        return true;
    return (j->type == JSON_BOOL && !j->yes) ||
           (j->type == JSON_ARRAY && j->len == 0) ||
           (j->type == JSON_TEXT && !*j->text);
}

static const char *scalar_text(struct arena *a, const struct json *j)
{
    if (j->type == JSON_TEXT)
        return j->text;
    if (j->type == JSON_BOOL)
        return j->yes ? "true" : "false";
    if (json_is_whole(j->number))
        return arena_printf(a, "%lld", (long long)j->number);
    return arena_printf(a, "%.15g", j->number);
}

/* Does the line that is being written begin with a blank? */
static bool is_copied(const struct buf *out)
{
    size_t from = out->len;

    while (from && out->text[from - 1] != '\n')
        from--;
    return from < out->len && out->text[from] == ' ';
}

static bool render_blank(struct template_render *r, const struct token *t,
                         const struct frame *in)
{
    const struct json *j = look_up(r, t->text, in);
    bool missing = !j || j->type == JSON_NULL;

    if (missing && r->options->strict)
        return complain(r, t, "is filled by nothing");
    if (missing)
        return true;
    if (j->type == JSON_ARRAY || j->type == JSON_OBJECT)
        return complain(r, t, "is a list or an object, not a text");
    const char *text = scalar_text(r->out->arena, j);
    if (t->kind == TOKEN_RAW) {
        buf_text(r->out, text);
        return true;
    }
    bool copied = r->options->copied && is_copied(r->out);
    const char *why = template_escape_value(
        copied ? TEMPLATE_CONFIG : r->options->escape, text, r->out);
    if (why)
        blame_value(r->options);
    return !why || complain(r, t, why);
}

static bool render_partial(struct template_render *r, const struct token *t,
                           const struct frame *in)
{
    const struct template_options *o = r->options;
    const char *text = o->partial ? o->partial(o->arg, t->text) : NULL;

    if (!text && o->strict)
        return complain(r, t, "is a partial that is not there");
    if (!text)
        return true;
    if (r->depth == TEMPLATE_DEPTH_MAX)
        return complain(r, t, "is a partial nested too deeply");
    struct template_options inner = *o;
    inner.name = t->text;
    r->options = &inner;
    r->depth++;
    bool good =
        render_text(r, template_indented(r->out->arena, text, t->indent), in);
    r->depth--;
    r->options = o;
    return good;
}

static bool render_tokens(struct template_render *r, const struct tokens *all,
                          size_t from, size_t to, const struct frame *in);

static bool render_section(struct template_render *r, const struct tokens *all,
                           size_t at, const struct frame *in)
{
    const struct token *t = &all->items[at];
    const struct json *j = look_up(r, t->text, in);
    bool inverted = t->kind == TOKEN_INVERTED;

    if (is_empty(j) != inverted)
        return true;
    if (inverted)
        return render_tokens(r, all, at + 1, t->close, in);
    bool is_list = j->type == JSON_ARRAY;
    const struct json *item = is_list ? j->first : j;
    while (item) {
        struct frame inner = { item, in };
        if (!render_tokens(r, all, at + 1, t->close, &inner))
            return false;
        item = is_list ? item->next : NULL;
    }
    return true;
}

static bool render_token(struct template_render *r, const struct tokens *all,
                         size_t at, const struct frame *in)
{
    const struct token *t = &all->items[at];

    size_t most = r->options->tags_max;
    if (++r->done > (most ? most : TOKENS_MAX))
        return complain(r, t, "is one tag too many");
    if (t->kind == TOKEN_LITERAL) {
        buf_text(r->out, t->text);
        return true;
    }
    if (t->kind == TOKEN_PARTIAL)
        return render_partial(r, t, in);
    if (t->kind == TOKEN_BLANK || t->kind == TOKEN_RAW)
        return render_blank(r, t, in);
    return render_section(r, all, at, in);
}

static bool render_tokens(struct template_render *r, const struct tokens *all,
                          size_t from, size_t to, const struct frame *in)
{
    for (size_t i = from; i < to; i++) {
        const struct token *t = &all->items[i];
        if (!render_token(r, all, i, in))
            return false;
        if (t->kind == TOKEN_SECTION || t->kind == TOKEN_INVERTED)
            i = t->close;
    }
    return true;
}

static bool render_text(struct template_render *r, const char *text,
                        const struct frame *in)
{
    struct tokens tokens = { 0 };

    return template_parse(r->out->arena, text, r->options, &tokens, r->err) &&
           render_tokens(r, &tokens, 0, tokens.len, in);
}

bool template_render(const char *text, const struct json *data,
                     const struct template_options *o, struct buf *out,
                     struct err *err)
{
    struct template_render r = { .options = o, .out = out, .err = err };
    struct frame top = { data, NULL };

    if (!render_text(&r, text, &top))
        return false;
    if (!out->full)
        return true;
    blame_value(o);
    return err_set(err, ERR_INPUT, "%s: the text is longer than %zu bytes",
                   o->name, out->max);
}
