/*
 * preflight_dane - would the key of the order fit the TLSA records of its
 * names?
 *
 * The same look as act/issue.c takes before a certificate goes live, told per
 * name.
 */
#include <string.h>

#include "act/rollover.h"
#include "run/dane_run.h"
#include "run/preflight.h"

/* What keeps its addresses from being found is told already. */
static bool is_told(const struct preflight_part *part)
{
    for (size_t i = 0; i < part->len; i++)
        if (part->items[i].grade == PREFLIGHT_BLOCK &&
            strncmp(part->items[i].check, "dns", 3) == 0)
            return true;
    return false;
}

static void add(struct preflight_run *run, struct preflight_part *part,
                const struct dane_verdict *v)
{
    const struct preflight_item item = {
        .check = "dane",
        .grade = v->ruling == DANE_BLOCK ? PREFLIGHT_BLOCK : PREFLIGHT_WARN,
        .finding = v->is_lost ? "dane.lookup_fails" : "dane.renewal_guard",
        .text = v->why,
        .fix = v->todo,
    };

    if (v->ruling != DANE_CLEAR && !(v->is_lost && is_told(part)))
        preflight_add(run->out, part, &item);
}

/* An order now would not wait until the next key is known everywhere. */
static bool add_rollover(struct preflight_run *run, struct err *err)
{
    const struct issue_order *o = run->request->order;
    const char *name = store_name(run->arena, o->names[0]);
    struct rollover *r = NULL;

    if (!rollover_read(o->store, name, &r, err))
        return false;
    const struct preflight_item item = {
        .check = "dane",
        .grade = PREFLIGHT_BLOCK,
        .finding = "dane.renewal_guard",
        .text = arena_printf(run->arena,
                             "A change of keys is under way for %s, and the "
                             "next key is not known everywhere yet.",
                             name),
        .fix = arena_printf(run->arena,
                            "\"certmend renew %s\" goes on with it.", name),
    };
    if (r && r->stage < ROLLOVER_ORDER)
        preflight_add(run->out, &run->out->parts[0], &item);
    return true;
}

bool preflight_dane(struct preflight_run *run, struct err *err)
{
    struct issue_order *o = run->request->order;
    const struct dane_offer *offer = NULL;
    struct dane_seen seen;

    if (o->dane.skip)
        return true;
    if (!add_rollover(run, err) || !dane_run(run->arena, o, &seen, err) ||
        !issue_offer(o, &offer, err))
        return false;
    o->dane.looked = true;
    o->dane.was_deaf = seen.deaf;
    if (seen.deaf) {
        struct dane_verdict v = dane_judge(run->arena, &seen, NULL, offer);
        /* What would be issued could not go live. */
        if (!o->dane.may_be_deaf && !offer->kept)
            v.ruling = DANE_BLOCK;
        add(run, &run->out->parts[0], &v);
        return true;
    }
    for (size_t i = 0; i < o->names_len; i++) {
        struct dane_verdict v =
            dane_judge(run->arena, &seen, o->names[i], offer);
        add(run, &run->out->parts[i + 1], &v);
    }
    return true;
}
