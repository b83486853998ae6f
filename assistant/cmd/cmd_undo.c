/*
 * cmd_undo - takes back what "fix --here" changed, byte for byte
 *
 * What is to happen is told and asked first. It asks no server whether it is
 * well: files get their old bytes whatever state it is in; whether it is told
 * to read them is run/here_undo.h.
 */
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/near.h"
#include "cmd/cmd.h"
#include "cmd/prompt.h"
#include "run/here_change.h"
#include "run/here_undo.h"
#include "run/options.h"

enum { TEXT_MAX = 1024 * 1024 };

static const char nothing[] = "There is nothing to take back.";

struct undo_options {
    const char *journal;
    bool list, yes;
};

#define AT(field) offsetof(struct undo_options, field)

static const struct option_row rows[] = {
    { .name = "list",
      .about = "what was changed, and what became of it; changes nothing",
      .at = AT(list) },
    { .name = "yes", .about = "without being asked", .at = AT(yes) },
    { .name = "journal",
      .value = "DIR",
      .about = "where the changes are written down; default "
               "/var/lib/certmend/acts",
      .at = AT(journal) },
    { .name = NULL },
};

static const struct word state_phrases[] = {
    { "not finished", ACT_BEGUN },
    { "not finished", ACT_APPLIED },
    { "not finished", ACT_RELOADED },
    { "stands", ACT_KEPT },
    { "somebody else has changed a file of it since then", ACT_CONFLICT },
    { "taken back; its server is to be told yet", ACT_RESTORED },
    { "taken back", ACT_UNDONE },
    { NULL, ACT_STATE_COUNT },
};

struct undoing {
    struct arena *arena;
    const struct undo_options *options;
    struct journal *journal;
    enum exit_status status;
};

static bool say(const struct buf *text, struct err *err)
{
    return log_is_quiet() || command_print(text->text, text->len, err);
}

static bool say_all(const struct undoing *u, const struct text_list *said,
                    struct err *err)
{
    struct buf text;

    buf_init(&text, u->arena, TEXT_MAX);
    for (size_t i = 0; i < said->len; i++)
        buf_printf(&text, "%s\n", said->text[i]);
    return say(&text, err);
}

static void tell_head(struct arena *a, const struct act *act, struct buf *out)
{
    buf_printf(out, "%s  %s, %s\n  %s", act->id, clock_moment(a, act->at),
               table_text(state_phrases, (int)act->state), act->what);
    if (act->target)
        buf_printf(out, " (for %s)", act->target);
    buf_char(out, '\n');
    for (size_t i = 0; i < act->paths_len; i++)
        buf_printf(out, "  %s\n", act->paths[i]);
}

static bool list(struct arena *a, const char *folder, struct err *err)
{
    struct act *const *acts = NULL;
    struct buf text;
    size_t len = 0;

    if (!journal_look(a, folder, &acts, &len, err))
        return false;
    buf_init(&text, a, TEXT_MAX);
    for (size_t i = len; i-- > 0;)
        tell_head(a, acts[i], &text);
    if (!len)
        buf_printf(&text, "Nothing was changed by \"certmend fix --here\".\n");
    return command_print(text.text, text.len, err);
}

static bool not_known(struct arena *a, struct act *const *acts, size_t len,
                      const char *id, struct err *err)
{
    struct near_search n = { id, NULL, 0 };

    for (size_t i = 0; i < len; i++)
        near_try(&n, acts[i]->id, acts[i]->id);
    return err_set(err, ERR_USAGE,
                   "there is no change called \"%s\"%s; \"certmend undo "
                   "--list\" names them",
                   arena_printable(a, id, strlen(id)),
                   n.best ? arena_printf(a, "; did you mean \"%s\"?", n.best)
                          : "");
}

/* *out stays NULL: there is none to take back. */
static bool choose(struct undoing *u, const char *id, struct act **out,
                   struct err *err)
{
    struct act *const *acts = NULL;
    size_t len = 0;

    if (!journal_list(u->journal, &acts, &len, err))
        return false;
    for (size_t i = len; i-- > 0 && !*out;)
        if (id ? strcmp(acts[i]->id, id) == 0 : acts[i]->state != ACT_UNDONE)
            *out = acts[i];
    return *out || !id || not_known(u->arena, acts, len, id, err);
}

static bool tell_plan(const struct undoing *u, const struct act *act,
                      struct err *err)
{
    struct buf text;

