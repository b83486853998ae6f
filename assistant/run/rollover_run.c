#include "run/rollover_run.h"

#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "crypto/cert_fit.h"
#include "run/dane_run.h"
#include "run/issue_json.h"
#include "run/issue_run.h"

enum {
    JUMP_S = 60,   /* so much a clock may be set right */
    NAP_MS = 5000, /* a machine that was put to sleep does not oversleep */
};

static const struct rollover_outcome on = { STEP_NEXT, EXIT_CLEAN };
static const struct rollover_outcome failed = { STEP_STOP, EXIT_FAILED };

static struct rollover_outcome stop(enum exit_status status)
{
    return (struct rollover_outcome){ STEP_STOP, status };
}

bool rollover_open(struct rollover_turn *t, bool *is_under_way, struct err *err)
{
    if (!rollover_read(t->store, t->name, &t->state, err))
        return false;
    *is_under_way = t->state != NULL;
    return true;
}

/* ---- the beginning ---- */

static void add_text(struct arena *a, struct text_list *list, const char *text)
{
    if (text)
        text_list_add_new(a, list, text);
}

/* What fits the live certificate goes one day; each has its like. */
static struct rollover_place place_of(struct arena *a,
                                      const struct dane_place *p,
                                      const struct cert *live,
                                      const struct cert *next)
{
    struct rollover_place out = { .owner = p->owner };

    for (size_t i = 0; i < p->answer->len; i++) {
        struct tlsa record = tlsa_read(a, p->answer->records[i].text);
        bool of_leaf =
            record.usage == TLSA_DANE_EE || record.usage == TLSA_PKIX_EE;
        if (!record.usable || !of_leaf || !tlsa_is_of(&record, live))
            continue;
        add_text(a, &out.old, p->answer->records[i].text);
        add_text(a, &out.next, tlsa_of_next(a, &record, next));
    }
    if (out.old.len)
        add_text(a, &out.next, tlsa_to_publish(a, p->answer, next));
    return out;
}

/* False: the records call for no rollover, or not for this one; the looks
 * around the order say what is wrong. */
static bool take_places(struct rollover_turn *t, const struct dane_seen *seen,
                        const struct dane_offer *offer, struct rollover *out)
{
    struct arena *a = t->arena;
    const struct cert *live = &t->entry->chain[0].cert;

    for (size_t i = 0; i < seen->len; i++) {
        const struct dane_place *p = &seen->places[i];
        if (dane_is_lost(p))
            return false;
        struct rollover_place place = place_of(a, p, live, offer->key);
        bool fits =
            tlsa_fit(a, p->answer, p->port, &offer->tlsa) != TLSA_MISMATCH;
        if (!place.old.len && !fits)
            return false;
        if (!place.old.len)
            continue;
        out->places = arena_grow(a, out->places, out->len, sizeof place);
        out->places[out->len++] = place;
    }
    return out->len > 0;
}

bool rollover_begin(struct rollover_turn *t, bool *begun, struct err *err)
{
    const struct dane_offer *offer = NULL;
    struct rollover *r = arena_alloc(t->arena, 1, sizeof *r);
    struct dane_seen seen;

    *begun = false;
    if (t->order->dane.skip || t->order->kept.source != KEPT_KEY_NEXT)
        return true;
    if (!dane_run(t->arena, t->order, &seen, err) ||
        !issue_offer(t->order, &offer, err))
        return false;
    *r = (struct rollover){
        .stage = ROLLOVER_PUBLISH,
        .old_key = t->entry->chain[0].cert.spki_sha256_hex,
        .rollover_key = offer->key->spki_sha256_hex,
        .last = rollover_now(t->arena),
    };
    if (seen.deaf || offer->is_issued || !take_places(t, &seen, offer, r))
        return true;
    t->state = r;
    *begun = true;
    return rollover_enter(t, ROLLOVER_PUBLISH, err);
}

/* ---- waiting ---- */

