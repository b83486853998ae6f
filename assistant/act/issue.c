#include "act/issue.h"

#include <string.h>

#include "act/issue_inside.h"
#include "act/store_ready.h"
#include "base/clock.h"
#include "base/log.h"

static const char stopped[] =
    "it was stopped, and what was shown to prove the names taken away.";

void issue_finish(struct issue *i)
{
    acme_free(i->session);
    resolver_free(i->resolver);
    challenge_solvers_close(&i->solvers);
    store_account_free(&i->account);
    key_free(i->key);
    i->session = NULL;
    i->resolver = NULL;
    i->key = NULL;
    if (i->result.stopped && i->result.outcome != ACME_WORKED &&
        i->result.outcome != ACME_REFUSED) {
        i->result.outcome = ACME_FAILED;
        i->result.why = stopped;
    }
    i->done(i->arg, &i->result);
}

void issue_give_up(struct issue *i, const struct err *err)
{
    i->result.outcome = ACME_FAILED;
    i->result.why = arena_printf(i->arena, "%s.", err->text);
    issue_finish(i);
}

/* ... once the CA has done its part. */
static void give_up_issued(struct issue *i, const struct err *err)
{
    const char *where = issue_where_left(i);

    i->result.outcome = ACME_FAILED;
    i->result.why = arena_printf(i->arena, "%s%s%s.", err->text,
                                 where ? "; " : "", where ? where : "");
    issue_finish(i);
}

/* What the session says is gone with it. */
static bool worked(struct issue *i, const struct acme_result *r)
{
    if (r->outcome == ACME_WORKED)
        return true;
    i->result.outcome = r->outcome;
    i->result.why = arena_text(i->arena, r->why);
    i->result.problem =
        r->problem ? acme_problem_copy(i->arena, r->problem) : NULL;
    return false;
}

static void on_issued(void *arg, const struct acme_result *r)
{
    struct issue *i = arg;
    struct err err;

    if (!worked(i, r)) {
        issue_note_failure(i, r);
        issue_settle(i, r);
        issue_finish(i);
        return;
    }
    i->result.not_after = r->issued->chain[0].cert.not_after;
    if (i->order.rehearsal) {
        issue_finish(i);
        return;
    }
    if (!issue_keep(i, r->issued, &err)) {
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

    if (!issue_make_request(i, &err) ||
        (!i->left.url && !issue_note(i, LIMIT_ORDER, &err))) {
        issue_give_up(i, &err);
        return;
    }
    const struct acme_order_request wish = {
        .names = o->names,
        .names_len = o->names_len,
        .csr = i->csr,
        .csr_len = i->csr_len,
        .challengers = i->solvers.list,
        .challengers_len = i->solvers.len,
        .may = challenge_solvers_may,
        .may_arg = &i->solvers,
        .profile = o->profile,
        .replaces = i->replaces,
        .left = &i->left,
        .keep = issue_leave,
        .keep_arg = i,
    };
    i->wish = wish;
    log_verbose("ordering from %s", o->ca->title);
    acme_issue(i->session, &i->wish, on_issued, i);
}

static void on_account(void *arg, const struct acme_result *r)
{
    struct issue *i = arg;
    struct err err;

    if (!worked(i, r)) {
        issue_finish(i);
        return;
    }
    if (!store_account_keep(i->order.store, &i->account, i->order.ca->directory,
                            r->account->url, &err)) {
        issue_give_up(i, &err);
        return;
    }
    order_now(i);
}

static void find_account(struct issue *i)
{
    const struct issue_order *o = &i->order;
    const char *contact =
        o->email ? arena_printf(i->arena, "mailto:%s", o->email) : NULL;

    i->contact = contact;
    i->account_wish = (struct acme_account_request){
        .key = i->account.key,
        .contacts = &i->contact,
        .contacts_len = contact != NULL,
        .agree = true,
        .eab_kid = o->eab_kid,
        .eab_key = o->eab_key,
        .eab_key_len = o->eab_key_len,
    };
    acme_account_find(i->session, &i->account_wish, on_account, i);
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

static void on_open(void *arg, const struct acme_result *r)
{
    struct issue *i = arg;
    struct err err;

    if (!worked(i, r)) {
        issue_finish(i);
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
    if (!i->account.url) {
        find_account(i);
        return;
    }
    acme_account_use(i->session, i->account.key, i->account.url);
    order_now(i);
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
        .loop = o->loop,
        .arena = i->arena,
        .resolver = o->resolver,
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
        .routes = o->routes,
        .routes_len = o->routes_len,
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

void issue_open(struct issue *i)
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
        .timer = { .call = start, .arg = i },
    };
    timer_set(o->loop, &i->timer, 0);
    return i;
}
