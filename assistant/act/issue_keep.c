#include <string.h>

#include "act/issue_inside.h"
#include "act/store_put.h"
#include "base/clock.h"
#include "base/log.h"
#include "crypto/csr.h"

const char *issue_name(const struct issue *i)
{
    return store_name(i->arena, i->order.names[0]);
}

/* The user's, else what the store says by now. A rehearsal uses neither: no
 * other CA has any business with them, only with their kind. */
static bool find_key(struct issue *i, struct err *err)
{
    const struct issue_order *o = &i->order;
    struct kept_key stored = { .source = KEPT_KEY_NONE };
    enum key_kind kind = o->kept.key ? key_kind_of(o->kept.key) : o->key_kind;

    if (o->rehearsal)
        return key_new(kind, &i->key, err);
    if (o->kept.source == KEPT_KEY_FILE) {
        if (!key_share(o->kept.key, &i->key, err))
            return false;
        issue_take_left(i);
        return true;
    }
    if (!kept_key_in_store(o->store, issue_name(i), o->keep_key, &stored, err))
        return false;
    i->key = stored.key;
    issue_take_left(i);
    return i->key || key_new(o->key_kind, &i->key, err);
}

/* What it renews: the same names, by the same CA (RFC 9773 5). */
static void find_old(struct issue *i)
{
    const struct store_entry *old = NULL;
    struct err ignored;

    if (i->order.rehearsal ||
        !store_find(i->order.store, issue_name(i), &old, &ignored) || !old)
        return;
    const char *by = json_find_text(old->about, "directory");
    if (by && strcmp(by, i->order.ca->directory) == 0)
        i->replaces = acme_ari_id(i->arena, &old->chain[0].cert);
}

bool issue_make_request(struct issue *i, struct err *err)
{
    const struct csr_request order = { i->order.names, i->order.names_len,
                                       NULL };

    find_old(i);
    return find_key(i, err) &&
           csr_make(i->arena, i->key, &order, &i->csr, &i->csr_len, err);
}

static struct rate_limit_log_request wish_of(const struct issue *i)
{
    return (struct rate_limit_log_request){
        .ca = i->order.ca,
        .names = i->order.names,
        .names_len = i->order.names_len,
    };
}

bool issue_note(struct issue *i, enum limit_of what, struct err *err)
{
    const struct rate_limit_log_request wish = wish_of(i);

    return rate_limit_log_add(&i->spent, &wish, what, clock_now_s(), err);
}

/* Each name whose proof failed counts; a "no" to the whole order does not. */
void issue_note_failure(struct issue *i, const struct acme_result *r)
{
    const struct acme_problem *p = r->problem;
    const char **names = NULL;
    size_t len = 0;
    struct err err;

    for (size_t k = 0; p && k < p->parts_len; k++) {
        if (!p->parts[k].challenge || !p->parts[k].identifier)
            continue;
        names = arena_grow(i->arena, names, len, sizeof *names);
        names[len++] = arena_text(i->arena, p->parts[k].identifier);
    }
    struct rate_limit_log_request wish = wish_of(i);
    wish.names = names;
    wish.names_len = len;
    if (len && !rate_limit_log_add(&i->spent, &wish, LIMIT_FAILURE,
                                   clock_now_s(), &err))
        log_error(&err);
}

static const struct json *about_of(struct issue *i,
                                   const struct acme_issued *issued)
{
    struct json *about = json_copy(i->arena, i->order.about);

    json_put_text(i->arena, about, "directory", i->order.ca->directory);
    json_put_text(i->arena, about, "certificate", issued->cert_url);
    json_put_text(i->arena, about, "order", issued->order_url);
    json_put_text(i->arena, about, "issued_at",
                  clock_text(i->arena, clock_now_s()));
    return about;
}

bool issue_keep(struct issue *i, const struct acme_issued *issued,
                struct err *err)
{
    struct rate_limit_log_request wish = wish_of(i);
    char *pem = NULL;
    size_t len = 0;

    if (!key_pem(i->key, NULL, i->arena, &pem, &len, err))
        return false;
    const struct store_new made = {
        .name = issue_name(i),
        .names = i->order.names,
        .names_len = i->order.names_len,
        .key_pem = pem,
        .chain_pem = issued->chain_pem,
        .about = about_of(i, issued),
    };
    bool kept = store_shelve(i->order.store, &made, err);
    key_wipe(pem, len);
    if (!kept)
        return false;
    wish.order = issued->order_url;
    return issued->replaced ||
           rate_limit_log_add(&i->spent, &wish, LIMIT_CERTIFICATE,
                              clock_now_s(), err);
}

static void on_deployed(void *arg, const struct deploy_step *steps, size_t len)
{
    struct issue *i = arg;

    i->result.steps = steps;
    i->result.steps_len = len;
    issue_finish(i);
}

struct deploy_job issue_deploy_job(const struct issue_order *o)
{
    return (struct deploy_job){
        .names = o->names,
        .names_len = o->names_len,
        .programs = o->programs,
        .programs_len = o->programs_len,
        .reloads = o->reloads,
        .reloads_len = o->reloads_len,
    };
}

void issue_deploy(struct issue *i)
{
    struct deploy_job job = issue_deploy_job(&i->order);

    job.loop = i->order.loop;
    job.arena = i->arena;
    job.live = i->result.live;
    job.name = issue_name(i);
    deploy_run(&job, on_deployed, i);
}
