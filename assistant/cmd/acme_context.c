#include "cmd/acme_context.h"

#include "run/issue_run.h"

bool acme_context_account(struct acme_context *e, struct err *err)
{
    const char *directory = e->order.ca->directory;

    if (!store_account_read(&e->store, directory, &e->account, err))
        return false;
    if (!e->account.key || !e->account.url)
        return err_set(err, ERR_USAGE,
                       "the store %s has no account with %s; \"certmend acme "
                       "account\" makes one with --apply",
                       e->store.dir, e->order.ca->title);
    acme_account_use(e->session.acme, e->account.key, e->account.url);
    return true;
}

enum exit_status acme_context_tell(struct acme_context *e,
                                   const struct acme_result *r,
                                   const char *good, struct err *err)
{
    const struct issue_result result = { .outcome = r->outcome,
                                         .why = r->why,
                                         .problem = r->problem };
    struct buf text;

    buf_init(&text, e->arena, STORE_FILE_MAX);
    if (r->outcome == ACME_WORKED)
        buf_printf(&text, "%s\n", good);
    else
        buf_printf(&text, "%s: %s\n", e->order.ca->title, r->why);
    return command_print(text.text, text.len, err) ? issue_status(&result)
                                                   : EXIT_FAILED;
}
