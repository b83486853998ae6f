/*
 * cmd_renew - what is due, renewed; for a timer
 *
 * One certificate after the other; what happens to one is no concern of the
 * next.
 */
#include <stddef.h>
#include <string.h>

#include "act/renewal.h"
#include "act/store_ready.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/shell_word.h"
#include "cmd/cmd.h"
#include "run/ca_session.h"
#include "run/issue_json.h"
#include "run/issue_options.h"
#include "run/issue_run.h"
#include "run/post_deploy.h"
#include "run/rollover_run.h"

enum { TEXT_MAX = 64 * 1024, JSON_MAX = 16 * 1024 * 1024 };

static const char state_file[] = "renewal.json";

struct renew_options {
    const char *store, *format;
    bool json; /* the format */
    bool force, plan, wait, quiet, verbose;
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
    { .letter = 'q',
      .name = "quiet",
      .about = "say nothing but failures",
      .at = AT(quiet) },
    { .letter = 'v',
      .name = "verbose",
      .about = "more of it",
      .at = AT(verbose) },
    { .name = NULL },
};

/* One certificate of the store. */
struct renew_turn {
    struct arena *arena;
    struct store *store;
    const struct renew_options *options;
    const char *name;
    const struct store_entry *entry;
    struct issue_options how;
    struct wanted_names names;
    struct issue_order order;
    struct renewal renewal;
    struct buf text;   /* for standard output */
    struct json *json; /* the same for programs */
    bool *stopped;     /* by the person: no more turns */
};

static bool open_turn(struct renew_turn *t, struct err *err)
{
    const char *path = store_path(t->store, t->name, "certmend.json");

    if (!store_find(t->store, t->name, &t->entry, err))
        return false;
    if (!t->entry)
        return err_set(err, ERR_USAGE, "there is no certificate \"%s\" in %s",
                       t->name, t->store->dir);
    return issue_options_from_json(t->arena, t->entry->about, path, &t->how,
                                   &t->names, err) &&
           issue_options_order(t->arena, &t->how, &t->names, t->store,
                               &t->order, err);
}

/* What is not there, or cannot be read, is asked again. */
static void read_state(struct renew_turn *t)
{
    const char *path = store_path(t->store, t->name, state_file);
    const char *text = NULL;
    struct json *j = NULL;
    size_t len = 0;
    struct err ignored;

    if (!file_exists(path) ||
        !file_read(t->arena, path, STORE_FILE_MAX, &text, &len, &ignored) ||
        !json_parse(t->arena, text, len, path, &j, &ignored))
        j = NULL;
    t->renewal = renewal_from_json(t->arena, j);
}

static bool write_state(const struct renew_turn *t, struct err *err)
{
    struct buf text;

    buf_init(&text, t->arena, STORE_FILE_MAX);
    json_print(renewal_to_json(t->arena, &t->renewal), true, &text);
    return store_write(t->store, t->name, state_file, text.text, err);
}

static void take_ari(struct renew_turn *t, const struct acme_ari *ari)
{
    if (ari->why_url && !t->renewal.has_ari)
        log_note("%s: the CA explains its window at %s", t->name, ari->why_url);
    t->renewal.has_ari = true;
    t->renewal.ari = *ari;
    t->renewal.ari.why_url = arena_text(t->arena, ari->why_url);
}

/* A CA that cannot be asked is no failure: its certificate's life tells. */
static bool ask_ari(struct renew_turn *t, struct err *err)
{
    const char *id = acme_ari_id(t->arena, &t->entry->chain[0].cert);
    struct ca_session s = { .loop = NULL };
    struct acme_result r;
    bool good = true;

    if (!id || !renewal_wants_ari(&t->renewal, clock_now_s()))
        return true;
    good = ca_session_open(&t->order, &s, &r, err);
    bool offered = good && r.outcome == ACME_WORKED &&
                   acme_directory(s.acme)->renewal_info;
    if (offered) {
        acme_ari_ask(s.acme, id, ca_session_done, &s);
        good = ca_session_wait(&s, &r, err);
    }
    if (good && r.outcome != ACME_WORKED)
        log_verbose("%s: %s", t->name, r.why);
    if (good && offered && r.outcome == ACME_WORKED)
        take_ari(t, r.ari);
    ca_session_close(&s);
    return good && (!offered || t->options->plan || write_state(t, err));
}

static bool note_failure(struct renew_turn *t, const struct issue_result *r,
                         struct err *err)
{
    renewal_failed(&t->renewal, clock_now_s(), r->problem);
    if (r->waits_until && r->waits_until < t->renewal.next_try)
        t->renewal.next_try = r->waits_until;
    json_put_text(t->arena, t->json, "next_try",
                  clock_text(t->arena, t->renewal.next_try));
    buf_printf(&t->text, "It is tried again at %s.\n",
               clock_text(t->arena, t->renewal.next_try));
    return write_state(t, err);
}

static enum exit_status renew(struct renew_turn *t, struct err *err)
{
    struct issue_result result = { 0 };
    struct post_deploy look;

    if (!issue_run(&t->order, &result, err) ||
        !post_deploy(t->arena, &t->how, &t->order, &result, &look, err))
        return EXIT_FAILED;
    issue_tell_result(t->arena, &t->order, &result, &t->text);
    post_deploy_tell(&look, &t->text);
    json_put(t->arena, t->json, "order",
             issue_json_order(t->arena, &t->order, &result, &look));
    *t->stopped = result.stopped;
    if (!result.live && !result.stopped && !note_failure(t, &result, err))
        return EXIT_FAILED;
    return issue_status(&result);
}

/* ---- under TLSA records ---- */

