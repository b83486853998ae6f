#include "run/renew_run.h"

#include <string.h>

#include "act/renewal_state.h"
#include "act/store_adopt.h"
#include "act/store_health.h"
#include "base/clock.h"
#include "base/log.h"
#include "run/ca_session.h"
#include "run/issue_json.h"
#include "run/issue_run.h"
#include "run/post_deploy.h"
#include "run/rollover_run.h"

enum {
    TEXT_MAX = 64 * 1024,
    LEFT_MAX = 64 * 1024,
    LOOK_MS = 30 * 1000,
    LOOK_MIN_MS = 3 * 1000,
};

struct renew_turn {
    struct arena *arena;
    const struct renew_request *asked;
    struct renew_result *out;
    const struct store_entry *entry;
    struct issue_options how;
    struct wanted_names names;
    struct issue_order order;
    struct renewal renewal;
    const char *clock; /* why nothing can be told by it; NULL: it seems right */
};

static const struct cert *live_cert(const struct renew_turn *t)
{
    return &t->entry->chain[0].cert;
}

/* What is garbled can be renewed, but only when told to: the person may have
 * something better. */
static bool open_turn(struct renew_turn *t, struct err *err)
{
    const char *path =
        store_path(t->asked->store, t->asked->name, "certmend.json");
    const char *ailment =
        t->asked->force ? NULL : store_ailment(t->asked->store, t->asked->name);

    if (ailment)
        return err_set(err, ERR_INPUT, "%s", ailment);
    if (!store_find(t->asked->store, t->asked->name, &t->entry, err))
        return false;
    if (!t->entry)
        return err_set(err, ERR_USAGE, "%s",
                       store_ailment(t->asked->store, t->asked->name));
    if (!issue_options_from_json(t->arena, t->entry->about, path, &t->how,
                                 &t->names, err) ||
        !issue_options_order(t->arena, &t->how, &t->names, t->asked->store,
                             &t->order, err))
        return false;
    t->order.force = true; /* whether it is due is settled here */
    t->order.by_clock = !t->asked->force;
    return true;
}

static bool keep_state(const struct renew_turn *t, struct err *err)
{
    return renewal_write(t->asked->store, t->asked->name, &t->renewal, err);
}

static void take_ari(struct renew_turn *t, const struct acme_ari *ari)
{
    if (ari->why_url && !t->renewal.has_ari)
        log_note("%s: the CA explains its window at %s", t->asked->name,
                 ari->why_url);
    t->renewal.has_ari = true;
    t->renewal.ari = *ari;
    t->renewal.ari.why_url = arena_text(t->arena, ari->why_url);
}

/* Why it did not answer in this run, or NULL. */
static const char *why_silent(const struct renew_turn *t)
{
    const struct silent_cas *silent = t->asked->silent;

    for (size_t i = 0; i < silent->directories.len; i++)
        if (strcmp(silent->directories.text[i], t->order.ca->directory) == 0)
            return silent->whys.text[i];
    return NULL;
}

static void keep_silent(const struct renew_turn *t, const struct acme_result *r)
{
    struct silent_cas *silent = t->asked->silent;

    if (r->outcome != ACME_UNREACHABLE)
        return;
    text_list_add(t->arena, &silent->directories, t->order.ca->directory);
    text_list_add(t->arena, &silent->whys, arena_text(t->arena, r->why));
}