static int64_t left_ms(struct rollover *r, const struct rollover_clock *now)
{
    struct rollover copy = *r;

    return rollover_wait_left_ms(&copy, now);
}

const char *rollover_standing(struct arena *a, struct rollover *r)
{
    static const char *const words[] = {
        [ROLLOVER_PUBLISH] = "the next key's TLSA records are to be published",
        [ROLLOVER_ORDER] = "the certificate for the next key is to be got",
        [ROLLOVER_SERVE] = "not every port shows the next key yet",
        [ROLLOVER_RETIRE] = "the old TLSA records are to go",
    };
    const struct rollover_clock now = rollover_now(a);
    bool waits = r->stage == ROLLOVER_WAIT || r->stage == ROLLOVER_SETTLE;

    if (!waits)
        return words[r->stage];
    return arena_printf(
        a, "waiting until %s, while %s",
        clock_text(a, now.now_s + (left_ms(r, &now) + 999) / 1000),
        r->stage == ROLLOVER_WAIT
            ? "other servers may still hold the records without the next key"
            : "the old records stay a while longer");
}

static void note_jump(const struct rollover_turn *t,
                      const struct rollover_clock *now)
{
    int64_t by_s = rollover_clock_jump(t->state, now);

    if (by_s > JUMP_S || by_s < -JUMP_S)
        log_note("%s: the clock of this machine was set %s by %lld s; the wait "
                 "does not go by it",
                 t->name, by_s > 0 ? "ahead" : "back",
                 (long long)(by_s > 0 ? by_s : -by_s));
}

static void sleep_through(struct rollover_turn *t)
{
    struct rollover_clock now = rollover_now(t->arena);

    for (int64_t ms = left_ms(t->state, &now); ms > 0;
         ms = left_ms(t->state, &now)) {
        int64_t nap_ms = ms < NAP_MS ? ms : NAP_MS;
        nanosleep(&(struct timespec){ .tv_sec = nap_ms / 1000,
                                      .tv_nsec = nap_ms % 1000 * 1000000 },
                  NULL);
        now.boot_ms = clock_boot_ms();
    }
}

/* Nobody is to learn it from the end of the certificate that is live. */
static bool ends_before(const struct rollover_turn *t, int64_t until)
{
    return t->state->stage == ROLLOVER_WAIT &&
           t->entry->chain[0].cert.not_after < until;
}

static void tell_end(struct rollover_turn *t, int64_t until)
{
    const char *end = clock_text(t->arena, t->entry->chain[0].cert.not_after);

    json_put_text(t->arena, t->json, "ends_at", end);
    json_put_text(t->arena, t->json, "waits_until",
                  clock_text(t->arena, until));
    buf_printf(
        t->text,
        "%s: the certificate that is live ends at %s, and other servers "
        "may hold the records without the next key until %s: in "
        "between, it is refused.\n  For another with the key in use, which "
        "the records fit: take away %s/live/%s/privkey-next.pem, and "
        "order as before with --force --keep-key --skip dane --apply. The "
        "change of keys begins anew after that, with certmend acme "
        "next-key %s.\n",
        t->name, end, clock_text(t->arena, until), t->store->dir, t->name,
        t->name);
}

static struct rollover_outcome wait(struct rollover_turn *t,
                                    enum rollover_stage next, struct err *err)
{
    const struct rollover_clock now = rollover_now(t->arena);

    note_jump(t, &now);
    int64_t ms = rollover_wait_left_ms(t->state, &now);
    if (!rollover_enter(t, t->state->stage, err))
        return failed;
    int64_t until = now.now_s + (ms + 999) / 1000;
    bool is_long = ms > ROLLOVER_PATIENCE_S * 1000;
    if (is_long && ends_before(t, until)) {
        tell_end(t, until);
        return stop(EXIT_FAULTS);
    }
    if (is_long && !t->waits)
        return stop(EXIT_CLEAN);
    if (ms)
        log_note("%s: %s", t->name, rollover_standing(t->arena, t->state));
    sleep_through(t);
    if (t->state->stage == ROLLOVER_WAIT)
        return rollover_check(t, err);
    return rollover_enter(t, next, err) ? on : failed;
}

