#include "cmd/fix_here.h"

#include <unistd.h>

#include "base/log.h"
#include "cmd/cmd.h"
#include "cmd/fix_hands.h"
#include "model/target.h"
#include "run/here_tell.h"
#include "run/here_undo.h"
#include "run/target_run.h"

enum { OUTPUT_MAX = 16 * 1024 * 1024 };

static bool may_be(const struct fix_options *o, const struct text_list *words,
                   struct err *err)
{
    if (o->list || o->resume)
        return err_set(err, ERR_USAGE,
                       "--here begins anew: it goes without --list and "
                       "--resume");
    if (words->len != 1)
        return err_set(err, ERR_USAGE,
                       "the mail server that this machine is was wanted, such "
                       "as \"certmend fix mail.example.com --here\"");
    if (o->look.format == FORMAT_HTML || o->look.format == FORMAT_NAGIOS)
        return err_set(err, ERR_USAGE, "--here is told as text, json or jsonl");
    return true;
}

/* ---- what is the matter here ---- */

static bool tell_text(struct arena *a, const struct fix_hands *h,
                      struct err *err)
{
    struct buf out;

    buf_init(&out, a, OUTPUT_MAX);
    here_tell_text(a, h->report, &h->here, &out);
    for (size_t i = 0; i < h->plan.said.len; i++)
        buf_printf(&out, "%s\n", h->plan.said.text[i]);
    return command_print(out.text, out.len, err);
}

static bool tell_json(struct arena *a, const struct fix_hands *h,
                      const struct here_done *done, bool whole, struct err *err)
{
    struct json *j = report_json(a, h->report);
    struct buf out;

    buf_init(&out, a, OUTPUT_MAX);
    json_put(a, j, "here", here_tell_json(a, &h->here));
    here_run_json(a, &h->plan, done, j);
    json_print(j, whole, &out);
    return command_print(out.text, out.len, err);
}

/* ---- and what is done about it ---- */

static enum exit_status status_of(const struct fix_hands *h,
                                  const struct here_done *done)
{
    if (!done->len)
        return here_tell_status(&h->here);
    return here_run_is_good(done) && done->all_well ? EXIT_CLEAN : EXIT_FAULTS;
}

/* Something is wrong, a program was not asked for, and there is somebody to
 * talk to. */
static bool takes_session(const struct fix_options *o,
                          const struct fix_hands *h, enum exit_status status)
{
    bool answers = o->answers || isatty(STDIN_FILENO);

    return status == EXIT_FAULTS && h->here.is_here && !h->plan.len &&
           o->look.format == FORMAT_TEXT && answers && !o->yes && !o->dry_run;
}

static bool mend(struct arena *a, const struct fix_options *o,
                 struct fix_hands *h, enum exit_status *status, bool *goes_on,
                 struct err *err)
{
    const struct fix_hands_how how = { .dry_run = o->dry_run, .yes = o->yes };
    bool for_people = o->look.format == FORMAT_TEXT;
    struct here_done done = { .len = 0 };

    h->silent = !for_people;
    bool good = fix_hands_find(h, err) &&
                (!for_people || tell_text(a, h, err)) &&
                fix_hands_run(h, &how, &done, err) &&
                (for_people ||
                 tell_json(a, h, &done, o->look.format == FORMAT_JSON, err));
    if (good)
        *status = status_of(h, &done);
    *goes_on = good && takes_session(o, h, *status);
    fix_hands_close(h);
    return good;
}

/* A run that was cut short comes first: what is looked at then is whole. */
static bool recover(struct arena *a, const struct fix_options *o,
                    struct err *err)
{
    struct text_list said = { 0 };

    if (o->dry_run)
        return true;
    if (!here_undo_recover(a, o->journal, &said, err))
        return err_add(err, "a change that was cut short");
    for (size_t i = 0; i < said.len; i++)
        log_note("%s", said.text[i]);
    return true;
}

enum exit_status fix_here(struct arena *a, const struct fix_options *o,
                          const struct text_list *words, bool *goes_on,
                          struct err *err)
{
    enum exit_status status = EXIT_FAILED;
    struct evaluation j;
    struct target_run e;

    if (!may_be(o, words, err) || !recover(a, o, err) ||
        !evaluation_open(a, &o->look, &j, err))
        return EXIT_FAILED;
    bool good = target_run_look(&e, &j, words->text[0], err);
    if (good && e.survey->target.kind == TARGET_FILE)
        good = err_set(err, ERR_USAGE,
                       "a mail server was wanted, and %s is a file",
                       words->text[0]);
    struct fix_hands hands = { .arena = a,
                               .evaluation = &j,
                               .journal = o->journal,
                               .report = &e.report,
                               .input = words->text[0] };
    good = good && mend(a, o, &hands, &status, goes_on, err);
    target_run_free(&e);
    evaluation_close(&j);
    return good ? status : EXIT_FAILED;
}
