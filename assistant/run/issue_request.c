#include "run/issue_request.h"

#include <stddef.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "run/ca_choice.h"
#include "run/issue_json.h"
#include "run/issue_names.h"
#include "run/issue_run.h"
#include "run/post_deploy.h"
#include "run/preflight.h"

enum { TEXT_MAX = 256 * 1024, JSON_MAX = 4 * 1024 * 1024 };

struct issue_call {
    struct arena *arena;
    struct issue_options options;
    struct json *json; /* NULL: text; else what will be printed */
    struct json *orders;
    bool wants_json;
    const struct issue_request *request;
    struct wanted_names names, gone;
    const char *aside; /* what else the store has of these names, or NULL */
    const struct store_entry *there; /* nothing has to be ordered, or NULL */
    struct store store;
    struct issue_order order;
    const struct ca *staging; /* NULL: nothing is tried first */
    struct rate_limit_log_cost cost;
    struct preflight found;
};

static bool add_more(struct arena *a, void *into, const char *value,
                     struct err *err)
{
    struct issue_request *r = into;

    return wanted_names_add(a, &r->more, value, err);
}

static bool add_less(struct arena *a, void *into, const char *value,
                     struct err *err)
{
    struct issue_request *r = into;

    return wanted_names_add(a, &r->less, value, err);
}

const struct option_row issue_name_rows[] = {
    { .name = "add",
      .value = "NAME",
      .about = "beside the names of the certificate there; repeatable",
      .set = add_more },
    { .name = "drop",
      .value = "NAME",
      .about = "a name of the certificate there that may go; repeatable",
      .set = add_less },
    { .name = "force",
      .about = "another one, though a fresh one for these names is there",
      .at = offsetof(struct issue_request, force) },
    { .name = NULL },
};

static bool acts(const struct issue_call *e)
{
    return e->options.apply || e->options.rehearse;
}

/* What is shown today and is not in the store goes as silently. */
static void add_served(struct issue_call *e)
{
    const struct issue_request *r = e->request;
    const struct text_list *served = &e->found.served_names;
    struct err ignored; /* they were read as names */

    for (size_t i = 0; i < served->len; i++)
        if (!wanted_names_have(&r->less, served->text[i]) &&
            !wanted_names_have(&r->agreed, served->text[i]) &&
            !wanted_names_add(e->arena, &e->gone, served->text[i], &ignored))
            return;
}

/* What the order counts against, by the log of those before. */
static bool ask_cost(struct issue_call *e, struct err *err)
{
    const struct rate_limit_log_request spent = {
        .ca = e->order.ca,
        .names = e->order.names,
        .names_len = e->order.names_len,
        .is_renewal = issue_is_left(&e->order),
    };
    struct rate_limit_log log;

    if (!rate_limit_log_read(&e->store, &log, err))
        return false;
    e->cost = rate_limit_log_ask(&log, &spent, clock_now_s());
    return true;
}

/* With a CA of the user's own it only warns: nobody here knows what that CA
 * looks at. What senders look at does not depend on it. */
static enum exit_status preflight_passes(struct issue_call *e, struct err *err)
{
    const struct preflight_request request = {
        .options = &e->options,
        .order = &e->order,
        .cost = &e->cost,
        /* Else the order does; but its name stands in a record that has to be
         * there before. */
        .asks_ca = !acts(e) || preflight_is_persistent(&e->order),
    };
    bool is_url = issue_ca_is_url(&e->options);

    if (!ask_cost(e, err))
        return EXIT_FAILED;
    if (!preflight(e->arena, &request, &e->found, err))
        return EXIT_FAILED;
    add_served(e);
    preflight_note(&e->found, !is_url);
    if (e->found.blind && !is_url)
        return EXIT_UNSEEN;
    if (preflight_blocks_dane(&e->found) || preflight_blocks_own(&e->found))
        return EXIT_FAULTS;
    if (is_url)
        return EXIT_CLEAN;
    return preflight_worst(&e->found) == PREFLIGHT_BLOCK ? EXIT_FAULTS
                                                         : EXIT_CLEAN;
}

