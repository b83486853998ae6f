#include "prove/prove.h"

#include <assert.h>
#include <limits.h>

#include "prove/gates.h"
#include "prove/proofs.h"

static prove_fix *const proofs[] = {
    [PROVE_NOTHING] = prove_nothing,
    [PROVE_HOSTNAME] = prove_hostname,
    [PROVE_PORT] = prove_port,
    [PROVE_SECURITY] = prove_mode,
    [PROVE_INPUT] = prove_input,
    [PROVE_CERTIFICATE] = prove_new_certificate,
    [PROVE_FULL_CHAIN] = prove_full_chain,
    [PROVE_SHORTER_CHAIN] = prove_shorter_chain,
    [PROVE_DEPLOY] = prove_deploy,
    [PROVE_MACHINES] = prove_machines,
    [PROVE_RELOAD] = prove_reload,
    [PROVE_CAA] = prove_caa,
    [PROVE_TLSA] = prove_tlsa,
    [PROVE_MTA_STS] = prove_mta_sts,
    [PROVE_DNS] = prove_dns,
    [PROVE_SNI_MAP] = prove_sni_map,
    [PROVE_DEFAULT] = prove_default,
    [PROVE_PLACE] = prove_place,
};
static_assert(sizeof proofs / sizeof *proofs == PROVE_COUNT,
              "a procedure per word");

typedef int compare_fixes(const struct fix *a, const struct fix *b);

static int by_rank(const struct fix *a, const struct fix *b)
{
    return (a->weight > b->weight) - (a->weight < b->weight);
}

static int by_clears(const struct fix *a, const struct fix *b)
{
    return (a->clears_len < b->clears_len) - (a->clears_len > b->clears_len);
}

static int by_risk(const struct fix *a, const struct fix *b)
{
    return (a->def->risk > b->def->risk) - (a->def->risk < b->def->risk);
}

static compare_fixes *const orders[] = {
    [RANK_BY_RANK] = by_rank,
    [RANK_BY_CLEARS] = by_clears,
    [RANK_BY_RISK] = by_risk,
};
static_assert(sizeof orders / sizeof *orders == RANK_BY_COUNT,
              "an order per word");

static bool is_better(const struct judging *j, const struct fix *a,
                      const struct fix *b)
{
    for (size_t i = 0; i < j->order_len; i++) {
        int is = orders[j->order[i]](a, b);
        if (is != 0)
            return is < 0;
    }
    return false;
}

/* Insertion, which keeps equals in the order of the rules. */
static void order(struct plan *p)
{
    for (size_t i = 1; i < p->len; i++) {
        struct fix fix = p->items[i];
        size_t k = i;
        for (; k > 0 && is_better(p->judging, &fix, &p->items[k - 1]); k--)
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
    return proofs[fix->def->prove](t, fix, holds, err);
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
