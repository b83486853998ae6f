#include "run/here_apply.h"

#include <assert.h>
#include <signal.h>
#include <string.h>

#include "base/folder.h"
#include "run/here_undo.h"

enum { SHOWN_MAX = 8 * 1024 * 1024, SAID_MAX = 8 * 1024 };

const struct word here_outcome_words[] = {
    { "kept", HERE_KEPT },         { "taken_back", HERE_BACK },
    { "printed", HERE_PRINTED },   { "refused", HERE_REFUSED },
    { "declined", HERE_DECLINED }, { "dry_run", HERE_DRY },
    { "worse", HERE_WORSE },       { NULL, HERE_OUTCOME_COUNT },
};
static_assert(sizeof here_outcome_words / sizeof *here_outcome_words ==
                  HERE_OUTCOME_COUNT + 1,
              "a word for each outcome");

struct applying {
    struct arena *arena;
    const struct here_job *job;
    const struct here_world *world;
    const struct here_change *change;
    struct journal *journal; /* NULL: no file is changed */
    struct act act;
    struct here_result result;
};

static const char *server_of(const struct applying *w)
{
    return w->change->server;
}

static bool end(struct applying *w, enum here_outcome outcome, const char *said)
{
    w->result.outcome = outcome;
    w->result.said = said;
    return true;
}

static void because(struct applying *w, const struct text_list *why)
{
    for (size_t i = 0; i < why->len; i++)
        text_list_add_new(w->arena, &w->result.why, why->text[i]);
}

static void because_of(struct applying *w, const char *why)
{
    text_list_add_new(w->arena, &w->result.why, why);
}

/* ---- programs of the server ---- */

/* NULL: it ended well; else one sentence why not. */
static const char *run_words(struct applying *w, const char *const *argv)
{
    struct program_answer answer = { .complaint = "" };
    const char *line = here_command(w->arena, argv);
    struct err err;

    if (!w->world->run(w->world->arg, w->arena, w->change, argv, &answer, &err))
        return arena_printf(w->arena, "%s: %s.", line, err.text);
    if (answer.status == 0)
        return NULL;
    const char *how =
        answer.status < 0
            ? "did not end in time"
            : arena_printf(w->arena, "ended with status %d", answer.status);
    return *answer.complaint ? arena_printf(w->arena, "%s %s and said: %s",
                                            line, how, answer.complaint)
                             : arena_printf(w->arena, "%s %s.", line, how);
}

/* ---- all back ---- */

static const char *undo_line(const struct applying *w)
{
    return arena_printf(w->arena, "certmend undo %s", w->act.id);
}

/* Somebody changed a file in between: theirs counts. */
static bool leave_to_person(struct applying *w, const struct err *err)
{
    if (w->act.state == ACT_CONFLICT)
        return end(
            w, HERE_WORSE,
            arena_printf(w->arena,
                         "It was no better, and it was not taken back: %s has "
                         "been changed by somebody else meanwhile. What it was "
                         "before, and what it was to be: %s",
                         w->act.conflict ? w->act.conflict : "a file",
                         act_conflict_text(w->arena, &w->act)));
    return end(w, HERE_WORSE,
               arena_printf(w->arena,
                            "It was no better, and taking it back failed: %s. "
                            "Try again with: %s",
                            err->text, undo_line(w)));
}

static bool look_back(struct applying *w, struct err *err)
{
    struct text_list worse = { 0 };

    if (!w->world->look(w->world->arg, w->arena, w->change, true, &worse, err))
        return false;
    because(w, &worse);
    if (worse.len)
        return end(w, HERE_WORSE,
                   arena_printf(w->arena,
                                "Every file is as it was before, byte for "
                                "byte, but %s is not: look at it now.",
                                server_of(w)));
    return end(w, HERE_BACK,
               "It was no better, so it was taken back: every file is as it "
               "was before, byte for byte, and so are the ports.");
}

/* Only what it can read is it told to. */
static bool reload_back(struct applying *w, struct err *err)
{
    struct text_list broken = { 0 };

    if (!w->world->fits_back(w->world->arg, w->change, &broken, err))
        return false;
    because(w, &broken);
    if (broken.len)
        return end(w, HERE_WORSE,
                   arena_printf(w->arena,
                                "Every file is as it was before, byte for "
                                "byte; %s was not told to read them, as it "
                                "would stop serving TLS: look at it now.",
                                server_of(w)));
    const char *no = run_words(w, w->change->reload);
    if (no)
        because_of(w, no);
    return look_back(w, err);
}

