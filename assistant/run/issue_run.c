#include "run/issue_run.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/term.h"
#include "net/signals.h"
#include "run/problem_advice.h"

enum { LABEL_COLUMNS = 9 };

struct issue_run_call {
    struct loop *loop;
    struct issue *issue;
    struct signals signals;
    struct issue_result *out;
};

static void on_done(void *arg, const struct issue_result *r)
{
    struct issue_run_call *run = arg;

    *run->out = *r;
    loop_stop(run->loop);
}

static void on_interrupt(void *arg)
{
    struct issue_run_call *run = arg;

    if (issue_stop(run->issue))
        log_note("stopping: what was shown to prove the names is taken away; "
                 "once more ends it at once");
    else
        log_note("the new certificate is live; what is to be run with it runs "
                 "to its end; once more ends it at once");
}

bool issue_run(const struct issue_order *o, struct issue_result *out,
               struct err *err)
{
    struct issue_order order = *o;
    struct issue_run_call run = { .out = out };

    if (!loop_new(&run.loop, err))
        return false;
    order.loop = run.loop;
    run.issue = issue(&order, on_done, &run);
    run.signals = (struct signals){ .call = on_interrupt, .arg = &run };
    signals_set(run.loop, &run.signals);
    bool ran = loop_run(run.loop, err);
    signals_stop(&run.signals);
    loop_free(run.loop);
    return ran;
}

static void on_deployed(void *arg, const struct deploy_step *steps, size_t len)
{
    struct issue_run_call *run = arg;

    run->out->steps = steps;
    run->out->steps_len = len;
    loop_stop(run->loop);
}

bool issue_deploy_again(const struct issue_order *o,
                        const struct store_entry *live,
                        struct issue_result *out, struct err *err)
{
    struct deploy_job job = issue_deploy_job(o);
    struct issue_run_call run = { .out = out };

    *out = (struct issue_result){
        .outcome = ACME_WORKED,
        .live = live->live,
        .not_after = live->chain[0].cert.not_after,
    };
    if (!loop_new(&run.loop, err))
        return false;
    job.loop = run.loop;
    job.arena = o->store->arena;
    job.live = live->live;
    job.name = live->name;
    deploy_run(&job, on_deployed, &run);
    bool ran = out->steps || loop_run(run.loop, err);
    loop_free(run.loop);
    return ran;
}

enum exit_status issue_status(const struct issue_result *r)
{
    static const enum exit_status statuses[] = {
        [ACME_WORKED] = EXIT_CLEAN,    [ACME_REFUSED] = EXIT_FAULTS,
        [ACME_BROKEN] = EXIT_FAULTS,   [ACME_UNREACHABLE] = EXIT_UNSEEN,
        [ACME_TOO_LATE] = EXIT_UNSEEN, [ACME_UNPROVEN] = EXIT_FAILED,
        [ACME_FAILED] = EXIT_FAILED,
    };
    static_assert(sizeof statuses / sizeof *statuses == ACME_OUTCOME_COUNT,
                  "a status per outcome");

    for (size_t i = 0; i < r->steps_len; i++)
        if (r->steps[i].why)
            return EXIT_FAILED;
    if (r->waits || (r->dane.ruling == DANE_BLOCK && r->outcome == ACME_FAILED))
        return EXIT_FAULTS;
    return statuses[r->outcome];
}

/* "": goes on with the row before. */
static void tell_row(struct buf *out, const char *label, const char *text)
{
    const struct term_row row = { "  ", label, LABEL_COLUMNS, text };

    term_row(out, &row, term_row_width());
}

static void tell_names(const struct issue_order *o, struct buf *out)
{
    for (size_t i = 0; i < o->names_len; i++)
        buf_printf(out, "%s%s", i ? ", " : "", o->names[i]);
}

static const char *record_of(const struct issue_order *o, size_t i)
{
    return challenge_record_for(&o->ways, o->names[i]);
}

/* A star and the name below it share one. */
static void tell_record(const struct issue_order *o, size_t at, struct buf *out)
{
    const char *record = record_of(o, at);

    for (size_t i = 0; record && i < at; i++)
        if (record_of(o, i) && strcmp(record_of(o, i), record) == 0)
            return;
    if (record)
        buf_printf(out, "             %s\n", record);
}

