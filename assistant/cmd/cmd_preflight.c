/*
 * cmd_preflight - "certmend acme preflight NAME...": would an order go well?
 */
#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "cmd/cmd.h"
#include "run/preflight.h"

enum { TEXT_MAX = 1024 * 1024 };

struct preflight_options {
    struct issue_options how; /* first: its rows count from here */
    const char *format;
};

struct preflight_call {
    struct arena *arena;
    struct preflight_options options;
    struct wanted_names names;
    struct store store;
    struct issue_order order;
};

static const struct option_row rows[] = {
    { .name = "format",
      .value = "FORMAT",
      .about = "text (default) or json",
      .at = offsetof(struct preflight_options, format) },
    { .name = NULL },
};

static bool read_names(struct preflight_call *e, const struct text_list *words,
                       struct err *err)
{
    for (size_t i = 0; i < words->len; i++)
        if (!wanted_names_add(e->arena, &e->names, words->text[i], err))
            return false;
    if (e->options.how.from &&
        !wanted_names_from(e->arena, &e->names, e->options.how.from, err))
        return false;
    issue_options_follow(&e->options.how, &e->names);
    return e->names.len > 0 ||
           err_set(err, ERR_USAGE,
                   "names to be certified were wanted, such as \"certmend "
                   "acme preflight mail.example.com\"");
}

static bool read_options(struct preflight_call *e, char **argv, struct err *err)
{
    static const struct option_row *const tables[] = { rows, issue_option_rows,
                                                       issue_key_rows, NULL };
    struct text_list words;

    e->options.format = "text";
    if (!options_read(e->arena, argv, tables, &e->options, &words, err))
        return false;
    log_level_set(issue_log_level(&e->options.how));
    const char *format = e->options.format;
    if (strcmp(format, "text") != 0 && strcmp(format, "json") != 0)
        return err_set(err, ERR_USAGE,
                       "--format: text or json was wanted, not \"%.100s\"",
                       format);
    return read_names(e, &words, err) &&
           store_open(e->arena, e->options.how.store, &e->store, err) &&
           issue_options_order(e->arena, &e->options.how, &e->names, &e->store,
                               &e->order, err);
}

static enum exit_status status_of(const struct preflight *p)
{
    if (p->blind)
        return EXIT_UNSEEN;
    return preflight_worst(p) == PREFLIGHT_BLOCK ? EXIT_FAULTS : EXIT_CLEAN;
}

static enum exit_status run(struct preflight_call *e, struct err *err)
{
    const struct rate_limit_log_request spent = {
        .ca = e->order.ca,
        .names = e->order.names,
        .names_len = e->order.names_len,
    };
    struct preflight found;
    struct rate_limit_log log;
    struct buf text;

    if (!rate_limit_log_read(&e->store, &log, err))
        return EXIT_FAILED;
    const struct rate_limit_log_cost cost =
        rate_limit_log_ask(&log, &spent, clock_now_s());
    const struct preflight_request request = {
        .options = &e->options.how,
        .order = &e->order,
        .cost = &cost,
        .asks_ca = true,
    };
    if (!preflight(e->arena, &request, &found, err))
        return EXIT_FAILED;
    buf_init(&text, e->arena, TEXT_MAX);
    if (strcmp(e->options.format, "json") == 0)
        json_print(preflight_json(&found, &e->order), true, &text);
    else
        preflight_tell(&found, &text);
    return command_print(text.text, text.len, err) ? status_of(&found)
                                                   : EXIT_FAILED;
}

enum exit_status cmd_preflight(struct arena *a, char **argv, struct err *err)
{
    struct preflight_call e = { .arena = a, .store = { .lock = -1 } };

    if (!read_options(&e, argv, err))
        return EXIT_FAILED;
    enum exit_status status = run(&e, err);
    issue_order_free(&e.order);
    store_close(&e.store);
    return status;
}
