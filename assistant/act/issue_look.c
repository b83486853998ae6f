/*
 * issue_look - the TLSA records, around an order
 */
#include <string.h>

#include "act/issue_step.h"
#include "act/live_wait.h"
#include "act/renewal_state.h"
#include "act/store_put.h"
#include "base/clock.h"
#include "base/log.h"
#include "crypto/cert_fit.h"

enum { PATIENCE_MS = 30 * 1000 }; /* a wait as short is waited for here */

/* ---- what the order brings ---- */

static const char *name_of(const struct issue_order *o)
{
    return store_name(o->store->arena, o->names[0]);
}

static bool is_of_ca(const struct issue_order *o, const struct store_entry *e)
{
    const char *by = json_find_text(e->about, "directory");

    return by && strcmp(by, o->ca->directory) == 0;
}

/* NULL: a new one will be made. */
static const struct cert *known_key(const struct issue_order *o)
{
    struct arena *a = o->store->arena;

    if (!o->kept.key)
        return NULL;
    const struct cert facts = key_as_cert(a, o->kept.key);
    return arena_copy(a, &facts, sizeof facts);
}

static bool same_key(const struct cert *a, const struct cert *b)
{
    return a && a->spki_sha256_hex && b->spki_sha256_hex &&
           strcmp(a->spki_sha256_hex, b->spki_sha256_hex) == 0;
}

/* One that waits counts while it is what would be ordered. */
static bool find_waiting(const struct issue_order *o, const struct cert *key,
                         const struct store_entry **out, struct err *err)
{
    const struct store_entry *e = NULL;

    *out = NULL;
    if (o->rehearsal || !store_find_waiting(o->store, name_of(o), &e, err))
        return o->rehearsal;
    if (!e || !is_of_ca(o, e))
        return true;
    struct held_cert *items =
        arena_copy(o->store->arena, e->chain, e->chain_len * sizeof *items);
    const struct cert_list chain = { items, e->chain_len };
    const struct cert *leaf = &e->chain[0].cert;
    int64_t late_s = (leaf->not_after - leaf->not_before) / 3;
    if (clock_now_s() < leaf->not_after - late_s &&
        (!key || same_key(key, leaf)) &&
        !cert_fit_chain(o->store->arena, &chain, o->names, o->names_len))
        *out = e;
    return true;
}

static struct tlsa_offer offer_of(struct arena *a, const struct store_entry *e)
{
    struct cert *above = arena_alloc(a, e->chain_len, sizeof *above);

    for (size_t i = 1; i < e->chain_len; i++)
        above[i - 1] = e->chain[i].cert;
    return (struct tlsa_offer){
        .leaf = &e->chain[0].cert,
        .above = above,
        .above_len = e->chain_len - 1,
        .above_known = true,
    };
}

/* The issuers are taken to be those of the last certificate by this CA. */
static void take_live(const struct issue_order *o, const struct store_entry *e,
                      struct dane_offer *out)
{
    struct arena *a = o->store->arena;
    struct tlsa_offer *live = arena_alloc(a, 1, sizeof *live);

    *live = offer_of(a, e);
    if (same_key(out->key, live->leaf))
        out->kept = live;
    if (!out->is_issued && is_of_ca(o, e)) {
        out->tlsa.above = live->above;
        out->tlsa.above_len = live->above_len;
        out->tlsa.above_known = true;
    }
}

bool issue_offer(const struct issue_order *o, const struct dane_offer **out,
                 struct err *err)
{
    struct arena *a = o->store->arena;
    const struct store_entry *live = NULL, *waiting = NULL;
    struct dane_offer offer = { .key = known_key(o), .folder = name_of(o) };

    if (!store_find(o->store, offer.folder, &live, err) ||
        !find_waiting(o, offer.key, &waiting, err))
        return false;
    if (waiting) {
        offer.tlsa = offer_of(a, waiting);
        offer.key = offer.tlsa.leaf;
        offer.is_issued = true;
    } else {
        offer.tlsa.leaf = offer.key;
    }
    if (live)
        take_live(o, live, &offer);
    *out = arena_copy(a, &offer, sizeof offer);
    return true;
}

/* ---- the looks ---- */

static void look(struct issue *i, dane_look_done *done)
{
    const struct dane_ask ask = {
        .loop = i->order.loop,
        .arena = i->arena,
        .resolver = i->order.resolver,
        .names = i->order.names,
        .names_len = i->order.names_len,
    };

    dane_look(&ask, done, i);
}

/* Between going live, its hooks and the look we may be killed. */
static bool note_left(struct issue *i, struct err *err)
{
    const struct store_entry *e = NULL;
    struct deploy_job job = issue_deploy_job(&i->order);

    job.arena = i->arena;
    job.name = issue_name(i);
    job.live =
        arena_printf(i->arena, "%s/live/%s", i->order.store->dir, job.name);
    return store_find_waiting(i->order.store, job.name, &e, err) &&
           (!e || renewal_note_left(i->order.store, e->live,
                                    deploy_has_work(&job), err));
}

static void go_live(struct issue *i)
{
    struct err err;

    if (!note_left(i, &err) ||
        !store_go_live(i->order.store, issue_name(i), &err)) {
        issue_give_up(i, &err);
        return;
    }
    live_wait_end(i->order.store, issue_name(i));
    i->result.live = arena_printf(i->arena, "%s/live/%s", i->order.store->dir,
                                  issue_name(i));
    issue_deploy(i);
}

