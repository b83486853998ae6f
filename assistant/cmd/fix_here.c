#include "cmd/fix_here.h"

#include "cmd/cmd.h"
#include "model/target.h"
#include "run/here_tell.h"
#include "run/target_run.h"

enum { OUTPUT_MAX = 16 * 1024 * 1024 };

static bool may_be(const struct fix_options *o, const struct text_list *words,
                   struct err *err)
{
    if (o->list || o->resume || o->answers)
        return err_set(err, ERR_USAGE,
                       "--here is no session: it goes without --list, "
                       "--resume and --answers");
    if (words->len != 1)
        return err_set(err, ERR_USAGE,
                       "the mail server that this machine is was wanted, such "
                       "as \"certmend fix mail.example.com --here\"");
    if (o->look.format == FORMAT_HTML || o->look.format == FORMAT_NAGIOS)
        return err_set(err, ERR_USAGE, "--here is told as text, json or jsonl");
    return true;
}

static void render(struct arena *a, enum format format, const struct report *r,
                   const struct here_report *h, struct buf *out)
{
    if (format == FORMAT_TEXT) {
        here_tell_text(a, r, h, out);
        return;
    }
    struct json *j = report_json(a, r);
    json_put(a, j, "here", here_tell_json(a, h));
    json_print(j, format == FORMAT_JSON, out);
}

static bool tell(struct arena *a, struct evaluation *j, const struct report *r,
                 enum exit_status *status, struct err *err)
{
    struct here_report here = { .is_here = false };
    struct buf out;

    if (!here_look(a, j, r, "/proc", &here, err))
        return false;
    buf_init(&out, a, OUTPUT_MAX);
    render(a, j->options->format, r, &here, &out);
    *status = here_tell_status(&here);
    here_close(&here);
    return command_print(out.text, out.len, err);
}

enum exit_status fix_here(struct arena *a, const struct fix_options *o,
                          const struct text_list *words, struct err *err)
{
    enum exit_status status = EXIT_FAILED;
    struct evaluation j;
    struct target_run e;

    if (!may_be(o, words, err) || !evaluation_open(a, &o->look, &j, err))
        return EXIT_FAILED;
    bool good = target_run_look(&e, &j, words->text[0], err);
    if (good && e.survey->target.kind == TARGET_FILE)
        good = err_set(err, ERR_USAGE,
                       "a mail server was wanted, and %s is a file",
                       words->text[0]);
    good = good && tell(a, &j, &e.report, &status, err);
    target_run_free(&e);
    evaluation_close(&j);
    return good ? status : EXIT_FAILED;
}
