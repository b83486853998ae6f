/*
 * cmd_ticket - the letter to the hosting provider and his like
 *
 * Looks as "check" does, or reads a saved survey or JSON report, and writes
 * plain text in short lines, for a web form.
 */
#include <stddef.h>
#include <string.h>

#include "base/json_file.h"
#include "base/log.h"
#include "cmd/cmd.h"
#include "model/survey_json.h"
#include "run/fleet.h"
#include "run/letters.h"

enum { SAVED_MAX = 64 * 1024 * 1024, LETTER_MAX = 256 * 1024 };

struct ticket_options {
    struct look_options look; /* first: its rows are read into this struct */
    enum recipient to;
    const char *from, *all;
};

static bool set_to(struct arena *a, void *into, const char *value,
                   struct err *err)
{
    struct ticket_options *o = into;

    int to = table_code(recipient_words, value);

    (void)a;
    if (to == TO_COUNT)
        return err_set(err, ERR_USAGE,
                       "provider, it, dns or seller was wanted, not \"%.40s\"",
                       value);
    o->to = (enum recipient)to;
    return true;
}

static const struct option_row rows[] = {
    { .name = "to",
      .value = "WHOM",
      .about = "provider (default), it, dns or seller",
      .set = set_to },
    { .name = "from",
      .value = "FILE",
      .about = "write it from this survey or JSON report; with --all from "
               "lines of \"check --format jsonl\"",
      .at = offsetof(struct ticket_options, from) },
    { .name = "all",
      .value = "DIR",
      .about = "one letter a provider into DIR, for any number of targets, or "
               "\"-\"",
      .at = offsetof(struct ticket_options, all) },
    { .name = NULL },
};

struct letter {
    struct arena *arena;
    const struct ticket_options *options;
    struct evaluation evaluation;
    const struct json *report;
};

static bool look(struct letter *l, const char *input, struct err *err)
{
    struct target_run e;

    if (target_run_look(&e, &l->evaluation, input, err))
        l->report = report_json(l->arena, &e.report);
    target_run_free(&e);
    return l->report != NULL;
}

static bool is_report(const struct json *doc)
{
    const char *schema = json_find_text(doc, "schema");

    return schema && strcmp(schema, "certmend.report/1") == 0;
}

static bool read_saved(struct letter *l, const char *path, struct err *err)
{
    struct json *doc = NULL;
    struct survey *s = NULL;
    struct report report;

    if (!json_file_read(l->arena, path, SAVED_MAX, &doc, err))
        return false;
    if (is_report(doc)) {
        l->report = doc;
        return true;
    }
    if (!survey_from_json(l->arena, doc, path, &s, err) ||
        !evaluation_saved(&l->evaluation, s, &report, err))
        return false;
    l->report = report_json(l->arena, &report);
    return true;
}

/* Nothing to complain about: that is said in place of a letter. */
static enum exit_status finish(struct letter *l, struct err *err)
{
    const char *verdict = json_find_text(l->report, "verdict");
    bool wrong = verdict && strcmp(verdict, "problems") == 0;
    bool fine = verdict && strcmp(verdict, "ok") == 0;
    const struct letter_request letter = { l->report, l->options->to,
                                           l->evaluation.rules,
                                           l->options->look.templates };
    struct buf out;

    buf_init(&out, l->arena, LETTER_MAX);
    if (!wrong)
        buf_printf(&out, "%s, so there is no letter to write.\n",
                   fine ? "Nothing is wrong" : "Nothing could be looked at");
    else if (!letter_write(l->arena, &letter, &out, err))
        return EXIT_FAILED;
    if (!command_print(out.text, out.len, err))
        return EXIT_FAILED;
    return wrong ? EXIT_FAULTS : fine ? EXIT_CLEAN : EXIT_UNSEEN;
}

/* ---- one letter a provider ---- */

struct all_letters {
    struct letters letters;
    struct evaluation evaluation;
};

static bool one_done(void *arg, const struct fleet_result *r, struct err *err)
{
    struct all_letters *all = arg;

    if (r->err)
        log_error(r->err);
    else if (!letters_add(&all->letters, report_json(r->arena, r->report), err))
        return false;
    return true;
}

static bool look_at_all(struct all_letters *all, const struct text_list *words,
                        struct err *err)
{
    struct fleet fleet = { .arena = all->letters.arena,
                           .evaluation = &all->evaluation,
                           .done = one_done,
                           .arg = all };

    if (!fleet_add_words(&fleet, words, err) || !fleet_run(&fleet, err))
        return false;
    all->letters.status = exit_graver(all->letters.status, fleet.status);
    return true;
}

static bool write_all(struct all_letters *all, const char *dir, struct err *err)
{
    struct letters *l = &all->letters;
    struct buf told;

    buf_init(&told, l->arena, LETTER_MAX);
    if (!letters_write(l, dir, &told, err))
        return false;
    for (size_t i = 0; i < l->not_theirs.len; i++)
        log_note("%s: no provider has to do anything; \"certmend check\" "
                 "says who has",
                 l->not_theirs.text[i]);
    if (!l->len)
        buf_text(&told, "There is no letter to write.\n");
    return command_print(told.text, told.len, err);
}

static enum exit_status ticket_all(struct arena *a,
                                   const struct ticket_options *o,
                                   const struct text_list *words,
                                   struct err *err)
{
    struct all_letters all = { .letters = { .arena = a,
                                            .templates = o->look.templates } };

    if (o->to != TO_PROVIDER) {
        err_set(err, ERR_USAGE,
                "--all writes to providers; leave --to out, or write one "
                "letter at a time");
        return EXIT_FAILED;
    }
    if (o->from && words->len) {
        err_set(err, ERR_USAGE,
                "--from has the targets already; leave %.100s out",
                words->text[0]);
        return EXIT_FAILED;
    }
    if (!evaluation_open(a, &o->look, &all.evaluation, err))
        return EXIT_FAILED;
    all.letters.rules = all.evaluation.rules;
    bool done = (o->from ? letters_add_lines(&all.letters, o->from, err)
                         : look_at_all(&all, words, err)) &&
                write_all(&all, o->all, err);
    evaluation_close(&all.evaluation);
    return done ? all.letters.status : EXIT_FAILED;
}

enum exit_status cmd_ticket(struct arena *a, char **argv, struct err *err)
{
    static const struct option_row *const tables[] = { rows, look_option_rows,
                                                       NULL };
    struct ticket_options o = { .to = TO_PROVIDER };
    struct letter l = { .arena = a, .options = &o };
    struct text_list words;

    look_options_init(&o.look);
    if (!options_read(a, argv, tables, &o, &words, err))
        return EXIT_FAILED;
    look_options_settle(&o.look);
    if (o.all)
        return ticket_all(a, &o, &words, err);
    if (words.len != (o.from ? 0 : 1)) {
        err_set(err, ERR_USAGE,
                "one mail server was wanted, such as \"certmend ticket "
                "mail.example.com\", or --from and a saved survey or report");
        return EXIT_FAILED;
    }
    if (!evaluation_open(a, &o.look, &l.evaluation, err))
        return EXIT_FAILED;
    bool known =
        o.from ? read_saved(&l, o.from, err) : look(&l, words.text[0], err);
    evaluation_close(&l.evaluation);
    if (!known) {
        err_add(err, "no letter could be written");
        return EXIT_FAILED;
    }
    return finish(&l, err);
}
