#include "run/here_plan.h"

#include <string.h>

#include "crypto/verification.h"
#include "run/here_server.h"
#include "run/here_stock.h"

struct planning {
    struct arena *arena;
    struct evaluation *evaluation;
    const struct report *report;
    const struct here_report *here;
    struct text_list names;      /* that the certificate has to serve */
    struct server_plan *servers; /* for each configuration that was read */
    size_t servers_len;
    struct here_plan plan;
};

static void say(struct planning *p, const char *text)
{
    text_list_add_new(p->arena, &p->plan.said, text);
}

/* ---- which names ---- */

/* What a new certificate has to have by the plan: no name that leads here goes.
 */
static void find_names(struct planning *p)
{
    const struct plan *plan = p->report->plan;

    for (size_t i = 0; i < plan->len && !p->names.len; i++) {
        const struct fix *fix = &plan->items[i];
        if (fix->def->brings == BRINGS_CERTIFICATE)
            JSON_EACH (name, json_find(fix->params, "names"))
                if (name->type == JSON_TEXT)
                    text_list_add_new(p->arena, &p->names, name->text);
    }
}

static const char *missing_name(const struct planning *p,
                                const struct cert_list *chain)
{
    const struct cert *leaf = &chain->items[0].cert;

    for (size_t i = 0; i < p->names.len; i++)
        if (!verification_name(leaf->der, leaf->der_len, p->names.text[i]))
            return p->names.text[i];
    return NULL;
}

/* ---- one finding ---- */

static void give(struct server_plan *s, const struct here_finding *f)
{
    for (size_t i = 0; i < f->places_len; i++) {
        struct place_plan *at = here_server_place(s, f->places[i]);
        at->cert = f->wanted_cert;
        at->key = f->wanted_key;
        at->name = s->report->survey->cells[f->cells[0]].reference;
        at->ours = f->wanted->ours;
        at->then = f->wanted->chain;
    }
    s->edits = true;
    here_server_print(s, f->why_not);
}

static void settle(struct planning *p, struct server_plan *s,
                   const struct here_finding *f)
{
    if (!here_kind_is_wrong(f->kind))
        return;
    if (f->kind == HERE_NEEDS_RELOAD) {
        s->reloads = true;
        here_server_print(s, f->why_not);
        return;
    }
    if (f->kind == HERE_MAP_STALE ||
        (f->kind == HERE_NOT_READABLE && !f->wanted))
        return; /* its sentences say what a person has to do */
    if (!f->wanted_cert || !f->wanted) {
        say(p, "No certificate on this machine is right for it: order one "
               "first, with certmend issue.");
        return;
    }
    const char *missing = missing_name(p, &f->wanted->chain);
    if (missing)
        say(p, arena_printf(p->arena,
                            "%s is right but for %s, which leads here and is "
                            "not on it: order one with both, with certmend "
                            "issue.",
                            f->wanted_cert, missing));
    else
        give(s, f);
}

/* ---- would it be good ---- */

/* All of the changes at once: of one alone, the ports of another server would
 * differ from those of this one. */
static bool expect_all(struct planning *p, const struct here_change *all,
                       size_t len, struct wire_expected *out, struct err *err)
{
    struct wire_change whole = { .survey = p->report->survey,
                                 .found = p->report->findings };
    struct wire_place *places = NULL;

    for (size_t i = 0; i < len; i++)
        for (size_t k = 0; k < all[i].wire.places_len; k++) {
            places =
                arena_grow(p->arena, places, whole.places_len, sizeof *places);
            places[whole.places_len++] = all[i].wire.places[k];
        }
    whole.places = places;
    return wire_expect(p->evaluation, &whole, out, err);
}

static bool keep_good(struct planning *p, const struct here_change *all,
                      size_t len, struct err *err)
{
    struct wire_expected expected;

    if (!len)
        return true;
    if (!expect_all(p, all, len, &expected, err))
        return false;
    for (size_t i = 0; i < expected.adds.len; i++)
        say(p, arena_printf(p->arena,
                            "What lies here is not installed, as it would "
                            "bring another fault. %s",
                            expected.adds.text[i]));
    /* A reload before the old one ends mends nothing that a check minds yet. */
    if (expected.adds.len)
        return true;
    p->plan.items = all;
    p->plan.len = len;
    return true;
}

static bool make_changes(struct planning *p, struct err *err)
{
    struct here_change *all =
        arena_alloc(p->arena, p->servers_len + 1, sizeof *all);
    size_t len = 0;

    for (size_t i = 0; i < p->servers_len; i++)
        if (p->servers[i].reloads || p->servers[i].edits)
            here_server_change(&p->servers[i], &all[len++]);
    return keep_good(p, all, len, err);
}

static void begin(struct planning *p)
{
    p->servers_len = p->here->confs_len;
    p->servers = arena_alloc(p->arena, p->servers_len + 1, sizeof *p->servers);
    for (size_t i = 0; i < p->servers_len; i++)
        p->servers[i] = (struct server_plan){ .arena = p->arena,
                                              .report = p->report,
                                              .here = p->here,
                                              .conf_at = i,
                                              .conf = &p->here->confs[i].conf };
    find_names(p);
}

bool here_plan_make(struct arena *a, struct evaluation *j,
                    const struct report *report, const struct here_report *here,
                    struct here_plan *out, struct err *err)
{
    struct planning p = {
        .arena = a, .evaluation = j, .report = report, .here = here
    };

    begin(&p);
    for (size_t i = 0; i < here->findings_len; i++) {
        const struct here_finding *f = &here->findings[i];
        if (f->conf < p.servers_len && p.servers[f->conf].conf->kind)
            settle(&p, &p.servers[f->conf], f);
    }
    if (!make_changes(&p, err))
        return err_add(err, "what can be done here");
    *out = p.plan;
    return true;
}
