/*
 * issue_there - what would be ordered is live already
 *
 * Nothing is ordered then; what was to happen with a new certificate happens
 * with this one, so that a run that stopped at a hook can be given again.
 */
#include <string.h>

#include "act/issue_step.h"
#include "act/renewal_state.h"
#include "act/store_put.h"
#include "act/store_rights.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "crypto/cert_fit.h"

static const char revoked[] = "revoked.json";

bool issue_note_revoked(const struct store *s, const char *name,
                        struct err *err)
{
    struct json *about = json_object(s->arena);

    json_put_text(s->arena, about, "revoked_at",
                  clock_text(s->arena, clock_now_s()));
    return store_write_json(s, name, revoked, about, err);
}

static bool is_fresh(const struct store *s, const struct store_entry *e)
{
    const struct cert *leaf = &e->chain[0].cert;
    struct renewal r = renewal_read(s, e->name);
    int64_t now_s = clock_now_s();

    r.next_try = 0; /* a failure makes nothing fresher */

    return leaf->not_before <= now_s &&
           renewal_moment(&r, leaf, now_s) > now_s &&
           !file_exists(store_path(s, e->name, revoked));
}

/* The key is there, is that of the certificate, and is what was asked for. */
static bool key_is_wanted(const struct issue_order *o,
                          const struct store_entry *e)
{
    const struct cert *leaf = &e->chain[0].cert;
    struct kept_key live = { .source = KEPT_KEY_NONE };
    struct err ignored;

    if (!kept_key_in_store(o->store, e->name, true, &live, &ignored))
        return false;
    bool fits = live.source == KEPT_KEY_LIVE &&
                cert_fit_key(live.key, leaf->der, leaf->der_len) &&
                (o->kept.key ? key_same(o->kept.key, live.key)
                             : key_kind_of(live.key) == o->key_kind);
    kept_key_free(&live);
    return fits;
}

/* One that was chosen for an address stands in no file. */
static bool profile_is_wanted(const struct issue_order *o,
                              const struct store_entry *e)
{
    const char *has = json_find_text(e->about, "profile");

    return !o->profile || o->profile_if_offered ||
           (has && strcmp(has, o->profile) == 0);
}

static bool is_wanted(const struct issue_order *o, const struct store_entry *e)
{
    struct arena *a = o->store->arena;
    const char *by = json_find_text(e->about, "directory");
    const struct cert_list chain = {
        arena_copy(a, e->chain, e->chain_len * sizeof *e->chain), e->chain_len
    };

    return by && strcmp(by, o->ca->directory) == 0 &&
           !cert_fit_chain(a, &chain, o->names, o->names_len) &&
           is_fresh(o->store, e) && key_is_wanted(o, e) &&
           profile_is_wanted(o, e);
}

bool issue_is_there(const struct issue_order *o, const struct store_entry **out,
                    struct err *err)
{
    const char *name = store_name(o->store->arena, o->names[0]);
    const struct store_entry *live = NULL, *waiting = NULL;

    *out = NULL;
    if (o->force || o->rehearsal || issue_is_left(o))
        return true;
    if (!store_find(o->store, name, &live, err) ||
        !store_find_waiting(o->store, name, &waiting, err))
        return false;
    if (live && !waiting && is_wanted(o, live))
        *out = live;
    return true;
}

/* ---- the settings of its renewals ---- */

static bool says_something(const struct json *value)
{
    return value && value->type != JSON_NULL &&
           (value->type != JSON_ARRAY || value->len) &&
           (value->type != JSON_BOOL || value->yes);
}

/* What was given takes the place of what stands there; the rest stays. */
static struct json *settings(struct arena *a, const struct json *old,
                             const struct json *given)
{
    struct json *both = json_object(a);

    JSON_EACH (item, old) {
        const struct json *other = json_find(given, item->key);
        bool is_own = strcmp(item->key, "names") == 0;
        json_put(a, both, item->key,
                 !is_own && says_something(other) ? other : item);
    }
    JSON_EACH (item, given)
        if (!json_find(old, item->key))
            json_put(a, both, item->key, item);
    return both;
}

static bool keep_settings(struct issue *i, const struct store_entry *e,
                          struct err *err)
{
    const struct json *both = settings(i->arena, e->about, i->order.about);

    return json_equal(both, e->about) ||
           store_write_json(i->order.store, e->name, "certmend.json", both,
                            err);
}

bool issue_take_there(struct issue *i)
{
    const struct store_entry *there = NULL;
    struct err err;

    if (!issue_is_there(&i->order, &there, &err) ||
        (there && (!keep_settings(i, there, &err) ||
                   (i->order.key_group &&
                    !store_rights_give(i->order.store, there->name, there->live,
                                       i->order.key_group, &err))))) {
        issue_give_up(i, &err);
        return true;
    }
    if (!there)
        return false;
    i->result.was_there = true;
    i->result.not_after = there->chain[0].cert.not_after;
    i->result.live = there->live;
    issue_deploy(i);
    return true;
}