/* A CA that cannot be asked is no failure: its certificate's life tells. */
static bool ask_ari(struct renew_turn *t, struct err *err)
{
    const char *id = acme_ari_id(t->arena, live_cert(t));
    struct ca_session s = { .loop = NULL };
    struct acme_result r;
    bool good = true;

    if (!id || !renewal_wants_ari(&t->renewal, clock_now_s()) || why_silent(t))
        return true;
    good = ca_session_open(&t->order, &s, &r, err);
    if (good)
        keep_silent(t, &r);
    if (good && r.outcome == ACME_WORKED && !acme_clock_agrees(s.acme))
        t->clock = acme_clock_words(t->arena, s.acme);
    bool offered = good && r.outcome == ACME_WORKED && !t->clock &&
                   acme_directory(s.acme)->renewal_info;
    if (offered) {
        acme_ari_ask(s.acme, id, ca_session_done, &s);
        good = ca_session_wait(&s, &r, err);
    }
    if (good && r.outcome != ACME_WORKED)
        log_verbose("%s: %s", t->asked->name, r.why);
    if (good && offered && r.outcome == ACME_WORKED)
        take_ari(t, r.ari);
    ca_session_close(&s);
    return good && (!offered || t->asked->plan || keep_state(t, err));
}

/* ---- what has failed ---- */

static void keep_told(struct renew_turn *t, const char *text)
{
    const char **lines = NULL;
    size_t len = 0;

    for (size_t n = 0; *text; text += n + (text[n] == '\n')) {
        n = strcspn(text, "\n");
        lines = arena_grow(t->arena, lines, len, sizeof *lines);
        lines[len++] = arena_text_n(t->arena, text, n);
    }
    t->renewal.told = lines;
    t->renewal.told_len = len;
}

static void tell_end(struct renew_turn *t, int64_t now_s)
{
    int64_t end = live_cert(t)->not_after;

    json_put_text(t->arena, t->out->json, "ends_at", clock_text(t->arena, end));
    buf_printf(&t->out->text, "%s: the certificate that is live %s on %s\n",
               t->asked->name, end > now_s ? "ends" : "ended",
               clock_moment(t->arena, end));
}

/* Nobody is to take the pause for peace. */
static enum exit_status tell_late(struct renew_turn *t, int64_t now_s)
{
    const struct renewal *r = &t->renewal;
    struct buf *text = &t->out->text;

    buf_printf(text,
               "%s: is to be renewed, and the last try has failed; it is tried "
               "again on %s\n",
               t->asked->name, clock_moment(t->arena, r->next_try));
    for (size_t i = 0; i < r->told_len; i++)
        buf_printf(text, "  %s\n", r->told[i]);
    tell_end(t, now_s);
    json_put_number(t->arena, t->out->json, "failures", (double)r->failures);
    json_put_text(t->arena, t->out->json, "next_try",
                  clock_text(t->arena, r->next_try));
    json_put_texts(t->arena, t->out->json, "told", r->told, r->told_len);
    return EXIT_FAULTS;
}

static bool note_failure(struct renew_turn *t, const struct issue_result *r,
                         const char *told, struct err *err)
{
    keep_told(t, told);
    renewal_failed(&t->renewal, live_cert(t), clock_now_s(), r->problem);
    if (r->waits_until && r->waits_until < t->renewal.next_try)
        t->renewal.next_try = r->waits_until;
    json_put_text(t->arena, t->out->json, "next_try",
                  clock_text(t->arena, t->renewal.next_try));
    buf_printf(&t->out->text, "It is tried again on %s.\n",
               clock_moment(t->arena, t->renewal.next_try));
    return keep_state(t, err);
}

static bool order(struct renew_turn *t, struct issue_result *out,
                  struct err *err)
{
    const char *silent = why_silent(t);

    if (!silent)
        return issue_run(&t->order, out, err);
    *out = (struct issue_result){ .outcome = ACME_UNREACHABLE, .why = silent };
    return true;
}

static enum exit_status renew(struct renew_turn *t, struct err *err)
{
    struct issue_result result = { 0 };
    struct post_deploy look;

