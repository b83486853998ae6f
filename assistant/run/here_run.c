#include "run/here_run.h"

#include <string.h>
#include <time.h>

#include "base/shell_word.h"
#include "run/here_undo.h"

enum { SAID_MAX = 64 * 1024, LOOKS_MAX = 3, PAUSE_S = 1 };

/* One plan on its way. */
struct here_running {
    const struct here_run *run;
    bool *kept; /* of each change */
    const struct here_change *now;
    const struct survey *const *others; /* of `now`, before it */
    bool all_well;
};

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* ---- the server's files ---- */

static bool is_asked_before(const struct here_change *c, size_t at)
{
    const struct pair_files *f = &c->goals[at].files;

    for (size_t i = 0; i < at; i++)
        if (strcmp(c->goals[i].files.cert, f->cert) == 0 &&
            strcmp(c->goals[i].files.key, f->key) == 0 &&
            same_text(c->goals[i].name, c->goals[at].name))
            return true;
    return false;
}

static bool look_at_others(struct here_running *r, struct err *err)
{
    return r->others || !r->now->wire.others_len ||
           wire_others(r->run->arena, r->run->evaluation, &r->now->wire,
                       &r->others, err);
}

/* What is new has to be right for the name, too, and nobody else's to read. */
static bool judge_new(const struct here_run *run, const struct here_goal *goal,
                      struct pair_fit *fit, struct err *err)
{
    if (!goal->name)
        return true;
    if (fit->open_key)
        text_list_add(
            run->arena, &fit->faults,
            arena_printf(run->arena,
                         "Everybody on this machine may read %s: "
                         "\"chmod o= %s\" takes that away.",
                         goal->files.key,
                         shell_word_path(run->arena, goal->files.key)));
    return pair_fit_judge(run->arena, run->evaluation, goal->files.cert,
                          goal->name, fit, err);
}

static bool fits(void *arg, const struct here_change *c, struct text_list * not,
                 struct err *err)
{
    struct here_running *r = arg;

    for (size_t i = 0; i < c->goals_len; i++) {
        struct pair_fit fit;
        if (is_asked_before(c, i))
            continue;
        pair_fit_read(r->run->arena, &c->goals[i].files, &fit);
        if (!judge_new(r->run, &c->goals[i], &fit, err))
            return false;
        for (size_t k = 0; k < fit.broken.len; k++)
            text_list_add_new(r->run->arena, not, fit.broken.text[k]);
        for (size_t k = 0; k < fit.faults.len && c->goals[i].name; k++)
            text_list_add_new(r->run->arena, not, fit.faults.text[k]);
    }
    return look_at_others(r, err);
}

static bool fits_back(void *arg, const struct here_change *c,
                      struct text_list * not, struct err *err)
{
    const struct here_running *r = arg;
    const char **paths =
        arena_alloc(r->run->arena, c->files_len + 1, sizeof *paths);

    for (size_t i = 0; i < c->files_len; i++)
        paths[i] = c->files[i].path;
    return here_undo_fits(r->run->arena, paths, c->files_len, not, err);
}

static bool run_program(void *arg, struct arena *a, const struct here_change *c,
                        const char *const *argv, struct program_answer *out,
                        struct err *err)
{
    (void)arg;
    return ask_program(a, &c->conf->root, argv, out, err);
}

/* ---- read back ---- */

/* A second pair, for another type of key, stands in settings of its own. */
static bool is_same_setting(const struct tls_place *a,
                            const struct tls_place *b)
{
    return !a->cert.setting || !b->cert.setting ||
           strcmp(a->cert.setting, b->cert.setting) == 0;
}

static bool is_same_place(const struct tls_place *p, const struct tls_place *as)
{
    return p->port == as->port && is_same_setting(p, as) &&
           same_text(p->address, as->address) && same_text(p->sni, as->sni) &&
           same_text(p->service, as->service);
}

/* Two pairs of one setting, for two types of key, are told apart by what they
 * name alone. */