/* The reason is said once for all names that share it. */
static void tell_proofs(const struct issue_order *o, struct buf *out)
{
    const char *last_why = "";

    for (size_t i = 0; i < o->names_len; i++) {
        const char *why = NULL;
        const char *way = challenge_type_for(&o->ways, o->names[i], &why);
        bool new_why = strcmp(why, last_why) != 0;
        tell_row(out, i ? "" : "proof",
                 arena_printf(out->arena, "%s by %s%s%s", o->names[i], way,
                              new_why ? ": " : "", new_why ? why : ""));
        last_why = why;
        tell_record(o, i, out);
    }
    if (o->ways.shared) {
        tell_row(out, "",
                 "or this one alone, where the CA takes it for names below:");
        buf_printf(out, "             %s\n", o->ways.shared);
    }
}

static void tell_files(const struct issue_order *o, struct buf *out)
{
    struct arena *a = o->store->arena;
    const char *name = store_name(a, o->names[0]);

    tell_row(out, "files", arena_printf(a, "%s/live/%s/", o->store->dir, name));
    tell_row(out, "", "privkey.pem, cert.pem, chain.pem, fullchain.pem");
}

static void tell_afterwards(const struct issue_order *o, struct buf *out)
{
    if (!o->programs_len && !o->reloads_len)
        tell_row(out, "then", "nothing is reloaded (--reload, --deploy-hook)");
    for (size_t i = 0; i < o->programs_len; i++)
        tell_row(out, "then",
                 arena_printf(out->arena, "run %s", o->programs[i]));
    for (size_t i = 0; i < o->reloads_len; i++)
        tell_row(out, "then",
                 arena_printf(out->arena, "reload %s", o->reloads[i]));
}

static void tell_served(const struct kept_key *k, struct buf *out)
{
    size_t all = k->ports_same + k->ports_other;

    if (k->source == KEPT_KEY_NEXT)
        return;
    if (!k->looked)
        tell_row(out, "", "whether it is served today was not looked at");
    else if (!all)
        tell_row(out, "",
                 "no port answers with TLS here: whether it is the one in use "
                 "is not known");
    else if (!k->ports_other)
        tell_row(out, "",
                 arena_printf(out->arena,
                              "the one in use: %zu of %zu ports show it", all,
                              all));
    else
        tell_row(out, "",
                 arena_printf(out->arena,
                              "not the one in use: %zu of %zu ports show "
                              "another key",
                              k->ports_other, all));
}

/* The store's copy is what servers read, and these know no passphrase. */
static void tell_key(const struct issue_order *o, struct buf *out)
{
    static const char *const from[] = {
        [KEPT_KEY_FILE] = "that of",
        [KEPT_KEY_LIVE] = "kept, that of",
        [KEPT_KEY_NEXT] = "the next one that was made for DANE,",
    };
    const struct kept_key *k = &o->kept;

    if (!k->key) {
        tell_row(out, "key",
                 arena_printf(out->arena, "%s, new",
                              table_text(key_kind_words, (int)o->key_kind)));
        return;
    }
    tell_row(out, "key",
             arena_printf(out->arena, "%s, %s %s",
                          table_text(key_kind_words, (int)key_kind_of(k->key)),
                          from[k->source], k->path));
    tell_served(k, out);
    if (k->source == KEPT_KEY_FILE)
        tell_row(out, "",
                 "copied into the store, without a passphrase; kept at "
                 "renewals too");
}

static void tell_profile(const struct issue_order *o, struct buf *out)
{
    const char *text = "the CA's own choice";

    if (o->profile)
        text = arena_printf(out->arena, "%s%s", o->profile,
                            o->profile_if_offered ? ", as an address needs it"
                                                  : "");
    else if (o->profile_if_offered)
        text =
            arena_printf(out->arena, "%s for the address, where the CA has it",
                         o->profile_if_offered);
    tell_row(out, "profile", text);
}