/* Before anything goes on: false: it has ended. */
static bool may_go_on(struct issue *i, const struct dane_seen *seen,
                      const struct dane_offer *offer)
{
    bool deaf_is_fine =
        i->order.dane.may_be_deaf &&
        (!offer->is_issued || i->was_deaf || i->order.dane.was_deaf);

    i->result.dane = dane_judge(i->arena, seen, NULL, offer);
    if (seen->deaf && !deaf_is_fine && !offer->kept)
        i->result.dane.ruling = DANE_BLOCK;
    i->was_deaf = seen->deaf;
    if (i->result.dane.ruling == DANE_CLEAR)
        return true;
    if (i->result.dane.ruling == DANE_UNSURE) {
        log_note("%s %s", i->result.dane.why, i->result.dane.todo);
        return true;
    }
    i->result.why = i->result.dane.why;
    if (!offer->is_issued)
        i->result.outcome = seen->deaf ? ACME_UNREACHABLE : ACME_FAILED;
    return false;
}

static bool read_waiting(struct issue *i, const struct store_entry **out,
                         const struct dane_offer **offer, struct err *err)
{
    return store_find_waiting(i->order.store, issue_name(i), out, err) &&
           issue_offer(&i->order, offer, err);
}

/* ---- the wait ---- */

static void on_last(void *arg, const struct dane_seen *seen);

static void look_again(void *arg)
{
    struct issue *i = arg;

    if (i->result.stopped)
        issue_finish(i);
    else
        look(i, on_last);
}

static enum live_wait_state state_of(const struct issue *i, bool may)
{
    if (i->result.dane.is_lost)
        return LIVE_WAIT_LOST;
    return may ? LIVE_WAIT_FITS : LIVE_WAIT_MISMATCH;
}

/* When what is served today ends before. */
static const char *ends_before(struct issue *i, int64_t until)
{
    const struct store_entry *live = NULL;
    struct err ignored;

    if (!store_find(i->order.store, issue_name(i), &live, &ignored) || !live ||
        live->chain[0].cert.not_after >= until)
        return "";
    return arena_printf(i->arena,
                        " The certificate that is live ends before that, at "
                        "%s.",
                        clock_text(i->arena, live->chain[0].cert.not_after));
}

static void tell_wait(struct issue *i, const struct live_wait *w)
{
    int64_t until = clock_now_s() + (w->left_ms + 999) / 1000;
    struct dane_verdict *v = &i->result.dane;

    i->result.waits_until = until;
    v->ruling = DANE_BLOCK;
    v->why = arena_printf(
        i->arena,
        "No TLSA record (DANE) stands in its way since %s, but other mail "
        "servers may hold older records, which do not fit, until %s.%s",
        clock_text(i->arena, w->first_seen), clock_text(i->arena, until),
        ends_before(i, until));
    v->todo = "Give the same command again then: the certificate goes live "
              "without another order.";
    i->result.why = v->why;
}

/* False: not yet; it has ended, or looks again. */
static bool has_waited(struct issue *i, const struct dane_seen *seen,
                       const struct store_entry *waiting, bool may)
{
    const struct live_wait_look now = { waiting->chain[0].cert.sha256_hex, seen,
                                        state_of(i, may) };
    struct live_wait w;
    struct err err;

    if (!live_wait_count(i->order.store, issue_name(i), &now, &w, &err)) {
        issue_give_up(i, &err);
        return false;
    }
    if (may && w.left_ms && w.left_ms <= PATIENCE_MS) {
        i->timer.call = look_again;
        timer_set(i->order.loop, &i->timer, w.left_ms);
        return false;
    }
    if (may && w.left_ms)
        tell_wait(i, &w);
    /* Nothing learnt is no fit where there was a mismatch. */
    bool is_lost = w.is_on && i->result.dane.is_lost;
    if (is_lost)
        i->result.dane.ruling = DANE_BLOCK;
    if (may && !w.left_ms && !is_lost)
        return true;
    i->result.why = i->result.dane.why;
    i->result.waits = waiting->live;
    issue_finish(i);
    return false;
}

/* Issued, in this run or in one before. */
static void on_last(void *arg, const struct dane_seen *seen)
{
    struct issue *i = arg;
    const struct dane_offer *offer = NULL;
    const struct store_entry *waiting = NULL;
    struct err err;

    if (!read_waiting(i, &waiting, &offer, &err)) {
        issue_give_up(i, &err);
        return;
    }
    bool may = may_go_on(i, seen, offer);
    if (waiting && !has_waited(i, seen, waiting, may))
        return;
    if (may)
        go_live(i);
    else
        issue_finish(i);
}

void issue_look_last(struct issue *i)
{
    if (i->order.dane.skip)
        go_live(i);
    else
        look(i, on_last);
}

static void on_first(void *arg, const struct dane_seen *seen)
{
    struct issue *i = arg;
    const struct dane_offer *offer = NULL;
    struct err err;

    if (!issue_offer(&i->order, &offer, &err))
        issue_give_up(i, &err);
    else if (may_go_on(i, seen, offer))
        i->open(i);
    else
        issue_finish(i);
}

void issue_look_first(struct issue *i)
{
    const struct store_entry *waiting = NULL;
    struct err err;

    if (issue_take_there(i))
        return;
    if (!find_waiting(&i->order, known_key(&i->order), &waiting, &err)) {
        issue_give_up(i, &err);
        return;
    }
    if (waiting) {
        i->result.not_after = waiting->chain[0].cert.not_after;
        log_note("the certificate that waits in %s is taken up; nothing is "
                 "ordered",
                 waiting->live);
        issue_look_last(i);
    } else if (i->order.rehearsal || i->order.dane.skip ||
               i->order.dane.looked) {
        i->open(i);
    } else {
        look(i, on_first);
    }
}
