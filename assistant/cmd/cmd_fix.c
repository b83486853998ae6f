/*
 * cmd_fix - the guided session: one step at a time, looks again after each
 */
#include <string.h>

#include "base/log.h"
#include "cmd/cmd.h"
#include "cmd/fix_act.h"
#include "cmd/fix_options.h"
#include "cmd/prompt.h"
#include "cmd/session_file.h"
#include "cmd/session_list.h"
#include "run/target_run.h"

struct drive {
    struct arena *arena;
    struct fix_options *options;
    struct evaluation evaluation;
    struct prompt prompt;
    struct session session;
    const char *folder;        /* where sessions are kept, or NULL */
    struct target_run **looks; /* all of them: the session refers to them */
    size_t looks_len;
};

/* Steps for the program that the message came from, where they are not about
 * the server's own software. */
static void settle_software(struct drive *d)
{
    struct look_options *look = &d->options->look;

    if (look->software.len || !d->session.client || d->session.who == WHO_ME)
        return;
    look->software.text = arena_alloc(d->arena, 1, sizeof *look->software.text);
    look->software.text[0] = d->session.client;
    look->software.len = 1;
}

static bool look(struct drive *d, const struct turn *turn, struct turn *next,
                 struct err *err)
{
    struct target_run *e = arena_alloc(d->arena, 1, sizeof *e);

    settle_software(d);
    d->looks = arena_grow(d->arena, d->looks, d->looks_len, sizeof *d->looks);
    d->looks[d->looks_len++] = e;
    if (!target_run_look(e, &d->evaluation, turn->target, err))
        return false;
    d->session.rules = d->evaluation.rules;
    return session_seen(&d->session, &e->report, next, err);
}

/* The end of the answers is a good-bye. */
static bool ask(struct drive *d, const struct turn *turn, struct turn *next,
                struct err *err)
{
    const char *line = "quit";

    if (turn->confirms && d->options->yes) {
        line = "yes";
        prompt_echo(line);
    } else if (!prompt_ask(&d->prompt, turn->free_text, &line))
        line = "quit";
    return session_answer(&d->session, line, next, err);
}

static bool action(struct drive *d, const struct turn *turn, struct turn *next,
                   struct err *err)
{
    struct action_result result = {
        .worked = false, .said = "Nothing was done: this is a dry run."
    };

    if (!d->options->dry_run || turn->action.kind == ACT_PLAN)
        fix_act(d->arena, &d->session, &turn->action, &result);
    return session_did(&d->session, &result, next, err);
}

static bool (*const wants[])(struct drive *d, const struct turn *turn,
                             struct turn *next, struct err *err) = {
    [WANT_ANSWER] = ask,
    [WANT_LOOK] = look,
    [WANT_ACT] = action,
};

/* A session that cannot be kept goes on all the same. */
static void keep(struct drive *d)
{
    struct err err = { ERR_NONE, "" };

    if (!d->folder || d->options->dry_run)
        return;
    bool kept = d->session.number
                    ? session_file_save(d->folder, &d->session, &err)
                    : session_file_claim(d->folder, &d->session, &err);
    if (kept)
        return;
    log_note("this session cannot be kept: %s", err.text);
    d->folder = NULL;
    d->session.number = 0;
}

static void let_go(struct drive *d)
{
    bool over = d->session.phase == PHASE_OVER;

    if (over && d->folder && d->session.number)
        session_file_drop(d->folder, &d->session);
}

static bool run(struct drive *d, struct turn *turn, struct err *err)
{
    for (;;) {
        struct turn next;
        if (!command_print(turn->text, strlen(turn->text), err))
            return false;
        if (turn->want == WANT_END)
            return true;
        if (!wants[turn->want](d, turn, &next, err))
            return false;
        keep(d);
        *turn = next;
    }
}

static bool last_number(struct drive *d, int *out, struct err *err)
{
    int *numbers = NULL;
    size_t len = 0;

    if (!session_file_list(d->arena, d->folder, &numbers, &len, err))
        return false;
    if (!len)
        return err_set(err, ERR_USAGE,
                       "there is no session to go on with; \"certmend fix\" "
                       "begins one");
    *out = numbers[len - 1];
    return true;
}

