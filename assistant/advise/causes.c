#include "advise/causes.h"

#include <string.h>

#include "advise/rules.h"

struct causes {
    const struct rules *rules;
    const struct survey *survey;
    const struct findings *found;
    const struct finding **part_of; /* for each finding */
};

bool causes_fits(const char *pattern, const char *id)
{
    size_t len = strlen(pattern);

    return len && pattern[len - 1] == '*' ? strncmp(pattern, id, len - 1) == 0
                                          : strcmp(pattern, id) == 0;
}

/* May be because of anything: it only says where or how another shows. */
static bool is_symptom(const struct rules *r, const struct finding *f)
{
    const struct rule_file *file = rules_find(r, f->def->id);

    for (size_t i = 0; file && i < file->because_of_len; i++)
        if (strcmp(file->because_of[i], "*") == 0)
            return true;
    return false;
}

static const struct finding *root_of(const struct causes *c,
                                     const struct finding *f)
{
    const struct finding *above = c->part_of[f - c->found->items];

    while (above) {
        f = above;
        above = c->part_of[f - c->found->items];
    }
    return f;
}

static bool is_at(const struct survey *s, const struct finding *f,
                  const struct cell *place)
{
    for (size_t i = 0; i < f->cells_len; i++) {
        const struct cell *c = &s->cells[f->cells[i]];
        if (c->port == place->port && strcmp(c->host, place->host) == 0 &&
            strcmp(c->address, place->address) == 0)
            return true;
    }
    return false;
}

static bool share_a_place(const struct survey *s, const struct finding *a,
                          const struct finding *b)
{
    for (size_t i = 0; i < a->cells_len; i++)
        if (is_at(s, b, &s->cells[a->cells[i]]))
            return true;
    return false;
}

static bool may_be(const struct causes *c, const struct finding *f,
                   const char *pattern, const struct finding *cause)
{
    return cause->def != f->def && cause->severity >= f->severity &&
           causes_fits(pattern, cause->def->id) &&
           !is_symptom(c->rules, cause) && share_a_place(c->survey, f, cause);
}

/* A place of its own would be told nowhere else. */
static bool is_covered(const struct causes *c, const struct rule_file *file,
                       const struct finding *f, const struct cell *place)
{
    for (size_t i = 0; i < c->found->len; i++) {
        const struct finding *cause = &c->found->items[i];
        for (size_t k = 0; k < file->because_of_len; k++)
            if (may_be(c, f, file->because_of[k], cause) &&
                is_at(c->survey, cause, place))
                return true;
    }
    return false;
}

/* NULL: it stands for itself. */
static const struct finding *cause_of(const struct causes *c,
                                      const struct rule_file *file,
                                      const struct finding *f)
{
    for (size_t i = 0; i < f->cells_len; i++)
        if (!is_covered(c, file, f, &c->survey->cells[f->cells[i]]))
            return NULL;
    for (size_t k = 0; k < file->because_of_len; k++) {
        for (size_t i = 0; i < c->found->len; i++) {
            const struct finding *cause = &c->found->items[i];
            if (may_be(c, f, file->because_of[k], cause) &&
                root_of(c, cause) != f)
                return cause;
        }
    }
    return NULL;
}

/* "host" is where it shows, if it says none. */
static const char *value_of(const struct survey *s, const struct finding *f,
                            const char *param)
{
    const char *text = json_find_text(f->params, param);

    if (text || strcmp(param, "host") != 0 || !f->cells_len)
        return text;
    return s->cells[f->cells[0]].host;
}

static bool is_alike(const struct causes *c, const struct rule_file *file,
                     const struct finding *a, const struct finding *b)
{
    for (size_t i = 0; i < file->once_for_len; i++) {
        const char *one = value_of(c->survey, a, file->once_for[i]);
        const char *other = value_of(c->survey, b, file->once_for[i]);
        if (!one || !other || strcmp(one, other) != 0)
            return false;
    }
    return file->once_for_len && a->def == b->def;
}

/* The first one of its kind that stands for itself; the worst, as they are
 * sorted. NULL: it is that. */
static const struct finding *earlier_of(const struct causes *c,
                                        const struct rule_file *file,
                                        const struct finding *f)
{
    for (const struct finding *e = c->found->items; e < f; e++)
        if (root_of(c, e) == e && is_alike(c, file, e, f))
            return e;
    return NULL;
}

const struct finding *const *causes_find(const struct rules *r,
                                         const struct survey *s,
                                         const struct findings *found)
{
    struct causes c = { .rules = r, .survey = s, .found = found };

    c.part_of = arena_alloc(found->arena, found->len + 1, sizeof *c.part_of);
    for (int by_place = 1; by_place >= 0; by_place--) {
        for (size_t i = 0; i < found->len; i++) {
            const struct finding *f = &found->items[i];
            const struct rule_file *file = rules_find(r, f->def->id);
            if (!file || f->severity == SEV_INFO || c.part_of[i])
                continue;
            c.part_of[i] =
                by_place ? cause_of(&c, file, f) : earlier_of(&c, file, f);
        }
    }
    for (size_t i = 0; i < found->len; i++)
        if (c.part_of[i])
            c.part_of[i] = root_of(&c, c.part_of[i]);
    return c.part_of;
}
