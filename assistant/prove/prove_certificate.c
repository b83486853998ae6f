/* A new certificate, or another one of the machine: the checks run again. */
#include <string.h>

#include "check/replacement.h"
#include "facts/candidate.h"
#include "facts/cell_state.h"
#include "facts/client_view.h"
#include "facts/rotation.h"
#include "facts/stale.h"
#include "prove/gates.h"
#include "prove/proofs.h"
#include "prove/records.h"

/* Without SNI the same certificate was shown: one file, one change. */
static bool shares_leaf(const struct survey *s, const struct cell *c)
{
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *other = &s->cells[i];
        if (c->chain_len && c->port == other->port && c->asked &&
            strcmp(c->address, other->address) == 0 &&
            replacement_changes(s, other) && other->chain[0] == c->chain[0])
            return true;
    }
    return false;
}

static void say_simulated(const struct trial *t, struct fix *fix)
{
    const struct json *gone = json_find(fix->params, "names_that_go");
    const char *more = "";

    if (gone && gone->len)
        more = arena_printf(t->arena,
                            " %zu name%s of the present certificate would go.",
                            gone->len, gone->len == 1 ? "" : "s");
    fix->proof = PROOF_SIMULATED;
    fix->proof_detail = arena_printf(
        t->arena,
        "With this change the checks find %zu fault%s fewer and nothing new.%s",
        fix->clears_len, fix->clears_len == 1 ? "" : "s", more);
}

static const char **names_of(const struct trial *t, const struct fix *fix,
                             size_t *len)
{
    const struct json *names = json_find(fix->params, "names");
    const char **list =
        arena_alloc(t->arena, names ? names->len + 1 : 1, sizeof *list);
    *len = 0;
    JSON_EACH (item, names) {
        if (item->text)
            list[(*len)++] = item->text;
    }
    return list;
}

static const struct cert *first_leaf(const struct survey *s)
{
    for (size_t i = 0; i < s->cells_len; i++) {
        if (replacement_changes(s, &s->cells[i]))
            return cell_leaf(s, &s->cells[i]);
    }
    return NULL;
}

static bool is_shut(const struct fix *fix, enum gate_id id)
{
    for (size_t i = 0; i < fix->gates_len; i++) {
        if (!fix->gates[i].open && strcmp(fix->gates[i].id, gate_ids[id]) == 0)
            return true;
    }
    return false;
}

/* A gate that is shut is opened first: so it is told, so it is tried. */
static void open_gate(const struct fix *fix, struct survey *copy,
                      const struct cert *leaf)
{
    if (leaf && is_shut(fix, GATE_TLSA))
        records_publish_key(copy, leaf);
}

bool prove_new_certificate(const struct trial *t, struct fix *fix, bool *holds,
                           struct err *err)
{
    struct test_cert_request order = simulate_request(t);
    struct test_cert made;
    order.names = names_of(t, fix, &order.names_len);
    if (json_find_bool(fix->params, "keep_key"))
        order.keep_key_of = first_leaf(t->survey);
    *holds = false;
    /* A key that nobody can read cannot be kept. */
    bool lost = order.keep_key_of && !order.keep_key_of->key_bits;
    if (order.names_len == 0 || lost)
        return true;
    if (!test_cert_make(t->arena, &order, &made, err))
        return err_add(err, "simulating %s", fix->def->id);
    struct survey *copy = simulate_copy(t->survey);
    size_t chain[] = { survey_cert_add(copy, &made.chain[0]),
                       survey_cert_add(copy, &made.chain[1]) };
    for (size_t i = 0; i < copy->cells_len; i++) {
        const struct cell *c = &t->survey->cells[i];
        if (replacement_changes(t->survey, c) || shares_leaf(t->survey, c))
            simulate_chain(copy, i, chain, 2);
    }
    open_gate(fix, copy, &made.chain[0].cert);
    if (!simulate_judge(t, copy, &made.root.cert, fix, holds, err))
        return false;
    say_simulated(t, fix);
    return true;
}

/* The path as it could be built, less the anchor: RFC 8446 4.4.2. */
static void send_path(struct survey *copy, size_t cell)
{
    const struct verdict *v = &copy->cells[cell].verdict;
    size_t len = 0;
    while (len < v->path_len && copy->certs[v->path[len]].origin != CERT_ANCHOR)
        len++;
    simulate_chain(copy, cell, v->path, len);
}

bool prove_full_chain(const struct trial *t, struct fix *fix, bool *holds,
                      struct err *err)
{
    struct survey *copy = simulate_copy(t->survey);
    bool all = true, any = false;
    for (size_t i = 0; i < copy->cells_len; i++) {
        const struct cell *c = &copy->cells[i];
        if (!c->asked || !c->chain_len || c->verdict.trusted)
            continue;
        if (c->verdict.repaired)
            send_path(copy, i);
        all = all && c->verdict.repaired;
        any = any || c->verdict.repaired;
    }
    *holds = true;
    if (!any || !all) {
        fix->proof = PROOF_NONE;
        fix->proof_detail = "The missing certificate could not be fetched, so "
                            "the complete chain could not be tried.";
        return true;
    }
    if (!simulate_judge(t, copy, NULL, fix, holds, err))
        return false;
    say_simulated(t, fix);
    return true;
}

static bool is_left_out(const struct verdict *v, size_t place)
{
    for (size_t i = 0; i < v->leave_out_len; i++)
        if (v->leave_out[i] == place)
            return true;
    return false;
}

/* Every cell that is led astray, whichever of them the fix was made for: they
 * mostly read one file. */
