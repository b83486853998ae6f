#include "act/issue.h"

#include <string.h>

#include "act/issue_step.h"
#include "act/store_put.h"
#include "act/store_ready.h"
#include "base/clock.h"
#include "base/log.h"
#include "crypto/csr.h"

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

static bool make_request(struct issue *i, struct err *err)
{
    const struct csr_request order = { i->order.names, i->order.names_len,
                                       NULL };

    find_old(i);
    return find_key(i, err) &&
           csr_make(i->arena, i->key, &order, &i->csr, &i->csr_len, err);
}

static struct rate_limit_log_request log_request_of(const struct issue *i)
{
    return (struct rate_limit_log_request){
        .ca = i->order.ca,
        .names = i->order.names,
        .names_len = i->order.names_len,
    };
}

static bool note(struct issue *i, enum limit_of what, struct err *err)
{
    const struct rate_limit_log_request request = log_request_of(i);

    return rate_limit_log_add(&i->spent, &request, what, clock_now_s(), err);
}

/* Each name whose proof failed counts; a "no" to the whole order does not. */
static void note_failure(struct issue *i, const struct acme_result *r)
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
    struct rate_limit_log_request request = log_request_of(i);
    request.names = names;
    request.names_len = len;
    if (len && !rate_limit_log_add(&i->spent, &request, LIMIT_FAILURE,
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

/* Counted first: whether it can be kept or not, the CA has issued it. */
static bool keep(struct issue *i, const struct acme_issued *issued,
                 struct err *err)
{
    struct rate_limit_log_request request = log_request_of(i);
    char *pem = NULL;
    size_t len = 0;

    request.order = issued->order_url;
    if (!issued->replaced &&
        !rate_limit_log_add(&i->spent, &request, LIMIT_CERTIFICATE,
                            clock_now_s(), err))
        return false;
    if (!key_pem(i->key, NULL, i->arena, &pem, &len, err))
        return false;
    const struct store_new made = {
        .name = issue_name(i),
        .names = i->order.names,
        .names_len = i->order.names_len,
        .key_pem = pem,
        .chain_pem = issued->chain_pem,
        .about = about_of(i, issued),
        .key_group = i->order.key_group,
    };
    bool kept = store_shelve(i->order.store, &made, err);
    key_wipe(pem, len);
    return kept;
}

/* ---- the order ---- */

/* ... once the CA has done its part. */
static void give_up_issued(struct issue *i, const struct err *err)
{
    const char *where = issue_where_left(i);

    i->result.outcome = ACME_FAILED;
    i->result.why = arena_printf(i->arena, "%s%s%s.", err->text,
                                 where ? "; " : "", where ? where : "");
    issue_finish(i);
}

static void on_issued(void *arg, const struct acme_result *r)
{
    struct issue *i = arg;
    struct err err;

    if (issue_account_again(i, r))
        return;
    if (!issue_worked(i, r)) {
        note_failure(i, r);
        issue_settle(i, r);
        issue_finish(i);
        return;
    }
    i->result.not_after = r->issued->chain[0].cert.not_after;
    if (i->order.rehearsal) {
        issue_finish(i);
        return;
    }
    if (!keep(i, r->issued, &err)) {
        give_up_issued(i, &err);
        return;
    }
    issue_settle(i, r);
    issue_look_last(i);
}

static void order_now(struct issue *i)
{
    const struct issue_order *o = &i->order;
    struct err err;

    if (i->is_anew)
        i->left = (struct acme_left){ .url = NULL };
    if (!make_request(i, &err) ||
        (!i->left.url && !i->is_anew && !note(i, LIMIT_ORDER, &err))) {
        issue_give_up(i, &err);
        return;
    }
    const struct acme_order_request request = {
        .names = o->names,
        .names_len = o->names_len,
        .csr = i->csr,
        .csr_len = i->csr_len,
        .solvers = i->solvers.list,
        .solvers_len = i->solvers.len,
        .may = challenge_solvers_may,
        .may_arg = &i->solvers,
        .profile = o->profile,
        .replaces = i->replaces,
        .left = &i->left,
        .keep = issue_leave,
        .keep_arg = i,
    };
    i->request = request;
    log_verbose("ordering from %s", o->ca->title);
    acme_issue(i->session, &i->request, on_issued, i);
}

/* An unknown CA may certify addresses by a profile only. */
static void choose_profile(struct issue *i)
{
    struct issue_order *o = &i->order;

    if (!o->profile && o->profile_if_offered &&
        acme_directory_has_profile(acme_directory(i->session),
                                   o->profile_if_offered))
        o->profile = o->profile_if_offered;
}

static bool keeps_time(const struct issue *i, struct err *err)
{
    return !i->order.by_clock || acme_clock_agrees(i->session) ||
           err_set(err, ERR_INPUT, "%s",
                   acme_clock_words(i->arena, i->session));
}

static void on_open(void *arg, const struct acme_result *r)
{
    struct issue *i = arg;
    struct err err;

    if (!issue_worked(i, r)) {
        issue_finish(i);
        return;
    }
    if (!keeps_time(i, &err)) {
        issue_give_up(i, &err);
        return;
    }
    choose_profile(i);
    const char *profile = i->order.profile;
    if (profile &&
        !acme_directory_has_profile(acme_directory(i->session), profile)) {
        err_set(&err, ERR_USAGE,
                "%s offers no profile \"%s\"; \"certmend acme profiles\" "
                "lists those it has",
                i->order.ca->title, profile);
        issue_give_up(i, &err);
        return;
    }
    issue_find_account(i);
}

/* Before anything is asked of the CA. */
static bool has_place(struct issue *i, struct err *err)
{
    const char *why = store_not_ready(i->order.store, issue_name(i));

    return !why || err_set(err, ERR_INPUT,
                           "the certificate could not be put into %s: %.*s",
                           i->order.store->dir, (int)strlen(why) - 1, why);
}

static bool begin(struct issue *i, struct err *err)
{
    const struct issue_order *o = &i->order;
    const struct propagation_check watch = {
        .dns = { .loop = o->loop,
                 .arena = i->arena,
                 .resolver = o->resolver,
                 .connect_to = o->connect_to },
        .limit_ms = o->ways.dns_wait_ms,
        .only_warns = o->ways.dns_only_warns,
        .stopped = &i->result.stopped,
    };

    if (!has_place(i, err) ||
        !challenge_solvers_open(&i->solvers, &o->ways, &watch, err) ||
        !store_account_read(o->store, o->ca->directory, &i->account, err) ||
        !store_account_make_key(o->store, &i->account, KEY_KIND_EC256, err) ||
        !rate_limit_log_read(o->store, &i->spent, err) ||
        !resolver_new(o->loop, o->resolver, &i->resolver, err))
        return false;
    const struct acme_options options = {
        .loop = o->loop,
        .resolver = i->resolver,
        .directory_url = o->ca->directory,
        .ca_file = o->ca_file,
        .connect_to = o->connect_to,
        .budget_s = ACME_BUDGET_S + o->ways.dns_wait_ms / 1000,
    };
    return acme_new(&options, &i->session, err);
}

static void start(void *arg)
{
    struct issue *i = arg;
    struct err err;

    if (!begin(i, &err)) {
        issue_give_up(i, &err);
        return;
    }
    issue_look_first(i);
}

static void open_session(struct issue *i)
{
    if (i->result.stopped)
        acme_stop(i->session);
    acme_open(i->session, on_open, i);
}

bool issue_stop(struct issue *i)
{
    i->result.stopped = true;
    if (i->result.live)
        return false;
    if (i->session)
        acme_stop(i->session);
    return true;
}

struct issue *issue(const struct issue_order *o, issue_done *done, void *arg)
{
    struct issue *i = arena_alloc(o->store->arena, 1, sizeof *i);

    *i = (struct issue){
        .order = *o,
        .arena = o->store->arena,
        .done = done,
        .arg = arg,
        .open = open_session,
        .order_now = order_now,
        .timer = { .call = start, .arg = i },
    };
    timer_set(o->loop, &i->timer, 0);
    return i;
}