/* The session's file, and the options that it was begun with. */
static bool recall(struct drive *d, char **argv, struct text_list *words,
                   struct err *err)
{
    long number = 0;
    int last = 0;

    if (words->len && !options_number(words->text[0], 1, 999999, &number, err))
        return err_add(err, "--resume");
    if (!words->len && !last_number(d, &last, err))
        return false;
    if (!session_file_load(d->arena, d->folder, number ? (int)number : last,
                           &d->session, err))
        return false;
    return fix_options_recall(d->arena, argv, &d->session.options, d->options,
                              words, err) ||
           err_add(err, "going on with session %d", d->session.number);
}

static bool resume(struct drive *d, struct turn *turn, struct err *err)
{
    d->session.options = d->options->given;
    d->session.templates = d->options->look.templates;
    return session_resume(&d->session, turn, err);
}

static bool begin(struct drive *d, const struct text_list *words,
                  struct turn *turn, struct err *err)
{
    const char *target = words->len ? words->text[0] : NULL;
    struct target read;

    if (target && !target_parse(d->arena, target, &read, err))
        return false;
    bool begun = session_begin(&d->session, d->arena,
                               d->options->look.templates, target, turn, err);
    d->session.options = d->options->given;
    if (begun)
        keep(d);
    return begun;
}

static void render_farewell(struct drive *d)
{
    prompt_farewell(
        d->session.number
            ? arena_printf(d->arena,
                           "\n\nThis is kept. Go on at any time with: "
                           "certmend fix --resume %d\n",
                           d->session.number)
            : "\n\nGood-bye.\n");
}

static enum exit_status status_of(const struct session *s)
{
    static const enum exit_status statuses[ENDING_COUNT] = {
        [ENDING_LEFT] = EXIT_FAULTS,    [ENDING_MENDED] = EXIT_CLEAN,
        [ENDING_NOTHING] = EXIT_CLEAN,  [ENDING_UNSEEN] = EXIT_UNSEEN,
        [ENDING_WAITING] = EXIT_FAULTS, [ENDING_PROVIDER] = EXIT_FAULTS,
    };

    return statuses[s->ending];
}

static bool play(struct drive *d, const struct text_list *words,
                 struct err *err)
{
    const struct fix_options *o = d->options;
    struct turn turn;

    if (!prompt_open(d->arena, o->answers, &d->prompt, err))
        return false;
    bool begun =
        evaluation_open(d->arena, &o->look, &d->evaluation, err) &&
        (o->resume ? resume(d, &turn, err) : begin(d, words, &turn, err));
    render_farewell(d);
    bool ran = begun && run(d, &turn, err);
    prompt_close(&d->prompt);
    evaluation_close(&d->evaluation);
    for (size_t i = 0; i < d->looks_len; i++)
        target_run_free(d->looks[i]);
    if (ran)
        let_go(d);
    return ran;
}

static bool open_folder(struct drive *d, struct err *err)
{
    bool needed = d->options->list || d->options->resume;

    if (session_file_folder(d->arena, &d->folder, err))
        return true;
    if (needed)
        return err_add(err, "the sessions that were kept");
    log_note("this session cannot be kept: %s", err->text);
    *err = (struct err){ ERR_NONE, "" };
    return true;
}

enum exit_status cmd_fix(struct arena *a, char **argv, struct err *err)
{
    struct fix_options o;
    struct drive d = { .arena = a, .options = &o };
    struct text_list words;

    if (!fix_options_read(a, argv, &o, &words, err))
        return EXIT_FAILED;
    look_options_settle(&o.look);
    if (words.len > 1) {
        err_set(err, ERR_USAGE,
                "one mail server was wanted, such as \"certmend fix "
                "mail.example.com\"");
        return EXIT_FAILED;
    }
    if (!open_folder(&d, err))
        return EXIT_FAILED;
    if (o.list)
        return session_list(a, d.folder, err) ? EXIT_CLEAN : EXIT_FAILED;
    if (o.resume && !recall(&d, argv, &words, err))
        return EXIT_FAILED;
    return play(&d, &words, err) ? status_of(&d.session) : EXIT_FAILED;
}
