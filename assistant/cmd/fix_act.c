#include "cmd/fix_act.h"

#include <string.h>

#include "act/act_csr.h"
#include "act/hook.h"
#include "base/file.h"
#include "cmd/cmd.h"
#include "facts/cell_state.h"
#include "net/loop.h"
#include "run/issue_request.h"
#include "run/letter.h"

enum {
    LETTER_MAX = 256 * 1024,
    LETTERS_MAX = 20,
    WORDS_MAX = 60,
    SAID_MAX = 16 * 1024
};

static void fail(struct arena *a, const struct err *err,
                 struct action_result *out)
{
    *out = (struct action_result){
        .said = arena_printf(a, "That did not work: %s.", err->text)
    };
}

static enum recipient recipient(const struct session *s)
{
    if (s->who == WHO_COMPANY)
        return TO_IT;
    return s->fix && s->fix->def->actor == ACTOR_DNS &&
                   fix_def_is_for(s->fix->def, TO_DNS)
               ? TO_DNS
               : TO_PROVIDER;
}

/* A letter that was written before, and perhaps changed, stays. */
static const char *free_name(struct arena *a, const char *host)
{
    const char *name = act_csr_file_name(a, host, ".letter.txt");

    for (int i = 2; file_exists(name) && i < LETTERS_MAX; i++)
        name = act_csr_file_name(a, host, arena_printf(a, ".letter-%d.txt", i));
    return name;
}

static void write_letter(struct arena *a, struct fix_hands *hands,
                         const struct session *s, const struct action *action,
                         struct action_result *out)
{
    const struct target *asked = &s->report->survey->target;
    const char *path = free_name(a, asked->host ? asked->host : "server");
    const struct letter_request letter = { report_json(a, s->report),
                                           recipient(s), s->rules,
                                           s->templates };
    struct err err = { ERR_NONE, "" };
    struct buf text;

    (void)hands;
    (void)action;
    buf_init(&text, a, LETTER_MAX);
    if (!letter_write(a, &letter, &text, &err) ||
        !file_write(path, text.text, text.len, FILE_PUBLIC_NEW, &err)) {
        fail(a, &err, out);
        return;
    }
    *out = (struct action_result){
        .worked = true,
        .said = arena_printf(a,
                             "The letter is in %s. Read it, add your account "
                             "number, and send it. Never add your password.",
                             path),
        .file = path,
    };
}

struct action_run {
    struct arena *arena;
    struct action_result *out;
};

static void ran(void *arg, const struct hook_result *result)
{
    struct action_run *run = arg;
    const char *output =
        *result->output
            ? arena_printf(run->arena, " It said: %s", result->output)
            : "";

    *run->out = (struct action_result){
        .worked = !result->why,
        .said = arena_printf(
            run->arena, "%s%s",
            result->why ? result->why : "It ran without error.", output),
    };
}

/* Words parted by blanks, as they are; NULL behind the last. */
static bool split(struct arena *a, const char *text, const char **words,
                  size_t *n, struct err *err)
{
    static const char shells[] = "|&;<>()$`\\\"'*?[]{}~#";

    if (text[strcspn(text, shells)])
        return err_set(err, ERR_USAGE,
                       "it is run without a shell, so it may hold words only, "
                       "no quotes and no signs such as | or &&");
    while (*(text += strspn(text, " \t"))) {
        if (*n == WORDS_MAX)
            return err_set(err, ERR_USAGE, "at most %d words were wanted",
                           WORDS_MAX);
        size_t len = strcspn(text, " \t");
        words[(*n)++] = arena_text_n(a, text, len);
        text += len;
    }
    words[*n] = NULL;
    return true;
}

static bool is_program(struct arena *a, const char *word, struct err *err)
{
    return (word && hook_find(a, word)) ||
           err_set(err, ERR_USAGE, "there is no program \"%.100s\" here",
                   word ? word : "");
}

static void run_command(struct arena *a, struct fix_hands *hands,
                        const struct session *s, const struct action *action,
                        struct action_result *out)
{
    const char *words[WORDS_MAX + 1];
    struct loop *loop = NULL;
    struct action_run run = { a, out };
    struct err err = { ERR_NONE, "" };
    size_t n = 0;

    (void)hands;
    (void)s;
    if (!split(a, action->typed, words, &n, &err) ||
        !is_program(a, words[0], &err) || !loop_new(&loop, &err)) {
        fail(a, &err, out);
        return;
    }
    struct hook_job job = { .loop = loop, .arena = a, .argv = words };
    hook_run(&job, ran, &run);
    if (!loop_run(loop, &err))
        fail(a, &err, out);
    loop_free(loop);
}