    if (!order(t, &result, err) ||
        !post_deploy(t->arena, &t->how, &t->order, &result, &look, err) ||
        !post_deploy_keep(&t->order, &result, &look, err))
        return EXIT_FAILED;
    if (result.outcome != ACME_WORKED) /* one of thirty */
        buf_printf(&t->out->text,
                   "%s: is to be renewed, and this try has failed\n",
                   t->asked->name);
    size_t head = t->out->text.len;
    issue_tell_result(t->arena, &t->order, &result, &t->out->text);
    post_deploy_tell(&look, &t->out->text);
    json_put(t->arena, t->out->json, "order",
             issue_json_order(t->arena, &t->order, &result, &look));
    t->out->stopped = result.stopped;
    if (!result.live && !result.stopped &&
        !note_failure(t, &result, t->out->text.text + head, err))
        return EXIT_FAILED;
    enum exit_status status =
        exit_graver(issue_status(&result), post_deploy_status(&look));
    if (t->asked->quiet && status == EXIT_CLEAN)
        buf_init(&t->out->text, t->arena, TEXT_MAX);
    return status;
}

/* ---- what an earlier run has left to do ---- */

static enum exit_status tell_left(struct renew_turn *t)
{
    buf_printf(&t->out->text, "%s: %s\n", t->asked->name,
               t->renewal.to_run
                   ? "what is to be run with the certificate that is live has "
                     "failed or was cut short; the next run runs it again"
                   : "not every port was seen to show the certificate that is "
                     "live; the next run looks again");
    return EXIT_FAULTS;
}

static enum exit_status catch_up(struct renew_turn *t, struct err *err)
{
    struct issue_result result = { .outcome = ACME_WORKED,
                                   .live = t->entry->live };
    struct post_deploy look;
    struct buf text;

    if (t->asked->plan)
        return tell_left(t);
    if (t->renewal.to_run &&
        !issue_deploy_again(&t->order, t->entry, &result, err))
        return EXIT_FAILED;
    if (!post_deploy(t->arena, &t->how, &t->order, &result, &look, err) ||
        !post_deploy_keep(&t->order, &result, &look, err))
        return EXIT_FAILED;
    enum exit_status status =
        exit_graver(issue_status(&result), post_deploy_status(&look));
    buf_init(&text, t->arena, LEFT_MAX);
    issue_tell_steps(&result, &text);
    post_deploy_tell(&look, &text);
    if (text.len && (status != EXIT_CLEAN || !t->asked->quiet))
        buf_printf(&t->out->text,
                   "%s: once more, as the last time not all "
                   "went well\n%s",
                   t->asked->name, text.text);
    json_put(t->arena, t->out->json, "deploy",
             issue_json_order(t->arena, &t->order, &result, &look));
    return status;
}

/* ---- under TLSA records ---- */

static struct rollover_turn rollover_of(struct renew_turn *t)
{
    return (struct rollover_turn){
        .arena = t->arena,
        .store = t->asked->store,
        .name = t->asked->name,
        .entry = t->entry,
        .how = &t->how,
        .order = &t->order,
        .waits = t->asked->wait,
        .quiet = t->asked->quiet,
        .is_due = t->asked->force || t->renewal.next_try <= clock_now_s(),
        .text = &t->out->text,
        .json = t->out->json,
    };
}

static enum exit_status go_on(struct renew_turn *t, struct rollover_turn *r,
                              struct err *err)
{
    enum exit_status status = rollover_go_on(r, err);

    t->out->stopped = r->ordered && r->result.stopped;
    if (status != EXIT_FAILED && r->ordered && !r->result.live &&
        !r->result.stopped &&
        !note_failure(t, &r->result, t->out->text.text, err))
        return EXIT_FAILED;
    if (status == EXIT_CLEAN && !r->ordered && r->state &&
        r->state->stage == ROLLOVER_ORDER &&
        renewal_is_late(&t->renewal, live_cert(t), clock_now_s()))
        return tell_late(t, clock_now_s());
    return status;
}