void issue_tell_plan(const struct issue_order *o, const struct ca *staging,
                     const struct rate_limit_log_cost *cost, struct buf *out)
{
    struct arena *a = out->arena;

    buf_text(out, "A certificate for ");
    tell_names(o, out);
    buf_char(out, '\n');
    tell_row(out, "from",
             arena_printf(a, "%s (%s)", o->ca->title, o->ca->directory));
    if (staging)
        tell_row(
            out, "first",
            arena_printf(a, "tried on %s, thrown away there", staging->title));
    tell_proofs(o, out);
    tell_profile(o, out);
    tell_key(o, out);
    if (o->key_group)
        tell_row(out, "",
                 arena_printf(a, "the group %s may read it", o->key_group));
    for (size_t i = 0; i < cost->len; i++)
        tell_row(out, i ? "" : "costs", cost->lines[i]);
    tell_files(o, out);
    tell_afterwards(o, out);
}

/* `why` is told already; the CA's words stand in it where they are the only
 * ones. */
static void tell_problem(struct arena *a, const struct issue_order *o,
                         const struct acme_problem *p, const char *why,
                         struct buf *out)
{
    const struct problem_advice m = problem_advice(o, p);
    const char *said = acme_problem_text(a, p);

    if (!strstr(why, said))
        buf_printf(out, "  %s\n", said);
    buf_printf(out, "    %s %s\n", m.means, m.todo);
    if (p->retry_at)
        buf_printf(out, "    Not before %s.\n", clock_moment(a, p->retry_at));
}

static void tell_failure(struct arena *a, const struct issue_order *o,
                         const struct issue_result *r, struct buf *out)
{
    const struct acme_problem *p = r->problem;
    const char *why = r->why ? r->why : "";

    buf_printf(out, "No certificate from %s: %s\n", o->ca->title, why);
    if (r->dane.ruling == DANE_BLOCK)
        buf_printf(out, "  %s\n", r->dane.todo);
    for (size_t i = 0; p && i < p->parts_len; i++)
        tell_problem(a, o, &p->parts[i], why, out);
    if (p && !p->parts_len)
        tell_problem(a, o, p, why, out);
    if (!o->rehearsal)
        buf_text(out, "What was live before is live still.\n");
}

static void tell_waiting(struct arena *a, const struct issue_order *o,
                         const struct issue_result *r, struct buf *out)
{
    buf_text(out, "Issued for ");
    tell_names(o, out);
    buf_printf(out,
               ", until %s, and not live: %s\n  %s\n  It waits in %s/\n"
               "What was live before is live still.\n",
               clock_moment(a, r->not_after), r->dane.why, r->dane.todo,
               r->waits);
}

static void tell_there(struct arena *a, const struct issue_order *o,
                       int64_t until, const char *live, struct buf *out)
{
    buf_text(out, "There is a certificate for ");
    tell_names(o, out);
    buf_printf(out,
               " until %s, so nothing is ordered; --force orders another one\n"
               "  %s/\n",
               clock_moment(a, until), live);
}

void issue_tell_there(const struct issue_order *o, const struct store_entry *e,
                      struct buf *out)
{
    tell_there(o->store->arena, o, e->chain[0].cert.not_after, e->live, out);
}

void issue_tell_steps(const struct issue_result *r, struct buf *out)
{
    for (size_t i = 0; i < r->steps_len; i++)
        buf_printf(out, "  %s: %s\n", r->steps[i].what,
                   r->steps[i].why ? r->steps[i].why : "done");
}

void issue_tell_result(struct arena *a, const struct issue_order *o,
                       const struct issue_result *r, struct buf *out)
{
    if (r->outcome != ACME_WORKED) {
        tell_failure(a, o, r, out);
        return;
    }
    if (o->rehearsal) {
        buf_printf(out, "%s would issue it.\n", o->ca->title);
        return;
    }
    if (r->waits) {
        tell_waiting(a, o, r, out);
        return;
    }
    if (r->was_there) {
        tell_there(a, o, r->not_after, r->live, out);
    } else {
        buf_text(out, "Issued for ");
        tell_names(o, out);
        buf_printf(out, ", until %s\n  %s/\n", clock_moment(a, r->not_after),
                   r->live);
    }
    if (!r->steps_len && !r->stopped)
        buf_text(out, "  Nothing was told to reload: --reload SERVER and "
                      "--deploy-hook PROGRAM do that.\n");
    issue_tell_steps(r, out);
}