/* ---- the order ---- */

static struct rollover_outcome order(struct rollover_turn *t, struct err *err)
{
    if (!t->is_due)
        return stop(EXIT_CLEAN);
    if (!issue_run(t->order, &t->result, err))
        return failed;
    t->ordered = true;
    issue_tell_result(t->arena, t->order, &t->result, t->text);
    const struct post_deploy none = { .looked = false };
    if (!post_deploy_keep(t->order, &t->result, &none, err))
        return failed;
    if (!t->result.live) {
        json_put(t->arena, t->json, "order",
                 issue_json_order(t->arena, t->order, &t->result, &none));
        return stop(issue_status(&t->result));
    }
    return rollover_enter(t, ROLLOVER_SERVE, err) ? on : failed;
}

static struct rollover_outcome take_step(struct rollover_turn *t,
                                         struct err *err)
{
    switch (t->state->stage) {
    case ROLLOVER_PUBLISH:
        return rollover_publish(t, err);
    case ROLLOVER_WAIT:
        return wait(t, ROLLOVER_ORDER, err);
    case ROLLOVER_ORDER:
        return order(t, err);
    case ROLLOVER_SERVE:
        return rollover_serve(t, err);
    case ROLLOVER_SETTLE:
        return wait(t, ROLLOVER_RETIRE, err);
    case ROLLOVER_RETIRE:
    case ROLLOVER_STAGE_COUNT:
        break;
    }
    return rollover_retire(t, err);
}

/* ---- does it still hold? ---- */

/* A crash behind the moment when it went live looks like this. */
static bool is_live_already(const struct rollover_turn *t)
{
    return t->state->stage <= ROLLOVER_ORDER &&
           strcmp(t->entry->chain[0].cert.spki_sha256_hex,
                  t->state->rollover_key) == 0;
}

/* Somebody put another certificate or another next key there. */
static bool is_void(const struct rollover_turn *t)
{
    const struct kept_key *kept = &t->order->kept;

    if (t->state->stage > ROLLOVER_ORDER)
        return false;
    return strcmp(t->entry->chain[0].cert.spki_sha256_hex, t->state->old_key) !=
               0 ||
           kept->source != KEPT_KEY_NEXT ||
           strcmp(key_spki_hex(t->arena, kept->key), t->state->rollover_key) !=
               0;
}

static enum exit_status give_up(struct rollover_turn *t, struct err *err)
{
    if (!rollover_end(t->store, t->name, err))
        return EXIT_FAILED;
    buf_printf(t->text,
               "%s: the change of keys that was under way does not fit the "
               "keys in the store any more, and is dropped. The TLSA records "
               "that were published for it may stay.\n",
               t->name);
    return EXIT_FAULTS;
}

static void tell(struct rollover_turn *t, enum exit_status status)
{
    struct json *j = json_put_object(t->arena, t->json, "rollover");
    const char *standing =
        t->state ? rollover_standing(t->arena, t->state) : "done";

    json_put_text(t->arena, j, "stage",
                  t->state
                      ? table_text(rollover_stage_words, (int)t->state->stage)
                      : "done");
    json_put_text(t->arena, j, "standing", standing);
    if (status == EXIT_CLEAN && t->state && !t->quiet)
        buf_printf(t->text, "%s: %s\n", t->name, standing);
}

enum exit_status rollover_go_on(struct rollover_turn *t, struct err *err)
{
    struct rollover_outcome o = on;

    if (is_live_already(t)) {
        if (!rollover_enter(t, ROLLOVER_SERVE, err))
            return EXIT_FAILED;
    } else if (is_void(t)) {
        return give_up(t, err);
    }
    t->runs_again = t->state->stage == ROLLOVER_SERVE;
    while (o.step == STEP_NEXT)
        o = take_step(t, err);
    tell(t, o.status);
    return o.status;
}
