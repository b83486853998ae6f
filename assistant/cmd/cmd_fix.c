/*
 * cmd_fix - the guided session: one step at a time, looks again after each
 */
#include <string.h>

#include "advise/software.h"
#include "base/log.h"
#include "cmd/cmd.h"
#include "cmd/fix_act.h"
#include "cmd/fix_here.h"
#include "cmd/fix_options.h"
#include "cmd/prompt.h"
#include "cmd/session_file.h"
#include "cmd/session_list.h"
#include "run/target_run.h"

struct fix_run {
    struct arena *arena;
    struct fix_options *options;
    struct evaluation evaluation;
    struct prompt prompt;
    struct session session;
    struct fix_hands hands;
    struct text_list given_software; /* on the command line */
    const char *folder;              /* where sessions are kept, or NULL */
    struct target_run **looks; /* all of them: the session refers to them */
    size_t looks_len;
};

/* What the command line says, and where that names no server, what the session
 * was told. */
static bool take_software(struct fix_run *r, struct err *err)
{
    struct text_list list = r->given_software;
    const char *told = r->session.software;
    bool is_given = false;

    for (size_t i = 0; i < list.len; i++)
        is_given = is_given || software_is_server(list.text[i]);
    if (!is_given && told && *told &&
        !software_read(r->arena, told, &list, err))
        return false;
    r->options->look.software = list;
    return true;
}

/* Steps for the program that the message came from, where they are not about
 * the server's own software. */
static void settle_software(struct fix_run *r)
{
    struct look_options *look = &r->options->look;

    if (look->software.len || !r->session.client || r->session.who == WHO_ME)
        return;
    look->software.text = arena_alloc(r->arena, 1, sizeof *look->software.text);
    look->software.text[0] = r->session.client;
    look->software.len = 1;
}

static bool look(struct fix_run *r, const struct turn *turn, struct turn *next,
                 struct err *err)
{
    struct target_run *e = arena_alloc(r->arena, 1, sizeof *e);

    if (!take_software(r, err))
        return false;
    settle_software(r);
    r->looks = arena_grow(r->arena, r->looks, r->looks_len, sizeof *r->looks);
    r->looks[r->looks_len++] = e;
    if (!target_run_look(e, &r->evaluation, turn->target, err))
        return false;
    r->session.rules = r->evaluation.rules;
    return session_seen(&r->session, &e->report, next, err);
}

/* The look that the fix was chosen on, told anew. */
static bool reword(struct fix_run *r, const struct turn *turn,
                   struct turn *next, struct err *err)
{
    struct target_run *e = r->looks[r->looks_len - 1];

    (void)turn;
    for (size_t i = 0; i < r->looks_len; i++)
        if (&r->looks[i]->report == r->session.report)
            e = r->looks[i];
    return take_software(r, err) && target_run_reword(e, err) &&
           session_reworded(&r->session, &e->report, next, err);
}

/* The end of the answers is a good-bye. */
static bool ask(struct fix_run *r, const struct turn *turn, struct turn *next,
                struct err *err)
{
    const char *line = "quit";

    if (turn->confirms && r->options->yes) {
        line = "yes";
        prompt_echo(line);
    } else if (!prompt_ask(&r->prompt, turn->free_text, &line))
        line = "quit";
    return session_answer(&r->session, line, next, err);
}

static bool action(struct fix_run *r, const struct turn *turn,
                   struct turn *next, struct err *err)
{
    struct action_result result = {
        .worked = false, .said = "Nothing was done: this is a dry run."
    };

    bool shows = turn->action.kind == ACT_PLAN || turn->action.kind == ACT_SHOW;

    r->hands.evaluation = &r->evaluation;
    r->hands.journal = r->options->journal;
    if (!r->options->dry_run || shows)
        fix_act(r->arena, &r->hands, &r->session, &turn->action, &result);
    return session_did(&r->session, &result, next, err);
}

static bool (*const wants[])(struct fix_run *r, const struct turn *turn,
                             struct turn *next, struct err *err) = {
    [WANT_ANSWER] = ask,
    [WANT_LOOK] = look,
    [WANT_WORDS] = reword,
    [WANT_ACT] = action,
};

/* A session that cannot be kept goes on all the same. */
static void keep(struct fix_run *r)
{
    struct err err = { ERR_NONE, "" };

    if (!r->folder || r->options->dry_run)
        return;
    bool kept = r->session.number
                    ? session_file_save(r->folder, &r->session, &err)
                    : session_file_claim(r->folder, &r->session, &err);
    if (kept)
        return;
    log_note("this session cannot be kept: %s", err.text);
    r->folder = NULL;
    r->session.number = 0;
}