bool prove_shorter_chain(const struct trial *t, struct fix *fix, bool *holds,
                         struct err *err)
{
    struct survey *copy = simulate_copy(t->survey);

    for (size_t i = 0; i < copy->cells_len; i++) {
        const struct cell *c = &t->survey->cells[i];
        size_t *rest = arena_alloc(t->arena, c->chain_len + 1, sizeof *rest);
        size_t len = 0;
        for (size_t k = 0; k < c->chain_len; k++)
            if (!is_left_out(&c->verdict, k))
                rest[len++] = c->chain[k];
        if (len < c->chain_len)
            simulate_chain(copy, i, rest, len);
    }
    if (!simulate_judge(t, copy, NULL, fix, holds, err))
        return false;
    say_simulated(t, fix);
    return true;
}

/* The clean cell whose files belong on `bad`, best on the same port. What the
 * same place showed at another time is on another machine, or came since. */
static const struct cell *model_for(const struct survey *s,
                                    const struct cell *bad)
{
    const struct cell *best = NULL;
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (c->key_type != KEY_UNKNOWN || !client_view_here(s, c) ||
            !cell_is_clean(s, c) || rotation_same_look(s, c, bad) ||
            strcmp(c->reference, bad->reference) != 0)
            continue;
        if (!best || (best->port != bad->port && c->port == bad->port))
            best = c;
    }
    return best;
}

/* The fix says by address or by port where the files are missing. */
static bool is_named(const struct fix *fix, const struct cell *c)
{
    if (json_has_text(json_find(fix->params, "addresses"), c->address))
        return true;
    JSON_EACH (port, json_find(fix->params, "ports")) {
        if ((int)port->number == c->port)
            return true;
    }
    return false;
}

/* Where certificates come in turn, the file on the machine that was met is one
 * of several: no other port has what is missing. */
static bool meets_several(const struct trial *t, const struct fix *fix)
{
    for (size_t i = 0; i < t->survey->cells_len; i++) {
        const struct cell *c = &t->survey->cells[i];
        if (is_named(fix, c) && rotation_is_here(t->survey, c))
            return true;
    }
    return false;
}

/* One of the certificates that were shown in turn, for every machine. */
bool prove_machines(const struct trial *t, struct fix *fix, bool *holds,
                    struct err *err)
{
    struct survey *copy = simulate_copy(t->survey);
    const struct cell *good = NULL;

    for (size_t i = 0; i < copy->cells_len; i++) {
        const struct cell *best =
            rotation_best(t->survey, &t->survey->cells[i]);
        if (!best)
            continue;
        simulate_chain(copy, i, best->chain, best->chain_len);
        good = good ? good : best;
    }
    *holds = false;
    if (!good)
        return true;
    gates_moved(t, fix, copy);
    open_gate(fix, copy, cell_leaf(t->survey, good));
    if (!simulate_judge(t, copy, NULL, fix, holds, err))
        return false;
    say_simulated(t, fix);
    return true;
}

bool prove_deploy(const struct trial *t, struct fix *fix, bool *holds,
                  struct err *err)
{
    struct survey *copy = simulate_copy(t->survey);
    *holds = false;
    if (meets_several(t, fix))
        return true;
    for (size_t i = 0; i < copy->cells_len; i++) {
        const struct cell *c = &t->survey->cells[i];
        const struct cell *model =
            is_named(fix, c) ? model_for(t->survey, c) : NULL;
        if (model &&
            (replacement_changes(t->survey, c) || shares_leaf(t->survey, c)))
            simulate_chain(copy, i, model->chain, model->chain_len);
    }
    const struct cell *good = candidate_good(t->survey);
    gates_moved(t, fix, copy);
    open_gate(fix, copy, good ? cell_leaf(t->survey, good) : NULL);
    if (!simulate_judge(t, copy, NULL, fix, holds, err))
        return false;
    say_simulated(t, fix);
    return true;
}

/* The cells of daemon.stale that the fix's services stand for. */
static void reload(const struct trial *t, const struct fix *fix,
                   const struct finding *f, const struct cell *fresh,
                   struct survey *copy)
{
    const struct json *list = json_find(fix->params, "services");
    for (size_t i = 0; i < f->cells_len; i++) {
        const struct cell *c = &t->survey->cells[f->cells[i]];
        if (json_has_text(list, c->service))
            simulate_chain(copy, f->cells[i], fresh->chain, fresh->chain_len);
    }
}

bool prove_reload(const struct trial *t, struct fix *fix, bool *holds,
                  struct err *err)
{
    const struct finding *f = finding_find(t->found, "daemon.stale");
    const struct cell *fresh =
        f ? stale_successor_of(t->survey, f->cells, f->cells_len) : NULL;
    if (!fresh && t->survey->target.expected)
        return prove_nothing(t, fix, holds, err);
    *holds = false;
    if (!fresh)
        return true;
    struct survey *copy = simulate_copy(t->survey);
    for (size_t i = 0; i < t->found->len; i++) {
        const struct finding *stale = &t->found->items[i];
        if (stale->def == f->def)
            reload(t, fix, stale, fresh, copy);
    }
    gates_moved(t, fix, copy);
    open_gate(fix, copy, cell_leaf(t->survey, fresh));
    if (!simulate_judge(t, copy, NULL, fix, holds, err))
        return false;
    fix->proof = PROOF_PROBED;
    fix->proof_detail = arena_printf(
        t->arena, "Port %u was looked at and shows the new certificate.",
        (unsigned)fresh->port);
    return true;
}