/* `reloaded`: the server may have read the new files. */
static bool take_back(struct applying *w, bool reloaded, struct err *err)
{
    struct err why = { ERR_NONE, "" };

    if (!act_take_back(w->journal, &w->act, &why) ||
        w->act.state == ACT_CONFLICT)
        return leave_to_person(w, &why);
    if (reloaded && !reload_back(w, err))
        return false;
    if (!reloaded)
        end(w, HERE_BACK,
            arena_printf(w->arena,
                         "Every file is as it was before, byte for byte; %s "
                         "was not told to read them.",
                         server_of(w)));
    return act_mark(w->journal, &w->act, ACT_UNDONE, err);
}

/* ---- forward ---- */

/* An editor that was open all the time has saved: what it wrote is served from
 * the next reload on. */
static void see_files(struct applying *w)
{
    const char *other = NULL;
    struct err err;

    if (!act_is_whole(w->journal, &w->act, &other, &err))
        because_of(w, arena_printf(w->arena, "%s.", err.text));
    else if (other)
        because_of(w, arena_printf(w->arena,
                                   "%s has been changed by somebody else "
                                   "meanwhile: look whether both changes are "
                                   "in it.",
                                   other));
}

static void tell_kept(struct applying *w)
{
    const struct here_change *c = w->change;
    const char **paths = arena_alloc(w->arena, c->files_len + 1, sizeof *paths);
    struct buf said;

    buf_init(&said, w->arena, SAID_MAX);
    for (size_t i = 0; i < c->files_len; i++)
        paths[i] = c->files[i].path;
    if (c->files_len) {
        buf_text(&said, "Changed ");
        text_list_tell(&said, paths, c->files_len);
        buf_text(&said, ". ");
    }
    buf_printf(&said,
               "%s has read %s again, and every port that was to show the "
               "right certificate does; all others are as before.",
               server_of(w), c->files_len ? "it" : "its files");
    if (c->files_len)
        buf_printf(&said, " To take it back: %s", undo_line(w));
    end(w, HERE_KEPT, said.text);
}

static bool no_better(struct applying *w, const struct text_list *worse,
                      struct err *err)
{
    because(w, worse);
    if (w->journal)
        return take_back(w, true, err);
    return end(w, HERE_WORSE,
               arena_printf(w->arena,
                            "%s has read its files again, and it is not as it "
                            "should be. No file was changed, so there is none "
                            "to take back.",
                            server_of(w)));
}

/* The files are right: now the server is to show it. */
static bool reload(struct applying *w, struct err *err)
{
    struct text_list worse = { 0 };
    struct err failed;
    const char *no = run_words(w, w->change->reload);

    if (no) {
        because_of(w, no);
        return w->journal ? take_back(w, true, err)
                          : end(w, HERE_WORSE,
                                arena_printf(w->arena,
                                             "%s could not be told to read its "
                                             "files again.",
                                             server_of(w)));
    }
    if (w->journal && !act_mark(w->journal, &w->act, ACT_RELOADED, err))
        return false;
    if (!w->world->look(w->world->arg, w->arena, w->change, false, &worse,
                        &failed))
        text_list_add(w->arena, &worse,
                      arena_printf(w->arena, "%s.", failed.text));
    if (worse.len)
        return no_better(w, &worse, err);
    if (w->journal && !act_mark(w->journal, &w->act, ACT_KEPT, err))
        return false;
    if (w->journal)
        see_files(w);
    tell_kept(w);
    return true;
}

static bool prove_files(struct applying *w, const char **no, struct err *err)
{
    const struct here_change *c = w->change;

    *no = c->check ? run_words(w, c->check) : NULL;
    return *no || w->world->read_back(w->world->arg, w->arena, c, no, err);
}

/* Somebody was faster, or the disk is full: every file is as it was. */
static bool not_applied(struct applying *w, const struct err *why)
{
    because_of(w, arena_printf(w->arena, "%s.", why->text));
    return end(w, HERE_REFUSED, "Nothing was changed.");
}

static bool change_files(struct applying *w, struct err *err)
{
    const char *no = NULL;
    struct err why;

    if (!act_apply(w->journal, &w->act, &why))
        return not_applied(w, &why);
    if (!prove_files(w, &no, &why))
        no = arena_printf(w->arena, "%s.", why.text);
    if (!no)
        return reload(w, err);
    because_of(w, no);
    return take_back(w, false, err);
}

/* Acts of a run that was cut short come first. */
static bool finish_recovery(struct applying *w,
                            const struct journal_recovery *found,
                            struct err *err)
{
    struct text_list said = { 0 };
    bool good = here_undo_recovered(w->arena, w->journal, found, &said, err);