static void let_go(struct fix_run *r)
{
    bool over = r->session.phase == PHASE_OVER;

    if (over && r->folder && r->session.number)
        session_file_drop(r->folder, &r->session);
}

static bool run(struct fix_run *r, struct turn *turn, struct err *err)
{
    for (;;) {
        struct turn next;
        if (!command_print(turn->text, strlen(turn->text), err))
            return false;
        if (turn->want == WANT_END)
            return true;
        if (!wants[turn->want](r, turn, &next, err))
            return false;
        keep(r);
        *turn = next;
    }
}

static bool last_number(struct fix_run *r, int *out, struct err *err)
{
    int *numbers = NULL;
    size_t len = 0;

    if (!session_file_list(r->arena, r->folder, &numbers, &len, err))
        return false;
    if (!len)
        return err_set(err, ERR_USAGE,
                       "there is no session to go on with; \"certmend fix\" "
                       "begins one");
    *out = numbers[len - 1];
    return true;
}

/* The session's file, and the options that it was begun with. */
static bool recall(struct fix_run *r, char **argv, struct text_list *words,
                   struct err *err)
{
    long number = 0;
    int last = 0;

    if (words->len && !options_number(words->text[0], 1, 999999, &number, err))
        return err_add(err, "--resume");
    if (!words->len && !last_number(r, &last, err))
        return false;
    if (!session_file_load(r->arena, r->folder, number ? (int)number : last,
                           &r->session, err))
        return false;
    return fix_options_recall(r->arena, argv, &r->session.options, r->options,
                              words, err) ||
           err_add(err, "going on with session %d", r->session.number);
}

static bool resume(struct fix_run *r, struct turn *turn, struct err *err)
{
    r->session.options = r->options->given;
    r->session.templates = r->options->look.templates;
    return session_resume(&r->session, turn, err);
}

static bool begin(struct fix_run *r, const struct text_list *words,
                  struct turn *turn, struct err *err)
{
    const char *target = words->len ? words->text[0] : NULL;
    struct target read;

    if (target && !target_parse(r->arena, target, &read, err))
        return false;
    bool begun = session_begin(&r->session, r->arena,
                               r->options->look.templates, target, turn, err);
    r->session.options = r->options->given;
    if (begun && r->options->here) {
        r->session.here = true;
        r->session.who = WHO_ME;
    }
    if (begun)
        keep(r);
    return begun;
}

static void render_farewell(struct fix_run *r)
{
    prompt_farewell(
        r->session.number
            ? arena_printf(r->arena,
                           "\n\nThis is kept. Go on at any time with: "
                           "certmend fix --resume %d\n",
                           r->session.number)
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

static bool play(struct fix_run *r, const struct text_list *words,
                 struct err *err)
{
    const struct fix_options *o = r->options;
    struct turn turn;

    r->given_software = o->look.software;
    if (!prompt_open(r->arena, o->answers, &r->prompt, err))
        return false;
    bool begun =
        evaluation_open(r->arena, &o->look, &r->evaluation, err) &&
        (o->resume ? resume(r, &turn, err) : begin(r, words, &turn, err));
    render_farewell(r);
    bool ran = begun && run(r, &turn, err);
    prompt_close(&r->prompt);
    fix_hands_close(&r->hands);
    evaluation_close(&r->evaluation);
    for (size_t i = 0; i < r->looks_len; i++)
        target_run_free(r->looks[i]);
    if (ran)
        let_go(r);
    return ran;
}

static bool open_folder(struct fix_run *r, struct err *err)
{
    bool needed = r->options->list || r->options->resume;

    if (session_file_folder(r->arena, &r->folder, err))
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
    struct fix_run r = { .arena = a, .options = &o };
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
    if (o.here) {
        bool goes_on = false;
        enum exit_status status = fix_here(a, &o, &words, &goes_on, err);
        if (!goes_on)
            return status;
    }
    if (!open_folder(&r, err))
        return EXIT_FAILED;
    if (o.list)
        return session_list(a, r.folder, err) ? EXIT_CLEAN : EXIT_FAILED;
    if (o.resume && !recall(&r, argv, &words, err))
        return EXIT_FAILED;
    return play(&r, &words, err) ? status_of(&r.session) : EXIT_FAILED;
}
