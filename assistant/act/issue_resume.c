/*
 * issue_resume - the order that a run leaves behind, and takes up again
 */
#include <string.h>

#include "acme/acme_explanation.h"
#include "act/issue_step.h"
#include "act/store_pending.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

static bool same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool is_for(const struct store_pending *p, const struct issue_order *o)
{
    if (!p->order || p->names_len != o->names_len ||
        !same(p->directory, o->ca->directory) || !same(p->profile, o->profile))
        return false;
    for (size_t i = 0; i < o->names_len; i++)
        if (!text_is_among(o->names[i], p->names, p->names_len))
            return false;
    return true;
}

bool issue_is_left(const struct issue_order *o)
{
    struct store_pending p;

    store_pending_find(o->store, store_name(o->store->arena, o->names[0]), &p);
    key_free(p.key);
    return is_for(&p, o);
}

/* The key that is to be kept, or one of the kind that a new one would be. */
static bool key_fits(const struct issue *i, const struct key *key)
{
    return i->key ? key_same(i->key, key)
                  : key_kind_of(key) == i->order.key_kind;
}

void issue_take_left(struct issue *i)
{
    struct store_pending p;

    if (i->order.rehearsal)
        return;
    store_pending_find(i->order.store, issue_name(i), &p);
    if (is_for(&p, &i->order) && same(p.account, i->account.url) &&
        key_fits(i, p.key)) {
        i->left = (struct acme_left){ p.order, p.replaces, false };
        if (!i->key) {
            i->key = p.key;
            p.key = NULL;
        }
    }
    key_free(p.key);
}

static struct rate_limit_log_request log_request_of(const struct issue *i,
                                                    const char *order)
{
    return (struct rate_limit_log_request){
        .ca = i->order.ca,
        .names = i->order.names,
        .names_len = i->order.names_len,
        .order = order,
    };
}

/* It is counted first: what is not known to be issued may be. */
static bool leave(struct issue *i, const char *order, bool replaces,
                  struct err *err)
{
    const struct issue_order *o = &i->order;
    const struct rate_limit_log_request request = log_request_of(i, order);
    const struct store_pending p = {
        .order = order,
        .directory = o->ca->directory,
        .account = i->account.url,
        .profile = o->profile,
        .names = o->names,
        .names_len = o->names_len,
        .replaces = replaces,
        .at = clock_now_s(),
        .key = i->key,
    };

    return (replaces ||
            rate_limit_log_add(&i->spent, &request, LIMIT_CERTIFICATE,
                               clock_now_s(), err)) &&
           store_pending_keep(o->store, issue_name(i), &p, err);
}

const char *issue_leave(void *arg, const char *order_url, bool replaces)
{
    struct issue *i = arg;
    struct err err;

    if (i->order.rehearsal || !order_url || same(order_url, i->left.url))
        return NULL;
    i->sent = arena_text(i->arena, order_url);
    return leave(i, i->sent, replaces, &err) ? NULL
                                             : arena_text(i->arena, err.text);
}

static void uncount(struct issue *i, const char *order)
{
    struct err err;

    if (order && !rate_limit_log_drop(&i->spent, order, clock_now_s(), &err))
        log_error(&err);
}

/* What the CA may still carry out stays. */
static bool may_come(const struct issue *i, const struct acme_result *r)
{
    if (r->outcome == ACME_BROKEN)
        return false;
    if (r->outcome != ACME_REFUSED)
        return true;
    return i->result.stopped ||
           acme_explanation_again(r->problem) == ACME_AGAIN_LATER;
}

void issue_settle(struct issue *i, const struct acme_result *r)
{
    const char *order = i->sent ? i->sent : i->left.url;

    if (i->order.rehearsal)
        return;
    if (i->left.is_invalid)
        uncount(i, i->left.url);
    if (!order || (r->outcome != ACME_WORKED && may_come(i, r)))
        return;
    if (r->outcome == ACME_REFUSED)
        uncount(i, order);
    store_pending_drop(i->order.store, issue_name(i));
}

const char *issue_where_left(const struct issue *i)
{
    if (!i->sent && !i->left.url)
        return NULL;
    return arena_printf(i->arena,
                        "the CA has issued it: its key is kept in "
                        "%s/pending/%s, and the next run fetches the "
                        "certificate without another order",
                        i->order.store->dir, issue_name(i));
}