/* The certificate that is there decides what is not said. */
static bool settle(struct issue_call *e, struct err *err)
{
    struct issue_options *o = &e->options;
    struct issue_names names;

    if (!issue_names_settle(&e->store, e->request, &names, err))
        return false;
    e->names = names.wanted;
    e->gone = names.gone;
    e->aside = names.aside;
    if (!e->names.len)
        return err_set(err, ERR_USAGE,
                       "a name for the certificate was wanted, such as "
                       "\"certmend issue mail.example.com\"");
    issue_options_follow(o, &e->names);
    if (!o->key_type && !o->key && !o->keep_key)
        o->key_type = names.key_type;
    return true;
}

/* What is there and is what is wanted; not where servers were seen to fail with
 * it. */
static bool find_there(struct issue_call *e, struct err *err)
{
    const struct issue_request *r = e->request;

    e->order.force = r->force;
    if (e->options.rehearse)
        return true;
    if (!issue_is_there(&e->order, &e->there, err))
        return false;
    if (!e->there || !text_is_among(e->there->chain[0].cert.sha256_hex,
                                    r->unfit, r->unfit_len))
        return true;
    e->order.force = true;
    e->there = NULL;
    return true;
}

/* Everything that needs no network. */
static bool prepare(struct issue_call *e, struct err *err)
{
    const struct issue_options *o = &e->options;

    if (!store_open(e->arena, o->store, &e->store, err) || !settle(e, err) ||
        !issue_options_order(e->arena, o, &e->names, &e->store, &e->order,
                             err) ||
        !find_there(e, err))
        return false;
    /* The staging has another account, whose record nobody wants to keep. */
    const char *staging = !o->rehearse && preflight_is_persistent(&e->order)
                              ? NULL
                              : e->order.ca->staging;
    if (staging && !ca_choose(e->arena, staging, &e->staging, err))
        return false;
    return !o->rehearse || e->staging ||
           err_set(err, ERR_USAGE, "--rehearse: %s has no staging to try it on",
                   e->order.ca->title);
}

/* One order, told. */
static enum exit_status carry_out(struct issue_call *e,
                                  const struct issue_order *order,
                                  struct err *err)
{
    struct issue_result result = { 0 };
    struct post_deploy look;
    struct buf text;

    if (!issue_run(order, &result, err) ||
        !post_deploy(e->arena, &e->options, order, &result, &look, err) ||
        !post_deploy_keep(order, &result, &look, err))
        return EXIT_FAILED;
    enum exit_status status =
        exit_graver(issue_status(&result), post_deploy_status(&look));
    if (result.live && e->request->is_live)
        *e->request->is_live = true;
    if (e->json) {
        json_take(e->orders, issue_json_order(e->arena, order, &result, &look));
        return status;
    }
    buf_init(&text, e->arena, TEXT_MAX);
    issue_tell_result(e->arena, order, &result, &text);
    post_deploy_tell(&look, &text);
    return e->request->say(text.text, text.len, err) ? status : EXIT_FAILED;
}

static enum exit_status apply(struct issue_call *e, struct err *err)
{
    enum exit_status status = EXIT_CLEAN;

    if (!store_lock(&e->store, err))
        return EXIT_FAILED;
    if (e->staging && !e->there) {
        struct issue_order rehearsal = e->order;
        rehearsal.ca = e->staging;
        rehearsal.rehearsal = true;
        status = carry_out(e, &rehearsal, err);
    }
    if (status == EXIT_CLEAN && e->options.apply)
        status = carry_out(e, &e->order, err);
    return status;
}

static void tell_gone(const struct issue_call *e, struct buf *out)
{
    if (e->aside)
        buf_printf(out, "  beside     %s\n", e->aside);
    for (size_t i = 0; i < e->gone.len; i++)
        buf_printf(out, "  %-10s %s\n", i ? "" : "goes", e->gone.text[i]);
    if (e->gone.len)
        buf_text(out, "             on the present certificate and not on this "
                      "one: --drop NAME\n             agrees to it, --add NAME "
                      "adds to what is there\n");
}

