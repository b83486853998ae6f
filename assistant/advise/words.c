#include "advise/words.h"

#include <string.h>

#include "advise/recheck.h"
#include "advise/rules.h"
#include "advise/software.h"
#include "advise/template.h"
#include "advise/words_source.h"

enum { STEPS_MAX = 32 * 1024, TITLE_MAX = 500 };

struct writer {
    const struct rules *rules;
    const char *dir;
    struct situation now;
    struct arena *arena;
};

static bool render(const struct words_source *from, const char *name,
                   const struct json *data, struct buf *out, struct err *err)
{
    const char *text = words_find(from, name);
    struct words_source source = *from;
    struct template_options o = {
        .name = arena_printf(from->arena, "%s/%s.mustache", from->fix, name),
        .partial = words_partial,
        .arg = &source,
    };
    if (!text)
        return err_set(err, ERR_INPUT, "putting %s into words: there is no %s",
                       from->fix, o.name);
    if (out->len)
        buf_text(out, "\n\n");
    return template_render(text, data, &o, out, err);
}

/* Greetings of the ports in trouble, each once. */
static struct names_list software_here(const struct writer *w)
{
    struct names_list names = { 0 };
    for (size_t i = 0; i < w->now.survey->cells_len; i++) {
        const struct cell *c = &w->now.survey->cells[i];
        const char *name = software_of(c);
        if (name && situation_is_faulty(&w->now, c))
            situation_add_name(w->arena, &names, name);
    }
    return names;
}

static const struct json *refs_of(const struct rules *r, const char *rule_id)
{
    for (size_t i = 0; i < r->files_len; i++) {
        for (size_t k = 0; k < r->files[i].rows_len; k++) {
            if (strcmp(r->files[i].rows[k].id, rule_id) == 0)
                return r->files[i].rows[k].refs;
        }
    }
    return NULL;
}

/* What a template without arithmetic cannot say of a parameter: all of a list
 * in a row, its first, and whether a text is a certain one. */
static void put_param(const struct writer *w, struct json *data,
                      const struct json *param)
{
    struct arena *a = w->arena;
    json_put(a, data, param->key, param);
    if (param->type == JSON_ARRAY && param->len) {
        json_put_text(a, data, arena_printf(a, "%s_list", param->key),
                      facts_joined(a, param));
        json_put(a, data, arena_printf(a, "%s_first", param->key),
                 param->first);
    }
    if (param->type == JSON_TEXT)
        json_put_bool(
            a, json_put_object(a, data, arena_printf(a, "%s_is", param->key)),
            param->text, true);
}

static struct json *data_for(const struct writer *w, const struct fix *fix)
{
    struct json *data = json_object(w->arena);
    JSON_EACH (param, fix->params) {
        put_param(w, data, param);
    }
    /* "names" is the parameter, not the facts of that name. */
    const struct json *all = facts_context(&w->now, NULL);
    JSON_EACH (group, all) {
        if (!json_find(data, group->key))
            json_put(w->arena, data, group->key, group);
    }
    json_put_text(w->arena, data, "why", fix->why);
    json_put_text(w->arena, data, "recheck", fix->recheck);
    json_put(w->arena, data, "refs", refs_of(w->rules, fix->rule_id));
    return data;
}

/* Lines become one, but for what is indented: that is there to be copied. */
static void fold(const char *text, size_t len, struct buf *out)
{
    bool copied = false;
    for (const char *end = text + len; text < end;) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        size_t bytes = (size_t)((stop ? stop : end) - text);
        const char *next = text + bytes + (stop ? 1 : 0);
        bool indented = *text == ' ';
        while (bytes && text[bytes - 1] == ' ')
            bytes--;
        if (out->len)
            buf_char(out, indented || copied ? '\n' : ' ');
        buf_bytes(out, text, bytes);
        copied = indented;
        text = next;
    }
}

/* A paragraph is a step. */
static void split(struct arena *a, const char *text, struct fix *fix)
{
    const char **steps = NULL;
    size_t len = 0;
    while (*(text += strspn(text, "\n"))) {
        const char *end = strstr(text, "\n\n");
        size_t bytes = end ? (size_t)(end - text) : strlen(text);
        struct buf step;
        buf_init(&step, a, STEPS_MAX);
        fold(text, bytes, &step);
        steps = arena_grow(a, steps, len, sizeof *steps);
        steps[len++] = step.text;
        text += bytes;
    }
    fix->steps = steps;
    fix->steps_len = len;
}

static bool write_steps(const struct writer *w, struct fix *fix,
                        struct err *err)
{
    struct words_source from = { w->arena, w->dir, fix->def->id };
    struct names_list names = software_here(w);
    const struct json *data = data_for(w, fix);
    struct buf out;
    buf_init(&out, w->arena, STEPS_MAX);
    for (size_t i = 0; i < names.len; i++) {
        if (words_find(&from, names.text[i]) &&
            !render(&from, names.text[i], data, &out, err))
            return false;
    }
    if (out.len == 0 && !render(&from, "generic", data, &out, err))
        return false;
    split(w->arena, out.text, fix);
    return true;
}

const char *words_title(struct arena *a, const struct fix_def *def,
                        const struct json *params)
{
    struct template_options o = { .name = def->id };
    struct buf out;
    struct err err;
    buf_init(&out, a, TITLE_MAX);
    if (!params)
        params = json_object(a);
    return template_render(def->title, params, &o, &out, &err) ? out.text
                                                               : def->title;
}

bool advise_words(const struct rules *r, const char *templates,
                  const struct survey *s, struct plan *p, struct err *err)
{
    struct writer w = { .rules = r, .dir = templates, .arena = p->arena };
    situation_read(s, &w.now);
    for (size_t i = 0; i < p->len; i++) {
        struct fix *fix = &p->items[i];
        fix->title = words_title(p->arena, fix->def, fix->params);
        fix->recheck = recheck_command(p->arena, s, fix);
        if (!write_steps(&w, fix, err))
            return false;
    }
    return true;
}
