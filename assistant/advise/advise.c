#include "advise/advise.h"

#include <string.h>

#include "advise/causes.h"
#include "advise/confidence.h"
#include "advise/match.h"
#include "advise/template.h"

enum { SENTENCE_MAX = 2000 }; /* bytes of a text with its blanks filled */

/* One finding being advised on. */
struct matter {
    const struct context *now;
    const struct finding *finding;
    bool is_part;               /* told with another finding */
    const struct json *context; /* for blanks */
    struct plan *plan;
};

/* NULL where a blank cannot be filled: such a row has nothing to say. */
static const char *filled(const struct matter *m, const struct rule_row *row,
                          const char *text)
{
    struct template_options o = { .name = row->path, .strict = true };
    struct buf out;
    struct err err;
    buf_init(&out, m->plan->arena, SENTENCE_MAX);
    return template_render(text, m->context, &o, &out, &err) ? out.text : NULL;
}

static bool is_needed(const struct fix_def *def, const char *param)
{
    for (const char *const *p = def->needs; *p; p++) {
        if (strcmp(*p, param) == 0)
            return true;
    }
    return false;
}

static const struct json *value_of(const struct matter *m,
                                   const struct rule_row *row,
                                   const struct filling *with)
{
    if (with->fact)
        return facts_value(with->fact, m->now, m->finding);
    if (with->literal)
        return with->literal;
    const char *text = filled(m, row, with->text);
    return text ? json_text(m->plan->arena, text) : NULL;
}

/* NULL: something the fix needs is not known. */
static struct json *params_of(const struct matter *m,
                              const struct rule_row *row)
{
    struct json *params = json_object(m->plan->arena);
    for (size_t i = 0; i < row->with_len; i++) {
        const struct filling *with = &row->with[i];
        const struct json *value = value_of(m, row, with);
        if (value)
            json_put(m->plan->arena, params, with->param, value);
        else if (is_needed(row->fix, with->param))
            return NULL;
    }
    return params;
}

/* The same work on other services is one piece of work. */
static bool same_but_services(const struct json *a, const struct json *b)
{
    if (a->len != b->len)
        return false;
    JSON_EACH (item, a) {
        bool may_differ = strcmp(item->key, "services") == 0;
        if (!may_differ && !json_equal(item, json_find(b, item->key)))
            return false;
    }
    return true;
}

/* `params` with the services of `more` too. */
static struct json *with_services(struct arena *a, const struct json *params,
                                  const struct json *more)
{
    struct json *all = json_object(a);
    JSON_EACH (item, params) {
        json_put(a, all, item->key, item);
    }
    struct json *list = all->first;
    while (list && strcmp(list->key, "services") != 0)
        list = list->next;
    JSON_EACH (item, json_find(more, "services")) {
        if (list && !json_has_text(list, item->text))
            json_add_text(a, list, item->text);
    }
    return all;
}

static struct fix *find_same(const struct plan *p, const struct fix_def *def,
                             const struct json *params)
{
    for (size_t i = 0; i < p->len; i++) {
        struct fix *fix = &p->items[i];
        if (fix->def == def &&
            (def->once || same_but_services(fix->params, params)))
            return fix;
    }
    return NULL;
}

static void add_cause(struct arena *a, struct fix *fix, const char *id)
{
    for (size_t i = 0; i < fix->causes_len; i++) {
        if (strcmp(fix->causes[i], id) == 0)
            return;
    }
    const char **causes = arena_alloc(a, fix->causes_len + 1, sizeof *causes);
    for (size_t i = 0; i < fix->causes_len; i++)
        causes[i] = fix->causes[i];
    causes[fix->causes_len++] = id;
    fix->causes = causes;
}

/* What a fault has to say in such a fix, beside what others have. */
static void gather(const struct matter *m, struct fix *fix,
                   const struct json *params)
{
    struct arena *a = m->plan->arena;
    const char *param = fix->def->gathers;
    const char *said = param ? json_find_text(params, param) : NULL;
    if (!said || m->is_part)
        return;
    if (!fix->gathered)
        fix->gathered = json_array(a);
    if (!json_has_text(fix->gathered, said))
        json_add_text(a, fix->gathered, said);
}

static struct fix *add_fix(struct plan *p, const struct fix_def *def)
{
    p->items = arena_grow(p->arena, p->items, p->len, sizeof *p->items);
    struct fix *fix = &p->items[p->len++];
    *fix = (struct fix){ .def = def, .title = def->title };
    return fix;
}

static void contribute(const struct matter *m, const struct rule_row *row)
{
    struct json *params = params_of(m, row);
    const char *why = filled(m, row, row->why);
    if (!params || !why)
        return;
    struct fix *fix = find_same(m->plan, row->fix, params);
    if (fix && !row->fix->once)
        fix->params = params =
            with_services(m->plan->arena, fix->params, params);
    if (!fix)
        fix = add_fix(m->plan, row->fix);
    if (!fix->rule_id || row->rank < fix->weight) {
        fix->rule_id = row->id;
        fix->weight = row->rank;
        fix->params = params;
        fix->why = why;
    }
    gather(m, fix, params);
    add_cause(m->plan->arena, fix, m->finding->def->id);
}

/* "requests" beside "request". */
static void put_gathered(struct plan *p)
{
    for (size_t i = 0; i < p->len; i++) {
        struct fix *fix = &p->items[i];
        if (fix->gathered)
            json_put(p->arena, fix->params,
                     arena_printf(p->arena, "%ss", fix->def->gathers),
                     fix->gathered);
    }
}

/* What is merely told asks for nothing, unless it stands in the way of mending
 * something else. */
static bool asks(const struct rule_file *file, const struct finding *f,
                 const struct findings *found)
{
    enum severity worst = findings_worst(found);
    bool wrong = worst == SEV_ERROR || worst == SEV_WARNING;
    return file && wrong && (f->severity != SEV_INFO || file->info_too);
}

void advise(const struct rules *r, const struct survey *s,
            const struct findings *found, struct plan *out)
{
    struct context now;
    context_read(s, &now);
    out->judging = rules_judging(r);
    out->part_of = causes_find(r, s, found);
    out->confidence = confidence_of(out->judging, s, found, out->part_of);
    for (size_t i = 0; i < found->len; i++) {
        const struct finding *f = &found->items[i];
        const struct rule_file *file = rules_find(r, f->def->id);
        if (!asks(file, f, found))
            continue;
        struct matter m = { &now, f, out->part_of[i] != NULL,
                            facts_context(&now, f), out };
        for (size_t k = 0; k < file->rows_len; k++) {
            if (match_row(&file->rows[k], &now, f))
                contribute(&m, &file->rows[k]);
        }
    }
    put_gathered(out);
}
