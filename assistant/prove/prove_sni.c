/* Another certificate by default or for a name: the checks run again. */
#include <string.h>

#include "facts/candidate.h"
#include "facts/cell_state.h"
#include "facts/client_view.h"
#include "prove/gates.h"
#include "prove/proofs.h"
#include "prove/records.h"

static bool make_for(const struct trial *t, const struct fix *fix,
                     struct test_cert *out, struct err *err)
{
    const struct json *names = json_find(fix->params, "names");
    const char **list = arena_alloc(t->arena, names->len + 1, sizeof *list);
    struct test_cert_request order = simulate_request(t);

    order.names = list;
    JSON_EACH (name, names) {
        if (name->text)
            list[order.names_len++] = name->text;
    }
    return test_cert_make(t->arena, &order, out, err) ||
           err_add(err, "simulating %s", fix->def->id);
}

/* The cell as it would be, with the certificate for the names in place. */
static void heal(struct survey *copy, size_t cell, const size_t *chain)
{
    struct cell *c = &copy->cells[cell];

    c->handshake.outcome = OUTCOME_OK;
    c->alert = -1;
    if (!c->tls_version)
        c->tls_version = "TLSv1.3";
    simulate_chain(copy, cell, chain, 2);
}

/* In trouble on one of the services that the fix is about. */
static bool is_meant(const struct trial *t, const struct fix *fix,
                     const struct cell *c)
{
    return client_view_asked(t->survey, c) && !cell_is_clean(t->survey, c) &&
           json_has_text(json_find(fix->params, "services"), c->service);
}

typedef void pass_gates(const struct trial *t, struct fix *fix,
                        const struct survey *copy);

static bool prove_names(const struct trial *t, struct fix *fix,
                        pass_gates *gates, const char *what, bool *holds,
                        struct err *err)
{
    struct survey *copy = simulate_copy(t->survey);
    struct test_cert made;

    if (!make_for(t, fix, &made, err))
        return false;
    size_t chain[] = { survey_cert_add(copy, &made.chain[0]),
                       survey_cert_add(copy, &made.chain[1]) };
    for (size_t i = 0; i < copy->cells_len; i++)
        if (is_meant(t, fix, &t->survey->cells[i]))
            heal(copy, i, chain);
    gates(t, fix, copy);
    /* A gate that is shut is opened first: so it is told, so it is tried. */
    if (fix->gates_len)
        records_publish_key(copy, &made.chain[0].cert);
    if (!simulate_judge(t, copy, &made.root.cert, fix, holds, err))
        return false;
    fix->proof = PROOF_SIMULATED;
    fix->proof_detail = arena_printf(
        t->arena, "With the right certificate %s the checks find nothing new.",
        what);
    return true;
}

bool prove_sni_map(const struct trial *t, struct fix *fix, bool *holds,
                   struct err *err)
{
    return prove_names(t, fix, gates_entry, "shown when the name is said",
                       holds, err);
}

bool prove_default(const struct trial *t, struct fix *fix, bool *holds,
                   struct err *err)
{
    return prove_names(t, fix, gates_default, "shown when no name is said",
                       holds, err);
}