static bool read_argv(struct arena *a, const char *typed, char **argv,
                      struct err *err)
{
    const char *words[WORDS_MAX + 1];
    size_t n = 0;

    if (!split(a, typed, words, &n, err))
        return false;
    argv[0] = arena_copy(a, "", 1);
    for (size_t i = 0; i < n; i++)
        argv[i + 1] = arena_copy(a, words[i], strlen(words[i]));
    return true;
}

/* What the person typed behind "request". */
static bool read_key_options(struct arena *a, const char *typed,
                             struct issue_options *out, struct err *err)
{
    static const struct option_row *const tables[] = { issue_key_rows, NULL };
    char *argv[WORDS_MAX + 2] = { NULL };
    struct text_list rest;

    if (!typed)
        return true;
    return read_argv(a, typed, argv, err) &&
           options_read(a, argv, tables, out, &rest, err) &&
           (!rest.len || err_set(err, ERR_USAGE,
                                 "\"request --key FILE\" was wanted, not "
                                 "\"%.100s\"",
                                 rest.text[0]));
}

/* A plan that keeps the key gets no new one, whatever was typed. */
static bool fill_request(struct arena *a, const struct action *action,
                         struct csr_file_request *job, struct err *err)
{
    struct issue_options how = { .key = NULL };

    if (!read_key_options(a, action->typed, &how, err))
        return false;
    job->key_path = how.key;
    job->passphrase_file = how.passphrase_file;
    return how.key || !action->keep_key ||
           err_set(err, ERR_USAGE,
                   "this fix keeps the key in use: \"request --key FILE\" was "
                   "wanted");
}

static void make_request(struct arena *a, struct fix_hands *hands,
                         const struct session *s, const struct action *action,
                         struct action_result *out)
{
    struct csr_file_request job = {
        .order = { .names = action->names, .names_len = action->names_len },
        .key_kind = KEY_KIND_EC256,
        .out_key = act_csr_file_name(a, action->names[0], ".key"),
        .out_csr = act_csr_file_name(a, action->names[0], ".csr"),
    };
    struct err err = { ERR_NONE, "" };

    (void)hands;
    (void)s;
    if (!fill_request(a, action, &job, &err) || !act_csr(a, &job, &err)) {
        fail(a, &err, out);
        return;
    }
    *out = (struct action_result){
        .worked = true,
        .said = arena_printf(
            a, "Done: %s goes to the authority, %s stays here.", job.out_csr,
            job.key_path ? job.key_path : job.out_key),
        .file = job.out_csr,
    };
}

/* What the person typed behind "order": options as of "certmend issue". */
static bool read_typed(struct arena *a, const char *typed,
                       struct issue_request *out, struct err *err)
{
    static const struct option_row *const tables[] = { issue_name_rows,
                                                       issue_option_rows,
                                                       issue_key_rows, NULL };
    char *argv[WORDS_MAX + 2] = { NULL };
    struct text_list names;

    if (!typed)
        return true;
    return read_argv(a, typed, argv, err) &&
           options_read(a, argv, tables, out, &names, err) &&
           issue_request_names(a, &names, out, err);
}

/* The session names what goes from the servers, and asks. What the store alone
 * has is another thing, and told by the order. */
static void agree(struct arena *a, const struct session *s,
                  struct issue_request *out)
{
    struct err ignored; /* what is no name is on no certificate of ours */

    JSON_EACH (name, json_find(s->fix->params, "names_that_go")) {
        bool added = name->text &&
                     wanted_names_add(a, &out->agreed, name->text, &ignored);
        (void)added;
    }
}

/* What fails where it is served is not good enough because the store has it. */
static void distrust(struct arena *a, const struct session *s,
                     struct issue_request *out)
{
    const struct survey *seen = s->report->survey;
    const char **digests = arena_alloc(a, seen->cells_len + 1, sizeof *digests);
    size_t len = 0;

    for (size_t i = 0; i < seen->cells_len; i++) {
        const struct cell *c = &seen->cells[i];
        if (cell_leaf(seen, c) && !cell_is_clean(seen, c))
            digests[len++] = cell_leaf(seen, c)->sha256_hex;
    }
    out->unfit = digests;
    out->unfit_len = len;
}

/* Each name of the plan, however many; whether it is carried out is the
 * session's to say. */
