/*
 * cmd_renew - what is due, renewed; for a timer
 *
 * One certificate after the other; what happens to one is no concern of the
 * next.
 */
#include <stddef.h>
#include <string.h>

#include "act/store_health.h"
#include "act/store_ready.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/shell_word.h"
#include "cmd/cmd.h"
#include "run/issue_json.h"
#include "run/renew_run.h"

enum {
    TEXT_MAX = 64 * 1024,
    JSON_MAX = 16 * 1024 * 1024,
    LOOKS_MS = 5 * 60 * 1000, /* for the looks at all ports of all names */
};

struct renew_options {
    const char *store, *format;
    bool json; /* the format */
    bool force, plan, wait;
};

#define AT(field) offsetof(struct renew_options, field)

static const struct option_row rows[] = {
    { .name = "store",
      .value = "DIR",
      .about = "where certificates live; default /etc/certmend for root",
      .at = AT(store) },
    { .name = "force", .about = "now, due or not", .at = AT(force) },
    { .name = "plan",
      .about = "say what is due and do nothing",
      .at = AT(plan) },
    { .name = "wait",
      .about = "wait in place for what DANE senders have to learn first, "
               "however long it takes",
      .at = AT(wait) },
    { .name = "format",
      .value = "FORMAT",
      .about = "text (default) or json",
      .at = AT(format) },
    { .name = NULL },
};

struct renewing {
    enum exit_status worst;
    bool stopped; /* by the person */
    struct silent_cas silent;
    int64_t looks_until_ms;
};

static bool tell_json(struct arena *a, const struct json *whole,
                      struct err *err)
{
    struct buf text;

    buf_init(&text, a, JSON_MAX);
    json_print(whole, true, &text);
    return command_print(text.text, text.len, err);
}

/* One after the other, whatever comes of it; false: it cannot be told. */
static bool take_turn(struct store *s, const struct renew_options *o,
                      const char *name, struct json *all, struct renewing *sum,
                      struct err *err)
{
    const struct renew_request wanted = {
        .store = s,
        .name = name,
        .silent = &sum->silent,
        .looks_until_ms = sum->looks_until_ms,
        .force = o->force,
        .plan = o->plan,
        .wait = o->wait,
        .quiet = log_is_quiet(),
    };
    struct renew_result result = { .json = json_add_object(s->arena, all) };
    struct err own = { ERR_NONE, "" };

    json_put_text(s->arena, result.json, "name", name);
    buf_init(&result.text, s->arena, TEXT_MAX);
    enum exit_status status = renew_run(&wanted, &result, &own);
    if (own.kind != ERR_NONE) {
        err_add(&own, "renewing %s", name);
        log_error(&own);
        json_put_text(s->arena, result.json, "error", own.text);
    }
    json_put_number(s->arena, result.json, "status", status);
    sum->worst = exit_graver(sum->worst, status);
    sum->stopped = result.stopped;
    return o->json || command_print(result.text.text, result.text.len, err);
}

static enum exit_status take_turns(struct store *s,
                                   const struct renew_options *o,
                                   const char *const *names, size_t len,
                                   struct err *err)
{
    struct renewing sum = {
        .worst = EXIT_CLEAN,
        .looks_until_ms = clock_monotonic_ms() + LOOKS_MS,
    };
    struct json *whole = json_object(s->arena);

    json_put_text(s->arena, whole, "schema", "certmend.renew/1");
    json_put_text(s->arena, whole, "store", s->dir);
    struct json *all = json_put_array(s->arena, whole, "certificates");

    for (size_t i = 0; i < len && !sum.stopped; i++)
        if (!take_turn(s, o, names[i], all, &sum, err))
            return EXIT_FAILED;
    json_put_number(s->arena, whole, "status", sum.worst);
    if (o->json && !tell_json(s->arena, whole, err))
        return EXIT_FAILED;
    return sum.worst;
}

/* A store that was named is there; the one that nobody named may still come. */
static bool find_store(struct arena *a, const struct renew_options *o,
                       struct store *s, struct err *err)
{
    enum store_kind kind = STORE_NONE;

    if (!store_open(a, o->store, s, err) || !store_health(s, &kind, err))
        return false;
    if (kind == STORE_NONE && o->store)
        return err_set(err, ERR_USAGE,
                       "--store: there is no folder %s; look whether the path "
                       "is right, and whether the disk it is on is there",
                       s->dir);
    if (kind != STORE_FILLED)
        log_note("nothing to renew: there is no certificate in %s yet; "
                 "\"certmend issue NAME --apply\" gets one, and --store names "
                 "another folder",
                 s->dir);
    return true;
}

enum exit_status cmd_renew(struct arena *a, char **argv, struct err *err)
{
    static const struct option_row *const tables[] = { rows, options_quiet,
                                                       NULL };
    struct renew_options o = { .store = NULL };
    struct store s = { .lock = -1 };
    struct text_list words;
    const char *const *names = NULL;
    size_t len = 0;

    if (!options_read(a, argv, tables, &o, &words, err) ||
        !issue_json_wanted(o.format, &o.json, err))
        return EXIT_FAILED;
    if (!find_store(a, &o, &s, err) || !store_list(&s, &names, &len, err))
        return EXIT_FAILED;
    if (words.len) {
        names = words.text;
        len = words.len;
    }
    if (len && !o.plan && !store_lock(&s, err))
        return EXIT_FAILED;
    if (store_is_shared(&s))
        log_note("the group of %s may write into it, and so put keys and "
                 "programs there; \"chmod g-w %s\" takes that away",
                 s.dir, shell_word_path(a, s.dir));
    enum exit_status status = take_turns(&s, &o, names, len, err);
    store_close(&s);
    return status;
}