static struct rollover_turn rollover_of(struct renew_turn *t)
{
    return (struct rollover_turn){
        .arena = t->arena,
        .store = t->store,
        .name = t->name,
        .entry = t->entry,
        .how = &t->how,
        .order = &t->order,
        .waits = t->options->wait,
        .quiet = t->options->quiet,
        .is_due = t->options->force || t->renewal.next_try <= clock_now_s(),
        .text = &t->text,
        .json = t->json,
    };
}

static enum exit_status go_on(struct renew_turn *t, struct rollover_turn *r,
                              struct err *err)
{
    enum exit_status status = rollover_go_on(r, err);

    *t->stopped = r->ordered && r->result.stopped;
    if (status != EXIT_FAILED && r->ordered && !r->result.live &&
        !r->result.stopped && !note_failure(t, &r->result, err))
        return EXIT_FAILED;
    return status;
}

/* What waits to be done says so; nothing is done. */
static enum exit_status tell_standing(struct renew_turn *t,
                                      const struct rollover_turn *r)
{
    buf_printf(&t->text, "%s: %s\n", t->name,
               rollover_standing(t->arena, r->state));
    return EXIT_CLEAN;
}

static enum exit_status renew_somehow(struct renew_turn *t,
                                      struct rollover_turn *r, struct err *err)
{
    bool begun = false;

    if (!rollover_begin(r, &begun, err))
        return EXIT_FAILED;
    return begun ? go_on(t, r, err) : renew(t, err);
}

static enum exit_status take_turn(struct renew_turn *t, struct err *err)
{
    int64_t now_s = clock_now_s();
    bool is_under_way = false;

    if (!open_turn(t, err))
        return EXIT_FAILED;
    read_state(t);
    struct rollover_turn rollover = rollover_of(t);
    if (!rollover_open(&rollover, &is_under_way, err))
        return EXIT_FAILED;
    if (is_under_way)
        return t->options->plan ? tell_standing(t, &rollover)
                                : go_on(t, &rollover, err);
    if (!t->options->force && !ask_ari(t, err))
        return EXIT_FAILED;
    int64_t moment =
        renewal_moment(&t->renewal, &t->entry->chain[0].cert, now_s);
    bool is_due = t->options->force || moment <= now_s;
    json_put_bool(t->arena, t->json, "is_due", is_due);
    json_put_text(t->arena, t->json, "due_at", clock_text(t->arena, moment));
    if (is_due && !t->options->plan)
        return renew_somehow(t, &rollover, err);
    if (!t->options->quiet)
        buf_printf(&t->text, "%s: %s%s\n", t->name,
                   is_due ? "is due" : "is due at ",
                   is_due ? "" : clock_text(t->arena, moment));
    return EXIT_CLEAN;
}

/* Our own failure beats the CA's "no", and that beats its silence. */
static enum exit_status graver(enum exit_status a, enum exit_status b)
{
    static const int gravity[] = {
        [EXIT_CLEAN] = 0,
        [EXIT_UNSEEN] = 1,
        [EXIT_FAULTS] = 2,
        [EXIT_FAILED] = 3,
    };

    return gravity[a] > gravity[b] ? a : b;
}

/* One turn, whatever comes of it; false: it cannot be told. */
static bool take_and_tell(struct renew_turn *t, enum exit_status *worst,
                          struct err *err)
{
    struct err own = { ERR_NONE, "" };

    *worst = graver(*worst, take_turn(t, &own));
    issue_order_free(&t->order);
    if (own.kind != ERR_NONE) {
        err_add(&own, "renewing %s", t->name);
        log_error(&own);
        json_put_text(t->arena, t->json, "error", own.text);
    }
    return t->options->json || command_print(t->text.text, t->text.len, err);
}

static bool tell_json(struct arena *a, const struct json *whole,
                      struct err *err)
{
    struct buf text;

    buf_init(&text, a, JSON_MAX);
    json_print(whole, true, &text);
    return command_print(text.text, text.len, err);
}

static enum exit_status take_turns(struct store *s,
                                   const struct renew_options *o,
                                   const char *const *names, size_t len,
                                   struct err *err)
{
    enum exit_status worst = EXIT_CLEAN;
    struct json *whole = json_object(s->arena);

    json_put_text(s->arena, whole, "schema", "certmend.renew/1");
    struct json *all = json_put_array(s->arena, whole, "certificates");

    bool stopped = false;

    for (size_t i = 0; i < len && !stopped; i++) {
        struct renew_turn t = { .arena = s->arena,
                                .store = s,
                                .options = o,
                                .name = names[i],
                                .json = json_add_object(s->arena, all),
                                .stopped = &stopped };
        json_put_text(s->arena, t.json, "name", names[i]);
        buf_init(&t.text, s->arena, TEXT_MAX);
        if (!take_and_tell(&t, &worst, err))
            return EXIT_FAILED;
    }
    if (o->json && !tell_json(s->arena, whole, err))
        return EXIT_FAILED;
    return worst;
}

enum exit_status cmd_renew(struct arena *a, char **argv, struct err *err)
{
    static const struct option_row *const tables[] = { rows, NULL };
    struct renew_options o = { .store = NULL };
    struct store s = { .lock = -1 };
    struct words words;
    const char *const *names = NULL;
    size_t len = 0;

    if (!options_read(a, argv, tables, &o, &words, err) ||
        !issue_json_wanted(o.format, &o.json, err) ||
        !store_open(a, o.store, &s, err) || !store_list(&s, &names, &len, err))
        return EXIT_FAILED;
    log_level_set(o.quiet ? LOG_QUIET : o.verbose ? LOG_VERBOSE : LOG_NORMAL);
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