    buf_init(&text, u->arena, TEXT_MAX);
    buf_text(&text, "This is taken back:\n");
    tell_head(u->arena, act, &text);
    buf_printf(&text, "%s gets its old text back, to the byte%s",
               act->paths_len == 1 ? "The file" : "Each of the files",
               act->reload ? "; then the server is told:\n  " : ".");
    if (act->reload)
        buf_text(&text, here_command(u->arena, act->reload));
    buf_char(&text, '\n');
    return say(&text, err);
}

/* A person at a terminal is asked; nobody else is taken to have said yes. */
static bool agrees(const struct undoing *u, bool *yes, struct err *err)
{
    static const char question[] = "Shall it be taken back? [y/N]\n";
    struct prompt prompt;
    const char *line = NULL;

    *yes = u->options->yes;
    if (*yes)
        return true;
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return err_set(err, ERR_USAGE,
                       "nothing was taken back, as nobody could be asked: "
                       "--yes does it without asking");
    if (!command_print(question, sizeof question - 1, err) ||
        !prompt_open(u->arena, NULL, &prompt, err))
        return false;
    *yes = prompt_ask(&prompt, false, &line) &&
           (strcmp(line, "y") == 0 || strcmp(line, "yes") == 0);
    prompt_close(&prompt);
    return true;
}

static bool tell_conflict(struct undoing *u, const struct act *act,
                          struct err *err)
{
    struct buf text;

    u->status = EXIT_FAULTS;
    buf_init(&text, u->arena, TEXT_MAX);
    buf_printf(&text,
               "Nothing was taken back: somebody else has changed %s since "
               "then, and that stays as it is.\n%s\n",
               act->conflict, act_conflict_text(u->arena, act));
    return command_print(text.text, text.len, err);
}

static bool take_back(struct undoing *u, struct act *act, struct err *err)
{
    struct text_list said = { NULL, 0 };
    bool told = true;

    if (!act_take_back(u->journal, act, err))
        return false;
    if (act->state == ACT_CONFLICT)
        return tell_conflict(u, act, err);
    text_list_add(u->arena, &said, "Taken back.");
    if (act->state == ACT_RESTORED &&
        !here_undo_reload(u->arena, u->journal, act, &said, &told, err))
        return false;
    if (!told)
        u->status = EXIT_FAULTS;
    return say_all(u, &said, err);
}

static bool run(struct undoing *u, const char *id, struct err *err)
{
    struct text_list said = { NULL, 0 };
    struct act *act = NULL;
    bool yes = false;

    if (!choose(u, id, &act, err))
        return false;
    if (!act || act->state == ACT_UNDONE) {
        text_list_add(u->arena, &said,
                      act ? "That has been taken back already." : nothing);
        return say_all(u, &said, err);
    }
    if (!tell_plan(u, act, err) || !agrees(u, &yes, err))
        return false;
    if (yes)
        return take_back(u, act, err);
    text_list_add(u->arena, &said, "Nothing was done.");
    return say_all(u, &said, err);
}

static bool open_and_run(struct undoing *u, const char *folder, const char *id,
                         struct err *err)
{
    struct journal_recovery found = { .said = NULL };
    struct text_list said = { NULL, 0 };

    /* Nothing was ever changed here: no journal is made for that. */
    if (!journal_is_there(folder)) {
        text_list_add(u->arena, &said, nothing);
        return id ? not_known(u->arena, NULL, 0, id, err)
                  : say_all(u, &said, err);
    }
    if (!journal_open(u->arena, folder, &u->journal, &found, err))
        return false;
    bool good = here_undo_recovered(u->arena, u->journal, &found, &said, err) &&
                say_all(u, &said, err) && run(u, id, err);
    journal_close(u->journal);
    return good;
}

enum exit_status cmd_undo(struct arena *a, char **argv, struct err *err)
{
    static const struct option_row *const tables[] = { rows, options_quiet,
                                                       NULL };
    struct undo_options o = { .journal = NULL };
    struct undoing u = { .arena = a, .options = &o, .status = EXIT_CLEAN };
    struct text_list words;

    if (!options_read(a, argv, tables, &o, &words, err))
        return EXIT_FAILED;
    if (words.len > 1 || (words.len && o.list)) {
        err_set(err, ERR_USAGE,
                "one change at a time, such as \"certmend undo ACT\"; "
                "\"certmend undo --list\" names them");
        return EXIT_FAILED;
    }
    const char *folder = o.journal ? o.journal : journal_default;
    bool good = o.list ? list(a, folder, err)
                       : open_and_run(&u, folder,
                                      words.len ? words.text[0] : NULL, err);
    return good ? u.status : EXIT_FAILED;
}
