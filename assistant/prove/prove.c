#include "prove/prove.h"

#include <limits.h>
#include <string.h>

#include "prove/gates.h"
#include "prove/proofs.h"

static const struct {
    const char *fix;
    prove_fix *prove;
} proofs[] = {
    { "use-hostname", prove_hostname },
    { "use-port", prove_port },
    { "use-security-mode", prove_mode },
    { "correct-input", prove_input },
    { "serve-full-chain", prove_full_chain },
    { "deploy-everywhere", prove_deploy },
    { "reload-service", prove_reload },
    { "update-caa", prove_published },
    { "update-tlsa", prove_published },
    { "update-mta-sts", prove_published },
    { "fix-dns", prove_dns },
    { "fix-sni-map", prove_sni_map },
    { "set-default-certificate", prove_default },
    { NULL, prove_nothing },
};

static prove_fix *find_proof(const struct fix_def *def)
{
    size_t i = 0;
    if (def->brings == BRINGS_CERTIFICATE)
        return prove_new_certificate;
    while (proofs[i].fix && strcmp(proofs[i].fix, def->id) != 0)
        i++;
    return proofs[i].prove;
}

/* Cheapest for the person first, as the rules rank it; then what clears
 * more; then what risks less. */
static bool is_better(const struct fix *a, const struct fix *b)
{
    if (a->weight != b->weight)
        return a->weight < b->weight;
    if (a->clears_len != b->clears_len)
        return a->clears_len > b->clears_len;
    return a->def->risk < b->def->risk;
}

/* Insertion, which keeps equals in the order of the rules. */
static void order(struct plan *p)
{
    for (size_t i = 1; i < p->len; i++) {
        struct fix fix = p->items[i];
        size_t k = i;
        for (; k > 0 && is_better(&fix, &p->items[k - 1]); k--)
            p->items[k] = p->items[k - 1];
        p->items[k] = fix;
    }
}

/* What opens a gate comes right before what waits behind it, and is of no use
 * without it. */
static bool is_needed(const struct plan *p, struct fix *fix)
{
    bool only_opens = gates_are_its_cause(fix);
    int before = INT_MAX;
    for (size_t i = 0; i < p->len; i++) {
        const struct fix *behind = &p->items[i];
        if (gates_opened_by(behind, fix) && behind->weight <= before)
            before = behind->weight - 1;
    }
    if (only_opens || fix->weight > before)
        fix->weight = before;
    return !only_opens || before < INT_MAX;
}

static void settle_openers(struct plan *p)
{
    size_t kept = 0;
    for (size_t i = 0; i < p->len; i++) {
        struct fix fix = p->items[i];
        if (is_needed(p, &fix))
            p->items[kept++] = fix;
    }
    p->len = kept;
}

static bool prove_one(const struct trial *t, struct fix *fix, bool *holds,
                      struct err *err)
{
    *holds = false;
    if (gates_apply(fix) && !gates_pass(t, fix))
        return true;
    return find_proof(fix->def)(t, fix, holds, err);
}

bool prove_plan(struct plan *p, const struct survey *s,
                const struct findings *found, struct anchors *trust,
                struct err *err)
{
    const struct trial t = { s, found, trust, p->arena };
    size_t kept = 0;
    for (size_t i = 0; i < p->len; i++) {
        struct fix fix = p->items[i];
        bool holds = false;
        if (!prove_one(&t, &fix, &holds, err))
            return false;
        if (holds)
            p->items[kept++] = fix;
    }
    p->len = kept;
    settle_openers(p);
    order(p);
    return true;
}
