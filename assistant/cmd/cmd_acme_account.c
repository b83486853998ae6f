#include "cmd/acme_context.h"

#include <string.h>

#include "act/account_key.h"
#include "base/file.h"

static bool import_key(struct acme_context *e, struct err *err)
{
    const struct key_file file = { e->options.import,
                                   e->options.how.passphrase_file, true };
    struct key *key = NULL;

    if (!file.path)
        return true;
    if (!account_key_read(&file, e->order.ca->directory, &key, err))
        return err_add(err, "--import");
    if (store_account_take_key(&e->store, &e->account, key, err))
        return true;
    key_free(key);
    return false;
}

static bool export_key(const struct acme_context *e, struct err *err)
{
    const char *path = e->options.export;
    char *pem = NULL;
    size_t len = 0;

    if (!path)
        return true;
    if (!key_pem_old(e->account.key, e->arena, &pem, &len, err))
        return err_add(err, "--export");
    bool wrote = file_write(path, pem, len, FILE_PRIVATE_NEW, err);
    key_wipe(pem, len);
    return wrote || err_add(err, "--export");
}

/* What shows the account makes nothing. */
static bool makes(const struct acme_context *e)
{
    return e->options.how.apply;
}

static bool settle_key(struct acme_context *e, struct err *err)
{
    const char *directory = e->order.ca->directory;

    if (!store_account_read(&e->store, directory, &e->account, err) ||
        (e->options.is_new && makes(e) &&
         !store_account_set_aside(&e->store, &e->account, directory, err)) ||
        !import_key(e, err))
        return false;
    return !makes(e) ||
           store_account_make_key(&e->store, &e->account, KEY_KIND_EC256, err);
}

/* Found by its key, or made. */
static bool find(struct acme_context *e, struct acme_result *r, struct err *err)
{
    const struct issue_order *o = &e->order;
    const char *contact =
        o->email ? arena_printf(e->arena, "mailto:%s", o->email) : NULL;
    const struct acme_account_request request = {
        .key = e->account.key,
        .contacts = &contact,
        .contacts_len = contact != NULL,
        .agree = true,
        .eab_kid = o->eab_kid,
        .eab_key = o->eab_key,
        .eab_key_len = o->eab_key_len,
        .only_existing = !makes(e) || e->options.rekey || e->options.deactivate,
    };

    acme_account_find(e->session.acme, &request, ca_session_done, &e->session);
    if (!ca_session_wait(&e->session, r, err))
        return false;
    if (r->outcome != ACME_WORKED)
        return true;
    if (r->account->is_new)
        e->account.terms = acme_directory(e->session.acme)->terms;
    return store_account_keep(&e->store, &e->account, o->ca->directory,
                              r->account->url, err);
}

/* RFC 8555 7.3.5: both keys are on disk until the CA has told which it is. */
static bool settle_keys(struct acme_context *e, struct err *err)
{
    const struct key *const both[2] = { e->account.key, e->account.next };
    const struct key *which = NULL;
    struct acme_result r;

    if (!e->account.next)
        return true;
    acme_account_which(e->session.acme, both, &which, ca_session_done,
                       &e->session);
    if (!ca_session_wait(&e->session, &r, err))
        return false;
    if (r.outcome != ACME_WORKED)
        return err_set(err, ERR_NETWORK,
                       "which of two account keys is the right one: %s",
                       r.why ? r.why : "");
    return which == e->account.next
               ? store_account_take_next(&e->store, &e->account, err)
               : store_account_drop_next(&e->store, &e->account, err);
}

static enum exit_status rekey(struct acme_context *e, struct err *err)
{
    struct acme_result r;

    if (!store_account_make_next(&e->store, &e->account, KEY_KIND_EC256, err))
        return EXIT_FAILED;
    acme_account_rekey(e->session.acme, e->account.next, ca_session_done,
                       &e->session);
    if (!ca_session_wait(&e->session, &r, err))
        return EXIT_FAILED;
    bool settled = true;
    if (r.outcome == ACME_WORKED)
        settled = store_account_take_next(&e->store, &e->account, err);
    else if (r.outcome == ACME_REFUSED)
        settled = store_account_drop_next(&e->store, &e->account, err);
    if (!settled)
        return EXIT_FAILED;
    return acme_context_tell(e, &r, "The account has another key now.", err);
}

static enum exit_status deactivate(struct acme_context *e, struct err *err)
{
    struct acme_result r;

    acme_account_deactivate(e->session.acme, ca_session_done, &e->session);
    if (!ca_session_wait(&e->session, &r, err))
        return EXIT_FAILED;
    if (r.outcome == ACME_WORKED &&
        !store_account_set_aside(&e->store, &e->account, e->order.ca->directory,
                                 err))
        return EXIT_FAILED;
    return acme_context_tell(e, &r, "The account has ended.", err);
}

static enum exit_status tell_none(const struct acme_context *e, struct err *err)
{
    const char *text =
        arena_printf(e->arena,
                     "The store %s has no account with %s. Nothing has been "
                     "done; --apply makes one.\n",
                     e->store.dir, e->order.ca->title);

    return command_print(text, strlen(text), err) ? EXIT_CLEAN : EXIT_FAILED;
}

static enum exit_status tell_refused(struct acme_context *e,
                                     struct acme_result *r, struct err *err)
{
    const char *detail = r->problem ? r->problem->detail : "";

    if (acme_problem_is(r->problem, "accountDoesNotExist") && !makes(e))
        r->why = arena_printf(
            e->arena, "%s Nothing has been made; --apply makes it again.",
            r->why);
    else if (strstr(detail, "deactivated") || strstr(r->why, "deactivated"))
        r->why = arena_printf(
            e->arena,
            "%s --new --apply makes another one, with a key of its own.",
            r->why);
    return acme_context_tell(e, r, "", err);
}

/* Nothing is made to show what is there. */
static bool lock(struct acme_context *e, struct err *err)
{
    bool writes = makes(e) || e->options.import || file_exists(e->store.dir);

    return !writes || store_lock(&e->store, err);
}

enum exit_status acme_context_run_account(struct acme_context *e,
                                          struct err *err)
{
    struct acme_result r;

    if (e->options.is_new && !makes(e)) {
        err_set(err, ERR_USAGE,
                "--new sets the present account's key aside: it wants --apply "
                "too");
        return EXIT_FAILED;
    }
    if (!lock(e, err) ||
        !store_account_read(&e->store, e->order.ca->directory, &e->account,
                            err) ||
        !settle_keys(e, err))
        return EXIT_FAILED;
    store_account_free(&e->account);
    if (!settle_key(e, err))
        return EXIT_FAILED;
    if (!e->account.key)
        return tell_none(e, err);
    if (!find(e, &r, err))
        return EXIT_FAILED;
    if (r.outcome != ACME_WORKED)
        return tell_refused(e, &r, err);
    if (e->options.rekey)
        return rekey(e, err);
    if (e->options.deactivate)
        return deactivate(e, err);
    if (!export_key(e, err))
        return EXIT_FAILED;
    return acme_context_tell(
        e, &r,
        arena_printf(e->arena, "%s\n  %s\n  %s/key.pem",
                     r.account->is_new ? "A new account:" : "The account:",
                     r.account->url, e->account.dir),
        err);
}
