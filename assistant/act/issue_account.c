/*
 * issue_account - the account that orders
 */
#include <string.h>

#include "act/issue_step.h"
#include "base/log.h"
#include "base/shell_word.h"

static bool is_unknown(const struct acme_result *r)
{
    return r->outcome == ACME_REFUSED &&
           acme_problem_is(r->problem, "accountDoesNotExist");
}

/* Some say so of the key, some of the account. */
static bool has_ended(const struct acme_result *r)
{
    const char *detail = r->problem ? r->problem->detail : "";

    return r->outcome == ACME_REFUSED &&
           ((strstr(detail, "ccount") &&
             (strstr(detail, "deactivated") || strstr(detail, "revoked"))) ||
            strstr(r->why ? r->why : "", "it is there, but "));
}

/* By which the CA is reached from here. */
static void put_way(const struct issue_order *o, struct buf *text)
{
    struct arena *a = o->store->arena;

    if (o->ca_file)
        buf_printf(text, " --ca-file %s", shell_word_path(a, o->ca_file));
    if (o->resolver->server) {
        buf_text(text, " --resolver ");
        shell_word(text, o->resolver->server);
    }
    for (size_t k = 0; k < o->connect_to.len; k++) {
        buf_text(text, " --connect-to ");
        shell_word(text, connect_to_text(a, &o->connect_to.rules[k]));
    }
}

const char *issue_account_command(const struct issue_order *o,
                                  bool with_new_key)
{
    struct arena *a = o->store->arena;
    struct buf text;

    buf_init(&text, a, 16 * 1024);
    buf_printf(&text, "certmend acme account%s --apply --ca ",
               with_new_key ? " --new" : "");
    shell_word(&text, o->ca->id);
    put_way(o, &text);
    buf_printf(&text, " --store %s", shell_word_path(a, o->store->dir));
    return text.text;
}

static const char *why_not(struct issue *i, const struct acme_result *r)
{
    bool ended = has_ended(r);

    if (!ended && !is_unknown(r))
        return arena_text(i->arena, r->why);
    return arena_printf(i->arena, "%s This makes %s: %s", r->why,
                        ended ? "a new account, with a key of its own"
                              : "the account again",
                        issue_account_command(&i->order, ended));
}

bool issue_worked(struct issue *i, const struct acme_result *r)
{
    if (r->outcome == ACME_WORKED)
        return true;
    i->result.outcome = r->outcome;
    i->result.why = why_not(i, r);
    i->result.problem =
        r->problem ? acme_problem_copy(i->arena, r->problem) : NULL;
    return false;
}

static void on_account(void *arg, const struct acme_result *r)
{
    struct issue *i = arg;
    struct err err;

    if (!issue_worked(i, r)) {
        issue_finish(i);
        return;
    }
    i->account.terms = acme_directory(i->session)->terms;
    if (!store_account_keep(i->order.store, &i->account, i->order.ca->directory,
                            r->account->url, &err)) {
        issue_give_up(i, &err);
        return;
    }
    i->order_now(i);
}

static void find(struct issue *i)
{
    const struct issue_order *o = &i->order;
    const char *contact =
        o->email ? arena_printf(i->arena, "mailto:%s", o->email) : NULL;

    i->contact = contact;
    i->account_request = (struct acme_account_request){
        .key = i->account.key,
        .contacts = &i->contact,
        .contacts_len = contact != NULL,
        .agree = true,
        .eab_kid = o->eab_kid,
        .eab_key = o->eab_key,
        .eab_key_len = o->eab_key_len,
    };
    acme_account_find(i->session, &i->account_request, on_account, i);
}

void issue_find_account(struct issue *i)
{
    if (!i->account.url) {
        find(i);
        return;
    }
    acme_account_use(i->session, i->account.key, i->account.url);
    i->order_now(i);
}

/* Agreed to is what was there when the account was made. */
static bool terms_are_the_same(const struct issue *i)
{
    const char *now = acme_directory(i->session)->terms;
    const char *then = i->account.terms;

    return !now || (then && strcmp(now, then) == 0);
}

bool issue_account_again(struct issue *i, const struct acme_result *r)
{
    if (!is_unknown(r) || i->is_anew || i->result.stopped ||
        acme_directory(i->session)->wants_eab || !terms_are_the_same(i))
        return false;
    log_note("%s does not know the account any more; it is made again with the "
             "same key",
             i->order.ca->title);
    i->is_anew = true;
    key_free(i->key);
    i->key = NULL;
    find(i);
    return true;
}
