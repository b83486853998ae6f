#include "advise/rules_lint_variables.h"

#include <string.h>

#include "advise/template.h"
#include "advise/text_source.h"

/* What advise/plan_text.c adds of its own. */
static const char *const always[] = {
    "files.name",      "files.top",  "files.key",
    "files.chain",     "hooks",      "why",
    "recheck",         "refs",       ".",
    "kept.name",       "kept.file",  "kept.certbot",
    "kept.by_certbot", "tool.known", "tool.renews",
    "tool.alone",      "tool.made",  "tool.whole",
    "tool.name",       "ticket",     "asked_for",
    "asked_more",      "on_page",    "served",
};
static const char *const suffixes[] = { "_list", "_first" };

static const char *without(struct arena *a, const char *name, const char *tail)
{
    size_t len = strlen(name), cut = strlen(tail);
    if (len <= cut || strcmp(name + len - cut, tail) != 0)
        return NULL;
    return arena_text_n(a, name, len - cut);
}

static bool is_fact(struct arena *a, const char *name)
{
    const char *list = without(a, name, "_list");
    const struct fact *joined = list ? facts_find(list) : NULL;
    return facts_find(name) || (joined && joined->type == JSON_ARRAY);
}

static bool row_fills(const struct rule_row *row, const char *param)
{
    for (size_t i = 0; i < row->with_len; i++) {
        if (strcmp(row->with[i].param, param) == 0)
            return true;
    }
    return false;
}

/* `fix` NULL: of any fix. */
static bool some_row_fills(const struct rules *r, const struct fix_def *fix,
                           const char *param)
{
    for (size_t i = 0; i < r->files_len; i++) {
        const struct rule_file *file = &r->files[i];
        for (size_t k = 0; k < file->rows_len; k++) {
            if ((!fix || file->rows[k].fix == fix) &&
                row_fills(&file->rows[k], param))
                return true;
        }
    }
    return false;
}

static bool is_param(struct arena *a, const struct rules *r,
                     const struct fix_def *fix, const char *name)
{
    if (some_row_fills(r, fix, name))
        return true;
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        const char *list = without(a, name, suffixes[i]);
        if (list && some_row_fills(r, fix, list))
            return true;
    }
    /* "security_is.implicit" asks what the parameter is. */
    const char *is = strstr(name, "_is.");
    return is &&
           some_row_fills(r, fix, arena_text_n(a, name, (size_t)(is - name)));
}

static bool is_always_there(const char *name)
{
    for (size_t i = 0; i < sizeof always / sizeof *always; i++) {
        if (strcmp(name, always[i]) == 0)
            return true;
    }
    return false;
}

static bool uses_of(struct arena *a, const char *text,
                    const struct template_options *o,
                    struct template_use **uses, size_t *len, const char **why)
{
    struct err err;
    if (template_uses(a, text, o, uses, len, &err))
        return true;
    *why = arena_text(a, err.text);
    return false;
}

const char *lint_rule_text(struct arena *a, const char *text, const char **why)
{
    struct template_options o = { .name = "text" };
    struct template_use *uses = NULL;
    size_t len = 0;
    if (!uses_of(a, text, &o, &uses, &len, why))
        return NULL;
    for (size_t i = 0; i < len; i++) {
        if (!is_fact(a, uses[i].name))
            return uses[i].name;
    }
    return NULL;
}

struct linted_text {
    const struct rules *rules;
    const struct fix_def *fix;
    struct text_source from;
};

static bool is_filled(struct linted_text *t, const struct template_use *use)
{
    struct arena *a = t->from.arena;
    if (use->tag == TEMPLATE_PARTIAL)
        return text_source_partial(&t->from, use->name) != NULL;
    if (is_always_there(use->name) || is_fact(a, use->name))
        return true;
    /* A section for what this fix lacks is shown by others. */
    bool elsewhere = use->tag != TEMPLATE_BLANK ||
                     (use->within && strcmp(use->within, use->name) == 0);
    return is_param(a, t->rules, elsewhere ? NULL : t->fix, use->name);
}

const char *lint_fix_text(const struct rules *r, const struct fix_def *fix,
                          const struct text_source *from, const char *name,
                          const char **why)
{
    struct linted_text t = { r, fix, *from };
    struct template_options o = { .name = name,
                                  .partial = text_source_partial,
                                  .arg = &t.from };
    struct template_use *uses = NULL;
    size_t len = 0;
    if (!uses_of(from->arena, text_source_find(from, name), &o, &uses, &len,
                 why))
        return NULL;
    for (size_t i = 0; i < len; i++) {
        if (!is_filled(&t, &uses[i]))
            return uses[i].name;
    }
    return NULL;
}

const char *lint_fix_title(struct arena *a, const struct rules *r,
                           const struct fix_def *fix, const char **why)
{
    struct template_options o = { .name = "title" };
    struct template_use *uses = NULL;
    size_t len = 0;
    if (!uses_of(a, fix->title, &o, &uses, &len, why))
        return NULL;
    for (size_t i = 0; i < len; i++) {
        if (!is_param(a, r, fix, uses[i].name))
            return uses[i].name;
    }
    return NULL;
}