static struct json *plan_json(const struct issue_call *e)
{
    struct arena *a = e->arena;
    struct json *plan = issue_json_plan(a, &e->order, e->staging, &e->cost);

    json_put_texts(a, plan, "names_that_go", e->gone.text, e->gone.len);
    json_put_text(a, plan, "beside", e->aside);
    json_put_text(a, plan, "there_until",
                  e->there ? clock_text(a, e->there->chain[0].cert.not_after)
                           : NULL);
    return plan;
}

/* As JSON it is printed at the end, with what came of it. */
static bool tell_plan(struct issue_call *e, bool goes_on, struct err *err)
{
    struct arena *a = e->arena;
    struct buf text;

    if (e->wants_json) {
        e->json = plan_json(e);
        json_put(a, e->json, "preflight",
                 e->there ? NULL : preflight_json(&e->found, &e->order));
        e->orders = json_put_array(a, e->json, "orders");
        return true;
    }
    buf_init(&text, a, TEXT_MAX);
    if (!e->there)
        issue_tell_plan(&e->order, e->staging, &e->cost, &text);
    else if (!acts(e))
        issue_tell_there(&e->order, e->there, &text);
    tell_gone(e, &text);
    if (!e->there && !goes_on)
        buf_printf(&text, "Nothing has been done.%s\n",
                   acts(e) ? "" : " --apply does it.");
    return e->request->say(text.text, text.len, err);
}

static bool tell_json(struct issue_call *e, struct err *err)
{
    struct buf text;

    buf_init(&text, e->arena, JSON_MAX);
    json_print(e->json, true, &text);
    return e->request->say(text.text, text.len, err);
}

/* After a failure of our own there is nothing to print but that. */
static enum exit_status run(struct issue_call *e, struct err *err)
{
    enum exit_status status = e->there ? EXIT_CLEAN : preflight_passes(e, err);

    if (status == EXIT_CLEAN && e->gone.len)
        status = EXIT_FAULTS;
    bool goes_on = status == EXIT_CLEAN && acts(e);
    if (status == EXIT_FAILED || !tell_plan(e, goes_on, err))
        return EXIT_FAILED;
    if (goes_on)
        status = apply(e, err);
    if (e->json && err->kind == ERR_NONE && !tell_json(e, err))
        return EXIT_FAILED;
    return status;
}

bool issue_request_names(struct arena *a, const struct text_list *words,
                         struct issue_request *r, struct err *err)
{
    for (size_t i = 0; i < words->len; i++)
        if (!wanted_names_add(a, &r->names, words->text[i], err))
            return false;
    return !r->how.from || wanted_names_from(a, &r->names, r->how.from, err);
}

enum exit_status issue_request(struct arena *a, const struct issue_request *r,
                               struct err *err)
{
    struct issue_call e = {
        .arena = a,
        .options = r->how,
        .request = r,
        .wants_json = r->wants_json,
        .store = { .lock = -1 },
    };

    log_level_set(issue_log_level(&e.options));
    enum exit_status status = prepare(&e, err) ? run(&e, err) : EXIT_FAILED;
    issue_order_free(&e.order);
    store_close(&e.store);
    return status;
}

bool issue_request_plan(struct arena *a, const struct issue_request *r,
                        struct json **out, struct err *err)
{
    struct issue_call e = {
        .arena = a,
        .options = r->how,
        .request = r,
        .store = { .lock = -1 },
    };
    bool made = prepare(&e, err) && ask_cost(&e, err);

    if (made) {
        *out = plan_json(&e);
        json_put_text(a, *out, "ca_title", e.order.ca->title);
        json_put_text(a, *out, "staging_title",
                      e.staging ? e.staging->title : NULL);
    }
    issue_order_free(&e.order);
    store_close(&e.store);
    return made;
}