static bool read_order(struct arena *a, const struct session *s,
                       const struct action *action, struct issue_request *out,
                       struct err *err)
{
    for (size_t i = 0; i < action->names_len; i++)
        if (!wanted_names_add(a, &out->names, action->names[i], err))
            return false;
    if (!read_typed(a, action->typed, out, err))
        return false;
    if (!out->how.challenge)
        out->how.challenge = action->challenge;
    out->names.keep_key = action->keep_key;
    out->how.apply = action->kind == ACT_ORDER;
    distrust(a, s, out);
    agree(a, s, out);
    return true;
}

/* "certmend issue" itself: it says what it does while it does it. */
static void order(struct arena *a, struct fix_hands *hands,
                  const struct session *s, const struct action *action,
                  struct action_result *out)
{
    bool is_live = false;
    struct issue_request request = { .say = command_print,
                                     .is_live = &is_live };
    struct err err = { ERR_NONE, "" };

    (void)hands;
    if (!read_order(a, s, action, &request, &err)) {
        fail(a, &err, out);
        return;
    }
    enum exit_status status = issue_request(a, &request, &err);
    /* The next steps are what has its servers show it. */
    bool worked = status == EXIT_CLEAN || (status == EXIT_FAULTS && is_live);
    *out = (struct action_result){
        .worked = worked,
        .said = "The certificate is there. Install it with the next steps.",
    };
    if (err.kind != ERR_NONE)
        fail(a, &err, out);
    else if (!worked)
        out->said = "That did not work; what stands above says why.";
}

/* ---- on this machine ---- */

static const char *why_nothing(struct arena *a, const struct fix_hands *hands)
{
    struct buf text;

    buf_init(&text, a, SAID_MAX);
    if (!hands->here.is_here && hands->here.not_here)
        buf_text(&text, hands->here.not_here);
    for (size_t i = 0; i < hands->plan.said.len; i++)
        buf_printf(&text, "%s%s", text.len ? " " : "",
                   hands->plan.said.text[i]);
    return text.len ? text.text
                    : "There is nothing here that I could change myself: go "
                      "on with the steps.";
}

static bool has_outcome(const struct here_done *done, enum here_outcome outcome)
{
    for (size_t i = 0; i < done->len; i++)
        if (done->items[i].outcome == outcome)
            return true;
    return false;
}

static void show(struct arena *a, struct fix_hands *hands,
                 const struct session *s, const struct action *action,
                 struct action_result *out)
{
    const struct fix_hands_how how = { .dry_run = true, .asks_later = true };
    struct here_done done = { .len = 0 };
    struct err err = { ERR_NONE, "" };

    (void)action;
    hands->arena = a;
    hands->input = s->target;
    if (!fix_hands_look(hands, &err) || !fix_hands_find(hands, &err) ||
        !fix_hands_run(hands, &how, &done, &err)) {
        fail(a, &err, out);
        return;
    }
    *out = (struct action_result){
        .worked = has_outcome(&done, HERE_DRY),
        .said = done.len ? "I can change nothing of it myself."
                         : why_nothing(a, hands),
    };
}

static void apply(struct arena *a, struct fix_hands *hands,
                  const struct session *s, const struct action *action,
                  struct action_result *out)
{
    /* The session has asked, and what it asked about was shown. */
    const struct fix_hands_how how = { .yes = true, .is_shown = true };
    struct here_done done = { .len = 0 };
    struct err err = { ERR_NONE, "" };

    (void)s;
    (void)action;
    if (!fix_hands_run(hands, &how, &done, &err)) {
        fail(a, &err, out);
        return;
    }
    bool good = here_run_is_good(&done);
    *out = (struct action_result){
        .worked = good,
        .said = good ? "That is installed."
                     : "Not all of it is done; what stands above says why.",
    };
}

static void (*const rows[ACT_COUNT])(struct arena *a, struct fix_hands *hands,
                                     const struct session *s,
                                     const struct action *action,
                                     struct action_result *out) = {
    [ACT_REQUEST] = make_request, [ACT_LETTER] = write_letter,
    [ACT_RUN] = run_command,      [ACT_PLAN] = order,
    [ACT_ORDER] = order,          [ACT_SHOW] = show,
    [ACT_APPLY] = apply,
};

void fix_act(struct arena *a, struct fix_hands *hands, const struct session *s,
             const struct action *action, struct action_result *out)
{
    *out = (struct action_result){ .said = "I cannot do that yet." };
    if (rows[action->kind])
        rows[action->kind](a, hands, s, action, out);
}
