#include "run/here_server.h"

#include <string.h>

#include "facts/cell_state.h"
#include "facts/client_view.h"

struct planning {
    struct arena *arena;
    const struct here_plan_request *request;
    struct here_pairs pairs;
    struct text_list names; /* that the certificate has to serve */
    struct server_plan *servers;
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
    const struct report *r = p->request->report;

    for (size_t i = 0; i < r->plan->len && !p->names.len; i++) {
        const struct fix *fix = &r->plan->items[i];
        if (fix->def->brings == BRINGS_CERTIFICATE)
            JSON_EACH (name, json_find(fix->params, "names"))
                if (name->type == JSON_TEXT)
                    text_list_add_new(p->arena, &p->names, name->text);
    }
    const char *host = target_reference(&r->survey->target);
    if (!p->names.len && host)
        text_list_add(p->arena, &p->names, host);
}

/* ---- what is to be done about a place ---- */

/* The file's certificates as they stand are what was sent. */
static bool is_served(const struct survey *s, const struct cell *c,
                      const struct pair_fit *fit)
{
    if (c->chain_len != fit->chain.len)
        return false;
    for (size_t i = 0; i < c->chain_len; i++)
        if (strcmp(s->certs[c->chain[i]].cert.sha256_hex,
                   fit->chain.items[i].cert.sha256_hex) != 0)
            return false;
    return c->chain_len > 0;
}

static bool judge_place(struct planning *p, const struct server_conf *conf,
                        const struct cell *c, struct place_plan *at,
                        struct err *err)
{
    const struct pair_files files = here_server_files(conf, at->place);

    if (at->judged || !files.cert || !files.key)
        return true;
    at->judged = true;
    pair_fit_read(p->arena, &files, &at->now);
    return pair_fit_judge(p->arena, p->request->evaluation, files.cert,
                          c->reference, &at->now, err);
}

static bool is_fit(const struct pair_fit *fit)
{
    return fit->chain.len && !fit->broken.len && !fit->faults.len;
}

/* A file or setting that is not ours to edit, and why. */
static const char *place_doubt(const struct tls_place *place)
{
    const struct conf_value *values[] = { &place->cert, &place->key,
                                          &place->chain };

    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (values[i]->doubt)
            return values[i]->doubt;
    return NULL;
}

static bool find_better(struct planning *p, struct server_plan *s,
                        struct place_plan *at, struct err *err)
{
    if (!here_pairs_best(p->arena, p->request->evaluation, &p->pairs, s->conf,
                         at->place, &p->names, &at->better, &at->then, err))
        return false;
    if (at->better) {
        s->edits = true;
        here_server_print(s, place_doubt(at->place));
    } else
        say(p, arena_printf(p->arena,
                            "No certificate on this machine is right for "
                            "port %u: order one first, with certmend issue.",
                            at->place->port));
    return true;
}

/* A look as clients have it, of a place that is not right. */
static bool settle_spot(struct planning *p, struct server_plan *s,
                        const struct here_spot *spot, struct err *err)
{
    const struct survey *seen = p->request->report->survey;
    const struct cell *c = &seen->cells[spot->cell];
    struct place_plan *at = here_server_place(s, spot->place);

    if (!judge_place(p, s->conf, c, at, err))
        return false;
    if (spot->place->is_off || !client_view_asked(seen, c) || at->better)
        return true;
    if (is_fit(&at->now)) {
        s->reloads = s->reloads || !is_served(seen, c, &at->now);
        return true;
    }
    return cell_is_clean(seen, c) || find_better(p, s, at, err);
}

static struct server_plan *server_of(struct planning *p,
                                     const struct server_conf *conf)
{
    for (size_t i = 0; i < p->servers_len; i++)
        if (p->servers[i].conf == conf)
            return &p->servers[i];
    p->servers =
        arena_grow(p->arena, p->servers, p->servers_len, sizeof *p->servers);
    p->servers[p->servers_len] =
        (struct server_plan){ .arena = p->arena,
                              .request = p->request,
                              .conf = conf,
                              .print_only = conf->print_only };
    return &p->servers[p->servers_len++];
}

/* ---- would it be good ---- */

/* All of the changes at once: of one alone, the ports of another server would
 * differ from those of this one. */
static bool expect_all(struct planning *p, struct here_change *all, size_t len,
                       struct wire_expected *out, struct err *err)
{
    struct wire_change whole = { .survey = p->request->report->survey,
                                 .found = p->request->report->findings };
    struct wire_place *places = NULL;

    for (size_t i = 0; i < len; i++)
        for (size_t k = 0; k < all[i].wire.places_len; k++) {
            places =
                arena_grow(p->arena, places, whole.places_len, sizeof *places);
            places[whole.places_len++] = all[i].wire.places[k];
        }
    whole.places = places;
    return wire_expect(p->request->evaluation, &whole, out, err);
}

static bool keep_good(struct planning *p, struct here_change *all, size_t len,
                      struct err *err)
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
    if (!expected.adds.len && !expected.clears.len)
        say(p, "What this machine could change would mend nothing of it.");
    if (expected.adds.len || !expected.clears.len)
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

static void find_pairs(struct planning *p)
{
    const struct server_conf **confs =
        arena_alloc(p->arena, p->servers_len + 1, sizeof *confs);

    for (size_t i = 0; i < p->servers_len; i++)
        confs[i] = p->servers[i].conf;
    p->pairs =
        here_pairs_find(p->arena, p->request->store, confs, p->servers_len);
}

bool here_plan_make(struct arena *a, const struct here_plan_request *request,
                    struct here_plan *out, struct err *err)
{
    struct planning p = { .arena = a, .request = request };

    find_names(&p);
    for (size_t i = 0; i < request->spots_len; i++)
        server_of(&p, request->spots[i].conf);
    find_pairs(&p);
    for (size_t i = 0; i < request->spots_len; i++)
        if (!settle_spot(&p, server_of(&p, request->spots[i].conf),
                         &request->spots[i], err))
            return err_add(err, "what can be done here");
    if (!make_changes(&p, err))
        return err_add(err, "what can be done here");
    *out = p.plan;
    return true;
}
