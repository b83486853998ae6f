/*
 * rollover_steps - what a rollover does to records and servers
 */
#include <string.h>

#include "act/dane_change.h"
#include "act/rollover_key.h"
#include "base/clock.h"
#include "base/log.h"
#include "net/loop.h"
#include "run/issue_json.h"
#include "run/issue_run.h"
#include "run/rollover_run.h"

enum { LOOK_S = 20 };

static const struct rollover_outcome on = { STEP_NEXT, EXIT_CLEAN };
static const struct rollover_outcome failed = { STEP_STOP, EXIT_FAILED };
static const struct rollover_outcome amiss = { STEP_STOP, EXIT_FAULTS };

bool rollover_enter(struct rollover_turn *t, enum rollover_stage stage,
                    struct err *err)
{
    t->state->stage = stage;
    return rollover_write(t->store, t->name, t->state, err);
}

/* ---- one record ---- */

struct dane_step {
    struct loop *loop;
    struct dane_changed changed;
};

static void on_changed(void *arg, const struct dane_changed *changed)
{
    struct dane_step *run = arg;

    run->changed = *changed;
    loop_stop(run->loop);
}

static bool change(struct rollover_turn *t, enum dane_act act,
                   const char *owner, const char *value,
                   struct dane_changed *out, struct err *err)
{
    const struct challenge_types *ways = &t->order->ways;
    struct dane_step run = { .loop = NULL };

    if (!loop_new(&run.loop, err))
        return false;
    const struct dane_change c = {
        .act = act,
        .program = ways->dns_hook,
        .name = t->name,
        .owner = owner,
        .value = value,
        .ttl_s = (uint32_t)t->state->ttl_s,
        .watch = { .dns = { .loop = run.loop,
                            .arena = t->arena,
                            .resolver = t->order->resolver },
                   .limit_ms = ways->dns_hook ? ways->dns_wait_ms
                                              : (int64_t)LOOK_S * 1000 },
    };
    dane_change(&c, on_changed, &run);
    bool ran = loop_run(run.loop, err);
    loop_free(run.loop);
    *out = run.changed;
    return ran;
}

/* Where only a resolver could be asked, what it says is what is left. */
static void take_ttl(struct rollover *r, const struct zone_answer *seen)
{
    int64_t ttl_s = seen->ttl_s;

    if (seen->by_resolver && ttl_s < DAY_S)
        ttl_s = DAY_S;
    if (ttl_s > r->ttl_s)
        r->ttl_s = ttl_s;
}

static void tell_missing(struct rollover_turn *t, const char *owner,
                         const char *value, const struct dane_changed *c)
{
    buf_printf(t->text,
               "%s: the next key's TLSA record could not be published: %s\n  "
               "It has to stand beside the old one: %s. IN TLSA %s\n",
               t->name, c->why, c->record ? c->record : owner, value);
    buf_text(t->text,
             t->order->ways.dns_hook
                 ? "  The program of --dns-hook is called with present-tlsa; "
                   "examples/hooks/dns-nsupdate shows how. Published by "
                   "hand it counts as well.\n"
                 : "  Publish it, and renew again; or give a program with "
                   "--dns-hook that does.\n");
}

/* Before anything changes: for how long others may hold the old answers. */
static bool learn_ttl(struct rollover_turn *t, struct rollover_outcome *out,
                      struct err *err)
{
    struct dane_changed c = { .why = NULL };

    for (size_t i = 0; i < t->state->len; i++) {
        const struct rollover_place *p = &t->state->places[i];
        if (!change(t, DANE_LOOK, p->owner, p->old.text[0], &c, err)) {
            *out = failed;
            return false;
        }
        if (c.why) {
            buf_printf(t->text, "%s: the live key's TLSA record: %s\n", t->name,
                       c.why);
            *out = amiss;
            return false;
        }
        take_ttl(t->state, &c.seen);
    }
    return true;
}

/* One record of the next key: there on all servers, or told. */
static struct rollover_outcome bring(struct rollover_turn *t, const char *owner,
                                     const char *value, struct err *err)
{
    struct dane_changed c = { .why = NULL };

    if (!change(t, DANE_ADD, owner, value, &c, err))
        return failed;
    if (c.why && c.record && t->order->ways.dns_hook) {
        /* A program that says no may stand beside a person who did it. */
        struct dane_changed seen = { .why = NULL };
        if (!change(t, DANE_LOOK, owner, value, &seen, err))
            return failed;
        c = seen.why ? c : seen;
    }
    if (c.why) {
        tell_missing(t, owner, value, &c);
        return amiss;
    }
    take_ttl(t->state, &c.seen);
    return on;
}

struct rollover_outcome rollover_publish(struct rollover_turn *t,
                                         struct err *err)
{
    struct rollover *r = t->state;
    struct rollover_outcome o = on;

    if (!learn_ttl(t, &o, err))
        return o;
    if (!rollover_enter(t, ROLLOVER_PUBLISH, err))
        return failed;
    for (size_t i = 0; i < r->len; i++)
        for (size_t k = 0; k < r->places[i].next.len; k++) {
            o = bring(t, r->places[i].owner, r->places[i].next.text[k], err);
            if (o.step == STEP_STOP)
                return o;
        }
    const struct rollover_clock now = rollover_now(t->arena);
    rollover_wait_begin(r, &now);
    return rollover_enter(t, ROLLOVER_WAIT, err) ? on : failed;
}

