/*
 * preflight_dane - would the key of the order fit the TLSA records of its
 * names?
 *
 * The same look as act/issue.c takes before a certificate goes live, told per
 * name.
 */
#include <string.h>

#include "cmd/preflight.h"
#include "net/loop.h"

struct dane_run {
    struct loop *loop;
    struct dane_seen seen;
};

static void on_seen(void *arg, const struct dane_seen *seen)
{
    struct dane_run *run = arg;

    run->seen = *seen;
    loop_stop(run->loop);
}

static bool look(struct preflight_run *run, struct dane_seen *out,
                 struct err *err)
{
    const struct issue_order *o = run->wish->order;
    struct dane_run dane = { .loop = NULL };

    if (!loop_new(&dane.loop, err))
        return false;
    const struct dane_ask ask = {
        .loop = dane.loop,
        .arena = run->arena,
        .resolver = o->resolver,
        .names = o->names,
        .names_len = o->names_len,
    };
    dane_look(&ask, on_seen, &dane);
    bool ran = loop_run(dane.loop, err);
    loop_free(dane.loop);
    *out = dane.seen;
    return ran;
}

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

bool preflight_dane(struct preflight_run *run, struct err *err)
{
    struct issue_order *o = run->wish->order;
    const struct dane_offer *offer = NULL;
    struct dane_seen seen;

    if (o->dane.skip)
        return true;
    if (!look(run, &seen, err) || !issue_offer(o, &offer, err))
        return false;
    o->dane.looked = true;
    o->dane.was_deaf = seen.deaf;
    if (seen.deaf) {
        struct dane_verdict v = dane_judge(run->arena, &seen, NULL, offer);
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