/* What waits to be done says so; nothing is done. */
static enum exit_status tell_standing(struct renew_turn *t,
                                      const struct rollover_turn *r)
{
    buf_printf(&t->out->text, "%s: %s\n", t->asked->name,
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

/* It comes from the future. */
static bool clock_is_back(const struct renew_turn *t, int64_t now_s)
{
    return live_cert(t)->not_before > now_s + DAY_S;
}

/* Nothing is ordered by a clock that is wrong, and nothing kept of what was
 * seen by it. */
static enum exit_status tell_clock(struct renew_turn *t, int64_t now_s)
{
    if (!t->clock)
        t->clock = arena_printf(
            t->arena,
            "this machine's clock says %s, and the certificate that is live "
            "begins at %s: what is due cannot be told by it; let the clock be "
            "set by NTP",
            clock_text(t->arena, now_s),
            clock_text(t->arena, live_cert(t)->not_before));
    json_put_text(t->arena, t->out->json, "clock", t->clock);
    buf_printf(&t->out->text, "%s: %s\n", t->asked->name, t->clock);
    return EXIT_FAULTS;
}

/* A plan changes nothing about a certificate that has ended. */
static enum exit_status tell_due(struct renew_turn *t, int64_t due,
                                 int64_t now_s)
{
    bool is_due = due <= now_s;
    bool has_ended = is_due && live_cert(t)->not_after <= now_s;

    if (!t->asked->quiet || has_ended)
        buf_printf(&t->out->text, "%s: %s%s\n", t->asked->name,
                   is_due ? "is due" : "is due on ",
                   is_due ? "" : clock_moment(t->arena, due));
    if (has_ended)
        tell_end(t, now_s);
    return has_ended ? EXIT_FAULTS : EXIT_CLEAN;
}

static enum exit_status take_turn(struct renew_turn *t, struct err *err)
{
    int64_t now_s = clock_now_s();
    bool is_under_way = false;

    if (!open_turn(t, err))
        return EXIT_FAILED;
    if (t->asked->plan && store_is_copy(t->asked->store, t->asked->name))
        log_note("%s/live/%s is a folder, as a copy without links has it; the "
                 "next run makes a link of it again",
                 t->asked->store->dir, t->asked->name);
    t->renewal = renewal_read(t->asked->store, t->asked->name);
    struct rollover_turn rollover = rollover_of(t);
    if (!rollover_open(&rollover, &is_under_way, err))
        return EXIT_FAILED;
    if (is_under_way)
        return t->asked->plan ? tell_standing(t, &rollover)
                              : go_on(t, &rollover, err);
    if (!t->asked->force && !clock_is_back(t, now_s) && !ask_ari(t, err))
        return EXIT_FAILED;
    if (!t->asked->force && (t->clock || clock_is_back(t, now_s)))
        return tell_clock(t, now_s);
    int64_t moment = renewal_moment(&t->renewal, live_cert(t), now_s);
    bool is_due = t->asked->force || moment <= now_s;
    json_put_bool(t->arena, t->out->json, "is_due", is_due);
    json_put_text(t->arena, t->out->json, "due_at",
                  clock_text(t->arena, moment));
    if (is_due && !t->asked->plan)
        return renew_somehow(t, &rollover, err);
    enum exit_status left =
        t->renewal.to_run || t->renewal.to_look ? catch_up(t, err) : EXIT_CLEAN;
    if (left == EXIT_FAILED && err->kind != ERR_NONE)
        return left;
    bool is_late = !is_due && renewal_is_late(&t->renewal, live_cert(t), now_s);
    return exit_graver(left, is_late
                                 ? tell_late(t, now_s)
                                 : tell_due(t, is_due ? now_s : moment, now_s));
}

/* Where nothing answers, thirty certificates are not to take thirty times as
 * long. */
static int64_t look_ms(const struct renew_request *r)
{
    int64_t left_ms = r->looks_until_ms - clock_monotonic_ms();

    if (left_ms > LOOK_MS)
        return LOOK_MS;
    return left_ms > LOOK_MIN_MS ? left_ms : LOOK_MIN_MS;
}

enum exit_status renew_run(const struct renew_request *r,
                           struct renew_result *out, struct err *err)
{
    struct renew_turn t = { .arena = r->store->arena, .asked = r, .out = out };

    t.how.look_ms = look_ms(r);
    enum exit_status status = take_turn(&t, err);

    issue_order_free(&t.order);
    return status;
}
