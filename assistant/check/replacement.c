#include "check/replacement.h"

#include <string.h>

#include "check/check.h"
#include "facts/candidate.h"
#include "facts/san_plan.h"
#include "facts/served_names.h"
#include "facts/validity.h"
#include "model/service.h"

enum { WILDCARD_PAYS_AT = 4 };

/* A clock that is wrong here is not mended by a new certificate. */
static bool is_early(const struct survey *s, const struct finding *f)
{
    return strcmp(f->def->id, "cert.not_yet_valid") == 0 &&
           f->severity != SEV_INFO && f->cells_len &&
           !validity_clock_is_wrong(s, &s->cells[f->cells[0]]);
}

static bool is_mended(const struct finding *f)
{
    return f->severity != SEV_INFO && check_is_mended(f->def);
}

bool replacement_is_due(const struct survey *s, const struct findings *found)
{
    bool due = false;

    if (s->ordered.names.len)
        return true;
    if (candidate_good(s))
        return false;
    for (size_t i = 0; i < found->len; i++)
        due =
            due || is_mended(&found->items[i]) || is_early(s, &found->items[i]);
    return due && san_plan(s, s->arena).len > 0;
}

bool replacement_changes(const struct survey *s, const struct cell *c)
{
    return served_is_replaced(s, c);
}

static bool serves(const struct survey *s, const char *pattern)
{
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cert *leaf = cell_leaf(s, &s->cells[i]);
        for (size_t n = 0; leaf && n < leaf->dns_names.len; n++)
            if (s->cells[i].asked &&
                strcmp(leaf->dns_names.text[n], pattern) == 0)
                return true;
    }
    return false;
}

static const char *star_of(const struct survey *s, struct arena *a,
                           const struct uses *uses)
{
    const char *domain = name_domain(a, uses->items[0].name);
    const char *star = arena_printf(a, "*.%s", domain ? domain : "");
    size_t one_level = 0;

    for (size_t i = 0; domain && i < uses->len; i++)
        one_level +=
            name_is_below(uses->items[i].name, domain) &&
            name_labels(uses->items[i].name) == name_labels(domain) + 1;
    return one_level >= WILDCARD_PAYS_AT || serves(s, star) ? star : NULL;
}

struct text_list replacement_names(const struct survey *s, struct arena *a)
{
    if (s->ordered.names.len)
        return s->ordered.names;
    struct uses uses = san_plan(s, a);
    struct text_list names = { 0 };

    names.text = arena_alloc(a, uses.len + 1, sizeof *names.text);
    for (size_t i = 0; i < uses.len; i++)
        names.text[names.len++] = uses.items[i].name;
    const char *star = uses.len ? star_of(s, a, &uses) : NULL;
    if (star)
        names.text[names.len++] = star;
    return names;
}

bool replacement_policy_matters(const struct survey *s)
{
    if (s->target.kind == TARGET_DOMAIN || s->target.role == ROLE_MX)
        return true;
    for (size_t i = 0; i < s->cells_len; i++)
        if (s->cells[i].port == PORT_SMTP &&
            replacement_changes(s, &s->cells[i]))
            return true;
    return false;
}
