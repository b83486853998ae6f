#include "advise/rules_lint.h"

#include <string.h>

#include "advise/causes.h"
#include "advise/match.h"
#include "advise/rules.h"
#include "advise/rules_lint_variables.h"
#include "advise/software.h"
#include "advise/text_source.h"
#include "base/text.h"

struct linter {
    struct arena *arena;
    const struct rules *rules;
    const char *templates;
    struct text_list faults;
};

static void fault(struct linter *l, const char *text)
{
    text_list_add(l->arena, &l->faults, text);
}

static bool is_value(const struct fact *fact, const struct json *want)
{
    if (fact->type == JSON_ARRAY) /* an item of it is wanted */
        return want->type == JSON_TEXT || want->type == JSON_NUMBER;
    if (want->type != fact->type)
        return false;
    for (const char *const *v = fact->values; v && *v; v++) {
        if (strcmp(*v, want->text) == 0)
            return true;
    }
    return !fact->values;
}

/* Can the fact ever be what is wanted of it? */
static bool is_possible(const struct condition *c)
{
    if (c->want->type == JSON_OBJECT) {
        const struct json *min = json_find(c->want, "min");
        const struct json *max = json_find(c->want, "max");
        return c->fact->type == JSON_NUMBER &&
               !(min && max && min->number > max->number);
    }
    if (c->want->type != JSON_ARRAY)
        return is_value(c->fact, c->want);
    JSON_EACH (item, c->want) {
        if (!is_value(c->fact, item))
            return false;
    }
    return c->want->len > 0;
}

/* "x.found": false leaves nothing to be known of the other words of x. */
static bool rules_out(const struct condition *a, const struct condition *b)
{
    const char *dot = strchr(a->fact->word, '.');
    size_t len = (size_t)(dot - a->fact->word) + 1;
    return a != b && strcmp(dot, ".found") == 0 && a->want->type == JSON_BOOL &&
           !a->want->yes && strncmp(a->fact->word, b->fact->word, len) == 0;
}

static void lint_when(struct linter *l, const struct rule_row *row)
{
    for (size_t i = 0; i < row->when_len; i++) {
        const struct condition *c = &row->when[i];
        if (!is_possible(c))
            fault(l, arena_printf(l->arena,
                                  "%s can never hold: \"%s\" is never that",
                                  row->path, c->fact->word));
        for (size_t k = 0; k < row->when_len; k++) {
            if (rules_out(c, &row->when[k]))
                fault(l,
                      arena_printf(
                          l->arena,
                          "%s can never hold: \"%s\" and \"%s\" contradict "
                          "each other",
                          row->path, c->fact->word, row->when[k].fact->word));
        }
    }
    if (row->since >= row->until)
        fault(l, arena_printf(l->arena,
                              "%s can never hold: it ends before it begins",
                              row->path));
}

static void lint_text(struct linter *l, const char *where, const char *blank,
                      const char *why)
{
    if (why)
        fault(l, arena_printf(l->arena, "%s: %s", where, why));
    if (blank)
        fault(l,
              arena_printf(l->arena, "%s: nothing fills {{%s}}", where, blank));
}

static void lint_texts(struct linter *l, const struct rule_row *row)
{
    const char *why = NULL;
    const char *blank = lint_rule_text(l->arena, row->why, &why);
    lint_text(l, row->path, blank, why);
    for (size_t i = 0; i < row->with_len; i++) {
        why = NULL;
        if (!row->with[i].text)
            continue;
        blank = lint_rule_text(l->arena, row->with[i].text, &why);
        lint_text(l, row->path, blank, why);
    }
}

static bool same_conditions(const struct rule_row *a, const struct rule_row *b)
{
    size_t same = 0;
    for (size_t i = 0; i < a->when_len; i++) {
        for (size_t k = 0; k < b->when_len; k++) {
            if (a->when[i].fact == b->when[k].fact &&
                json_equal(a->when[i].want, b->when[k].want))
                same++;
        }
    }
    return same == a->when_len && a->when_len == b->when_len &&
           a->fix == b->fix && a->since < b->until && b->since < a->until;
}

static void lint_file(struct linter *l, const struct rule_file *file)
{
    for (size_t i = 0; i < file->rows_len; i++) {
        const struct rule_row *row = &file->rows[i];
        lint_when(l, row);
        lint_texts(l, row);
        for (size_t k = 0; k < i; k++) {
            if (same_conditions(&file->rows[k], row))
                fault(l,
                      arena_printf(l->arena,
                                   "%s has the same conditions and fix as %s",
                                   row->path, file->rows[k].path));
        }
    }
}