static bool is_named(const struct server_conf *conf,
                     const struct here_goal *goal)
{
    for (size_t i = 0; i < conf->places_len; i++) {
        const struct tls_place *p = &conf->places[i];
        if (is_same_place(p, goal->place) &&
            same_text(p->cert.path, goal->files.cert) &&
            same_text(p->key.path, goal->files.key) &&
            same_text(p->chain.path, goal->files.chain))
            return true;
    }
    return false;
}

static const char *otherwise(struct arena *a, const struct server_conf *conf,
                             const struct here_goal *goal)
{
    if (is_named(conf, goal))
        return NULL;
    return arena_printf(a,
                        "Read back, the configuration does not name %s for "
                        "port %u.",
                        goal->files.cert, goal->place->port);
}

static bool read_back(void *arg, struct arena *a, const struct here_change *c,
                      const char **why, struct err *err)
{
    struct server_conf conf;

    (void)arg;
    if (!server_conf_read(a, c->conf->listener, &conf, err))
        return false;
    *why = NULL;
    for (size_t i = 0; i < c->goals_len && !*why; i++)
        *why = otherwise(a, &conf, &c->goals[i]);
    server_conf_close(&conf);
    return true;
}

/* ---- the wire ---- */

static void add_places(struct arena *a, struct wire_change *to,
                       const struct wire_place *more, size_t len)
{
    struct wire_place *all =
        arena_alloc(a, to->places_len + len + 1, sizeof *all);

    for (size_t i = 0; i < to->places_len; i++)
        all[i] = to->places[i];
    for (size_t i = 0; i < len; i++)
        all[to->places_len + i] = more[i];
    to->places = all;
    to->places_len += len;
}

/* What those looks met at first. */
static void add_old_places(struct arena *a, struct wire_change *to,
                           const struct wire_change *of)
{
    for (size_t i = 0; i < of->places_len; i++) {
        const struct cell *c = &of->survey->cells[of->places[i].cell];
        struct cert_list *chain = arena_alloc(a, 1, sizeof *chain);
        if (!cell_leaf(of->survey, c))
            continue;
        chain->items = arena_alloc(a, c->chain_len, sizeof *chain->items);
        chain->len = c->chain_len;
        for (size_t k = 0; k < c->chain_len; k++)
            chain->items[k] = of->survey->certs[c->chain[k]];
        add_places(a, to, &(struct wire_place){ of->places[i].cell, chain }, 1);
    }
}

/* The first look, with what was kept in it, and this change, or not. */
static struct wire_change so_far(const struct here_running *r, bool back)
{
    struct wire_change all = r->now->wire;
    const struct here_plan *plan = r->run->plan;

    all.places = NULL;
    all.places_len = 0;
    for (size_t i = 0; i < plan->len; i++)
        if (r->kept[i])
            add_places(r->run->arena, &all, plan->items[i].wire.places,
                       plan->items[i].wire.places_len);
    if (back)
        add_old_places(r->run->arena, &all, &r->now->wire);
    else
        add_places(r->run->arena, &all, r->now->wire.places,
                   r->now->wire.places_len);
    return all;
}

/* The survey that the person had saved stays the first one. */
static bool look_again(const struct here_running *r, struct target_run *out,
                       struct err *err)
{
    struct look_options options = *r->run->evaluation->options;
    struct evaluation again = *r->run->evaluation;

    options.save = NULL;
    again.options = &options;
    bool looked = target_run_look(out, &again, r->run->input, err);
    r->run->evaluation->rules = again.rules; /* loaded once */
    return looked;
}

static bool compare(struct here_running *r, struct arena *a,
                    const struct wire_change *all, struct text_list *worse,
                    struct err *err)
{
    struct wire_expected expected;
    struct target_run run = { .arena = NULL };
    const struct survey *const *others = NULL;
    bool good = wire_expect(r->run->evaluation, all, &expected, err) &&
                look_again(r, &run, err) &&
                (!all->others_len ||
                 wire_others(a, r->run->evaluation, all, &others, err));

    if (good) {
        r->all_well = report_verdict(&run.report) == VERDICT_OK;
        *worse = wire_worse(a, all, &expected, &run.report);
        if (others)
            wire_worse_others(a, all, r->others, others, worse);
    }
    target_run_free(&run);
    return good;
}

/* Each port has shown what it was to show: where the whole look then meets a
 * server that is still at its reload, it is looked at again. Harm stays. */
