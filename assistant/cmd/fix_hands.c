#include "cmd/fix_hands.h"

#include <string.h>

#include "cmd/cmd.h"
#include "cmd/prompt.h"

static void close_here(struct fix_hands *h)
{
    if (h->is_open)
        here_close(&h->here);
    h->is_open = false;
}

bool fix_hands_look(struct fix_hands *h, struct err *err)
{
    fix_hands_close(h);
    h->has_look = true;
    if (!target_run_look(&h->look, h->evaluation, h->input, err))
        return false;
    h->report = &h->look.report;
    return true;
}

bool fix_hands_find(struct fix_hands *h, struct err *err)
{
    close_here(h);
    h->plan = (struct here_plan){ .len = 0 };
    h->is_open =
        here_look(h->arena, h->evaluation, h->report, "/proc", &h->here, err);
    return h->is_open && here_plan_make(h->arena, h->evaluation, h->report,
                                        &h->here, &h->plan, err);
}

void fix_hands_close(struct fix_hands *h)
{
    close_here(h);
    if (h->has_look)
        target_run_free(&h->look);
    h->has_look = false;
}

static bool say(void *arg, const char *text, struct err *err)
{
    const struct fix_hands *h = arg;

    return h->silent || command_print(text, strlen(text), err);
}

static bool is_yes(const char *line)
{
    return strcmp(line, "yes") == 0 || strcmp(line, "y") == 0;
}

static bool agree(void *arg, bool *yes, bool *asked, struct err *err)
{
    static const char question[] =
        "\nChange it so, and look at every port afterwards? Type yes or no.\n";
    struct fix_hands *h = arg;
    struct prompt prompt;
    const char *line = "no";

    if (!prompt_open(h->arena, NULL, &prompt, err))
        return false;
    *yes = false;
    *asked = prompt.terminal && !h->silent;
    bool good = !*asked || say(h, question, err);
    if (good && *asked)
        *yes = prompt_ask(&prompt, false, &line) && is_yes(line);
    prompt_close(&prompt);
    return good;
}

bool fix_hands_run(struct fix_hands *h, const struct fix_hands_how *how,
                   struct here_done *out, struct err *err)
{
    const struct here_run run = {
        .arena = h->arena,
        .evaluation = h->evaluation,
        .report = h->report,
        .input = h->input,
        .plan = &h->plan,
        .journal = h->journal,
        .dry_run = how->dry_run,
        .yes = how->yes,
        .asks_later = how->asks_later,
        .is_shown = how->is_shown,
        .arg = h,
        .say = say,
        .agree = agree,
    };

    return here_run(&run, out, err);
}