/* False: it has faults. */
static bool lint_template(struct linter *l, const struct fix_def *fix,
                          const struct text_source *from, const char *name)
{
    const char *why = NULL;
    const char *blank = lint_fix_text(l->rules, fix, from, name, &why);
    const char *software =
        from->software
            ? arena_printf(l->arena, " for %s", from->software->text[0])
            : "";
    lint_text(l,
              arena_printf(l->arena, "templates/%s/%s.mustache%s", fix->id,
                           name, software),
              blank, why);
    return !why && !blank;
}

/* What each software puts into the slots of a text that is fine itself. */
static void lint_software(struct linter *l, const struct fix_def *fix,
                          const struct text_source *from)
{
    for (size_t i = 0; software_name(i); i++) {
        const char *name = software_name(i);
        const struct text_list one = { &name, 1 };
        struct text_source with = *from;
        with.software = &one;
        if (!text_source_find(from, name))
            name = text_source_common(&with);
        lint_template(l, fix, &with,
                      text_source_find(from, name) ? name : "generic");
    }
}

static void lint_fix(struct linter *l, const struct fix_def *fix)
{
    struct text_source from = { .arena = l->arena,
                                .dir = l->templates,
                                .fix = fix->id };
    const char *why = NULL;
    const char *blank = lint_fix_title(l->arena, l->rules, fix, &why);
    lint_text(l, arena_printf(l->arena, "rules/fixes/%s.json", fix->id), blank,
              why);
    if (!text_source_find(&from, "generic"))
        fault(l, arena_printf(l->arena,
                              "rules/fixes/%s.json: there is no "
                              "templates/%s/generic.mustache",
                              fix->id, fix->id));
    else if (lint_template(l, fix, &from, "generic"))
        lint_software(l, fix, &from);
}

static void lint_gates(struct linter *l, const struct lint_known *known)
{
    for (size_t i = 0; i < known->gates_len; i++)
        if (!rules_gate(l->rules, known->gates[i]))
            fault(l, arena_printf(l->arena,
                                  "rules/gates.json: nothing about \"%s\"",
                                  known->gates[i]));
    for (size_t i = 0; i < l->rules->gates_len; i++)
        if (!text_is_among(l->rules->gates[i].id, known->gates,
                           known->gates_len))
            fault(l, arena_printf(l->arena,
                                  "rules/gates.json: there is no gate \"%s\"",
                                  l->rules->gates[i].id));
}

static void lint_finding(struct linter *l, const char *id)
{
    if (!rules_find(l->rules, id))
        fault(l,
              arena_printf(l->arena, "%s: there is no rules/%s.json", id, id));
}

static bool fits_any(const struct lint_known *known, const char *pattern)
{
    for (size_t i = 0; i < known->findings_len; i++)
        if (causes_fits(pattern, known->findings[i]))
            return true;
    return false;
}

static void lint_because_of(struct linter *l, const struct rule_file *file,
                            const struct lint_known *known)
{
    for (size_t i = 0; i < file->because_of_len; i++)
        if (!fits_any(known, file->because_of[i]))
            fault(l, arena_printf(l->arena,
                                  "rules/%s.json: because of \"%s\", which "
                                  "no check reports",
                                  file->finding, file->because_of[i]));
}

static void lint_points(struct linter *l, const char *id,
                        const struct lint_known *known)
{
    if (!text_is_among(id, known->findings, known->findings_len))
        fault(l, arena_printf(l->arena,
                              "rules/judging.json: points for \"%s\", which "
                              "no check reports",
                              id));
}

static void lint_judging(struct linter *l, const struct lint_known *known)
{
    const struct confidence_table *t = &l->rules->judging.confidence;
    JSON_EACH (harm, t->harm) {
        if (table_code(severity_words, harm->key) == SEV_COUNT)
            lint_points(l, harm->key, known);
    }
    JSON_EACH (id, t->beside)
        lint_points(l, id->text, known);
}

struct text_list rules_lint(struct arena *a, const struct rules *r,
                            const char *templates,
                            const struct lint_known *known)
{
    struct linter l = { .arena = a, .rules = r, .templates = templates };
    for (size_t i = 0; i < known->findings_len; i++)
        lint_finding(&l, known->findings[i]);
    for (size_t i = 0; i < r->files_len; i++) {
        if (!text_is_among(r->files[i].finding, known->findings,
                           known->findings_len))
            fault(&l, arena_printf(a, "rules/%s.json: no check reports it",
                                   r->files[i].finding));
        lint_file(&l, &r->files[i]);
        lint_because_of(&l, &r->files[i], known);
    }
    lint_judging(&l, known);
    for (size_t i = 0; i < r->fixes.len; i++)
        lint_fix(&l, &r->fixes.items[i]);
    lint_gates(&l, known);
    return l.faults;
}