static bool look(void *arg, struct arena *a, const struct here_change *c,
                 bool back, struct text_list *worse, struct err *err)
{
    struct here_running *r = arg;
    const struct wire_change all = so_far(r, back);
    size_t missing = 0, looks = LOOKS_MAX;

    (void)c;
    if (!wire_wait(r->run->evaluation, &all, WIRE_LIMIT_MS, &missing, err))
        return false;
    while (compare(r, a, &all, worse, err)) {
        if (!worse->len || missing || --looks == 0)
            return true;
        nanosleep(&(struct timespec){ .tv_sec = PAUSE_S }, NULL);
    }
    return false;
}

/* ---- the person ---- */

static bool say(void *arg, const char *text, struct err *err)
{
    const struct here_running *r = arg;

    return r->run->say(r->run->arg, text, err);
}

static bool agree(void *arg, bool *yes, bool *asked, struct err *err)
{
    const struct here_running *r = arg;

    *asked = *yes = true;
    return r->run->yes || r->run->agree(r->run->arg, yes, asked, err);
}

static bool tell(const struct here_run *run, const struct here_result *done,
                 struct err *err)
{
    struct buf text;

    if (run->asks_later && done->outcome == HERE_DRY)
        return true;
    buf_init(&text, run->arena, SAID_MAX);
    buf_char(&text, '\n');
    for (size_t i = 0; i < done->why.len; i++)
        buf_printf(&text, "%s\n", done->why.text[i]);
    buf_printf(&text, "%s\n", done->said);
    return run->say(run->arg, text.text, err);
}

bool here_run(const struct here_run *run, struct here_done *out,
              struct err *err)
{
    struct here_running r = { .run = run };
    const struct here_world world = { .arg = &r,
                                      .fits = fits,
                                      .fits_back = fits_back,
                                      .run = run_program,
                                      .read_back = read_back,
                                      .look = look,
                                      .say = say,
                                      .agree = agree };
    const struct here_job job = { run->arena, &world, run->journal,
                                  run->dry_run, run->is_shown };
    struct here_done done = { .len = 0 };

    r.kept = arena_alloc(run->arena, run->plan->len + 1, sizeof *r.kept);
    done.items =
        arena_alloc(run->arena, run->plan->len + 1, sizeof *done.items);
    for (; done.len < run->plan->len; done.len++) {
        struct here_result *result = &done.items[done.len];
        r.now = &run->plan->items[done.len];
        r.others = NULL;
        if (!here_apply(&job, r.now, result, err) || !tell(run, result, err))
            return false;
        r.kept[done.len] = result->outcome == HERE_KEPT;
    }
    done.all_well = r.all_well;
    *out = done;
    return true;
}

bool here_run_is_good(const struct here_done *done)
{
    for (size_t i = 0; i < done->len; i++)
        if (done->items[i].outcome != HERE_KEPT)
            return false;
    return true;
}

void here_run_json(struct arena *a, const struct here_plan *plan,
                   const struct here_done *done, struct json *to)
{
    struct json *list = json_put_array(a, to, "changes");

    json_put_texts(a, to, "not_changed", plan->said.text, plan->said.len);
    for (size_t i = 0; i < done->len; i++) {
        const struct here_change *c = &plan->items[i];
        const struct here_result *r = &done->items[i];
        struct json *row = json_add_object(a, list);
        struct json *files = NULL;
        json_put_text(a, row, "server", c->conf->kind->software);
        json_put_text(a, row, "what", c->what);
        json_put_text(a, row, "outcome",
                      table_text(here_outcome_words, (int)r->outcome));
        json_put_text(a, row, "act", r->act);
        json_put_text(a, row, "said", r->said);
        json_put_texts(a, row, "why", r->why.text, r->why.len);
        files = json_put_array(a, row, "files");
        for (size_t k = 0; k < c->files_len; k++)
            json_add_text(a, files, c->files[k].path);
        json_put_text(a, row, "check",
                      c->check ? here_command(a, c->check) : NULL);
        json_put_text(a, row, "reload",
                      c->reload ? here_command(a, c->reload) : NULL);
    }
}