/* The wait is over, and was for nothing where a record has gone meanwhile. */
struct rollover_outcome rollover_check(struct rollover_turn *t, struct err *err)
{
    struct rollover *r = t->state;
    struct dane_changed c = { .why = NULL };

    for (size_t i = 0; i < r->len; i++)
        for (size_t k = 0; k < r->places[i].next.len; k++) {
            if (!change(t, DANE_LOOK, r->places[i].owner,
                        r->places[i].next.text[k], &c, err))
                return failed;
            if (!c.why)
                continue;
            log_note("%s: %s It is published again, and waited for again.",
                     t->name, c.why);
            return rollover_enter(t, ROLLOVER_PUBLISH, err) ? on : failed;
        }
    return rollover_enter(t, ROLLOVER_ORDER, err) ? on : failed;
}

/* ---- what is served ---- */

static bool steps_worked(const struct issue_result *r)
{
    for (size_t i = 0; r->steps && i < r->steps_len; i++)
        if (r->steps[i].why)
            return false;
    return true;
}

/* "_25._tcp.mail.example.org" */
static const char *port_of(struct arena *a, const char *owner)
{
    return arena_text_n(a, owner + 1, strspn(owner + 1, "0123456789"));
}

/* Places of this port that were seen. */
static size_t seen_at(const struct post_deploy *look, const char *port)
{
    size_t seen = 0;

    for (size_t i = 0; i < look->len; i++) {
        const char *colon = strrchr(look->places[i].where, ':');
        seen += colon && strcmp(colon + 1, port) == 0;
    }
    return seen;
}

/* Ports that answer nobody bind nobody, unless none answers at all. */
static bool shows_next(struct rollover_turn *t, const struct post_deploy *look)
{
    size_t seen = 0;

    for (size_t i = 0; i < t->state->len; i++)
        seen += seen_at(look, port_of(t->arena, t->state->places[i].owner));
    if (look->behind)
        buf_printf(t->text,
                   "%s: the old TLSA records stay, since not every port shows "
                   "the new key.\n",
                   t->name);
    else if (!seen)
        buf_printf(t->text,
                   "%s: the old TLSA records stay, since no port that has "
                   "some answers from here. Renew again where they do, or "
                   "order with --skip deploy-look to trust the reload.\n",
                   t->name);
    return seen && !look->behind;
}

struct rollover_outcome rollover_serve(struct rollover_turn *t, struct err *err)
{
    struct post_deploy look = { .looked = false };

    if (t->runs_again &&
        !issue_deploy_again(t->order, t->entry, &t->result, err))
        return failed;
    t->runs_again = false;
    if (!post_deploy(t->arena, t->how, t->order, &t->result, &look, err))
        return failed;
    post_deploy_tell(&look, t->text);
    if (t->ordered)
        json_put(t->arena, t->json, "order",
                 issue_json_order(t->arena, t->order, &t->result, &look));
    if (look.looked ? !shows_next(t, &look) : !steps_worked(&t->result))
        return amiss;
    const struct rollover_clock now = rollover_now(t->arena);
    rollover_wait_begin(t->state, &now);
    return rollover_enter(t, ROLLOVER_SETTLE, err) ? on : failed;
}

/* ---- the end ---- */

/* Never one that fits what is live, whatever was written down. */
static bool may_go(const struct rollover_turn *t, const char *value)
{
    const struct tlsa record = tlsa_read(t->arena, value);

    return record.usable && !tlsa_is_of(&record, &t->entry->chain[0].cert);
}

static struct rollover_outcome take_away(struct rollover_turn *t,
                                         const char *owner, const char *value,
                                         struct err *err)
{
    struct dane_changed c = { .why = NULL };

    if (!t->order->ways.dns_hook) {
        buf_printf(t->text, "%s: may go now: %s. IN TLSA %s\n", t->name, owner,
                   value);
        return on;
    }
    if (!change(t, DANE_REMOVE, owner, value, &c, err))
        return failed;
    if (!c.why)
        return on;
    buf_printf(t->text,
               "%s: the old TLSA record could not be taken away: %s\n  It may "
               "go now: %s. IN TLSA %s\n",
               t->name, c.why, c.record ? c.record : owner, value);
    return amiss;
}

struct rollover_outcome rollover_retire(struct rollover_turn *t,
                                        struct err *err)
{
    const struct rollover *r = t->state;
    struct rollover_key next;

    if (!store_find(t->store, t->name, &t->entry, err) || !t->entry)
        return failed;
    for (size_t i = 0; i < r->len; i++)
        for (size_t k = 0; k < r->places[i].old.len; k++) {
            struct rollover_outcome o = on;
            if (may_go(t, r->places[i].old.text[k]))
                o = take_away(t, r->places[i].owner, r->places[i].old.text[k],
                              err);
            if (o.step == STEP_STOP)
                return o;
        }
    if (!rollover_key_make(t->store, t->name, t->order->key_kind, &next, err) ||
        !rollover_end(t->store, t->name, err))
        return failed;
    buf_printf(t->text,
               "%s: the new key is known and served everywhere; the key after "
               "it waits in %s\n",
               t->name, next.path);
    t->state = NULL;
    return (struct rollover_outcome){ STEP_STOP, EXIT_CLEAN };
}