    for (size_t i = 0; good && i < said.len; i++)
        good = w->world->say(w->world->arg,
                             arena_printf(w->arena, "%s\n", said.text[i]), err);
    return good;
}

/* Of a file that is new: DIR/hooks/NAME/reload-postfix. */
static bool make_folders(struct arena *a, const struct act_intent *intent,
                         struct err *err)
{
    for (size_t i = 0; i < intent->files_len; i++) {
        const char *path = intent->files[i].path;
        size_t len = (size_t)(strrchr(path, '/') - path);
        if (!intent->files[i].before &&
            !folder_make(arena_text_n(a, path, len), FOLDER_PRIVATE, err))
            return false;
    }
    return true;
}

static bool begin(struct applying *w, const struct act_intent *intent,
                  struct err *err)
{
    struct err why;

    if (!make_folders(w->arena, intent, &why) ||
        !act_begin(w->journal, intent, &w->act, &why))
        return not_applied(w, &why);
    w->result.act = w->act.id;
    return change_files(w, err);
}

static bool with_journal(struct applying *w, struct err *err)
{
    const struct here_change *c = w->change;
    const struct act_intent intent = {
        .what = c->what,
        .target = c->wire.survey ? c->wire.survey->target.input : c->server,
        .files = c->files,
        .files_len = c->files_len,
        .check = c->check,
        .reload = c->reload,
    };
    struct journal_recovery found = { .said = NULL };

    const char *folder = w->job->journal ? w->job->journal : journal_default;
    if (!journal_open(w->arena, folder, &w->journal, &found, err))
        return false;
    bool good = finish_recovery(w, &found, err) && begin(w, &intent, err);
    journal_close(w->journal);
    return good;
}

/* Ctrl-C between two of its files would leave it to the next run. */
static bool carry_out(struct applying *w, struct err *err)
{
    sigset_t ours, before;

    sigemptyset(&ours);
    sigaddset(&ours, SIGINT);
    sigaddset(&ours, SIGTERM);
    sigaddset(&ours, SIGHUP);
    sigprocmask(SIG_BLOCK, &ours, &before);
    bool good = w->change->files_len ? with_journal(w, err) : reload(w, err);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return good;
}

/* ---- before anything is touched ---- */

static bool show(struct applying *w, struct err *err)
{
    struct buf text;

    buf_init(&text, w->arena, SHOWN_MAX);
    here_change_show(w->change, &text);
    if (text.full)
        return err_set(err, ERR_INPUT, "%s: the change is too long to be shown",
                       server_of(w));
    return w->world->say(w->world->arg, text.text, err);
}

static bool print_only(struct applying *w)
{
    because_of(w, w->change->print_only);
    return end(w, HERE_PRINTED,
               arena_printf(w->arena,
                            "Nothing was changed: that is yours to do. %s",
                            w->change->print_only));
}

static bool refuse(struct applying *w, const struct text_list *faults)
{
    because(w, faults);
    return end(w, HERE_REFUSED,
               arena_printf(w->arena,
                            "Nothing was touched: with these files %s would "
                            "be worse off than now.",
                            server_of(w)));
}

static bool decide(struct applying *w, bool *yes, struct err *err)
{
    bool asked = true;

    if (!w->world->agree(w->world->arg, yes, &asked, err))
        return false;
    if (*yes)
        return true;
    return end(w, HERE_DECLINED,
               asked ? "Nothing was changed."
                     : "Nothing was changed: there is no terminal to say yes "
                       "at. Say it with --yes.");
}

static bool step(struct applying *w, struct err *err)
{
    struct text_list faults = { 0 };
    bool yes = false;

    if (!w->world->fits(w->world->arg, w->change, &faults, err))
        return false;
    if (!w->change->print_only && faults.len)
        return refuse(w, &faults);
    if (!w->job->is_shown && !show(w, err))
        return false;
    if (w->change->print_only)
        return print_only(w);
    if (w->job->dry_run)
        return end(w, HERE_DRY, "Nothing was changed: this is a dry run.");
    if (!decide(w, &yes, err))
        return false;
    if (!yes)
        return true;
    /* A person takes their time, and files change. */
    if (!w->world->fits(w->world->arg, w->change, &faults, err))
        return false;
    return faults.len ? refuse(w, &faults) : carry_out(w, err);
}

bool here_apply(const struct here_job *job, const struct here_change *c,
                struct here_result *out, struct err *err)
{
    struct applying w = {
        .arena = job->arena, .job = job, .world = job->world, .change = c
    };

    if (!step(&w, err))
        return err_add(err, "%s", c->server);
    *out = w.result;
    return true;
}
