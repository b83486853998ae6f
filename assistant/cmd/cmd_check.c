/*
 * cmd_check - look, judge, advise; changes nothing
 */
#include <stddef.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "cmd/cmd.h"
#include "net/loop.h"
#include "run/lineages.h"
#include "run/target_run.h"

enum {
    REPORT_MAX = 16 * 1024 * 1024,
    TARGETS_MAX = 64 * 1024 * 1024, /* bytes on standard input */
    CELLS_A_TARGET = 16,            /* about; keeps --jobs cells busy */
};

/* All targets of one command, in the order they were given. */
struct fleet {
    struct arena *arena;
    struct evaluation evaluation;
    struct probe *probe;
    struct target_run *exams;
    const char **inputs;
    struct evaluation *own; /* one for each, where they expect different
                               certificates; or NULL */
    struct buf *texts;      /* what is to be printed for each */
    bool *ended;
    size_t len;
    size_t started, running, done, at_once;
    size_t printed, shown; /* done with; of these, had a report */
    bool starting;
    enum exit_status status;
    struct err err; /* the output could not be written */
};

/* 1 if any is 1, else 3 if any is 3; our own failure beats both. */
static void add_status(struct fleet *f, enum exit_status status)
{
    static const int graver[] = {
        [EXIT_CLEAN] = 0,
        [EXIT_UNSEEN] = 1,
        [EXIT_FAULTS] = 2,
        [EXIT_FAILED] = 3,
    };

    if (graver[status] > graver[f->status])
        f->status = status;
}

static void print_text(struct fleet *f, const char *text, size_t len)
{
    if (f->err.kind != ERR_NONE || command_print(text, len, &f->err))
        return;
    f->status = EXIT_FAILED; /* nobody would hear of what is looked at now */
    loop_stop(probe_loop(f->probe));
}

/* Several reports in JSON are one array, in text they stand apart. */
static void print_one(struct fleet *f, size_t i)
{
    enum format format = f->evaluation.options->format;
    const struct buf *text = &f->texts[i];
    bool array = format == FORMAT_JSON && f->len > 1;

    if (array && !f->printed)
        print_text(f, "[", 1);
    if (text->len && f->shown && array)
        print_text(f, ",", 1);
    if (text->len && f->shown && format == FORMAT_TEXT)
        print_text(f, "\n", 1);
    print_text(f, text->text, text->len);
    f->shown += text->len > 0;
    f->printed++;
    if (array && f->printed == f->len)
        print_text(f, "]\n", 2);
    target_run_free(&f->exams[i]);
}

/* JSON Lines come as they are ready, everything else in the order asked. */
static void print_ready(struct fleet *f, size_t i)
{
    f->ended[i] = true;
    if (f->evaluation.options->format == FORMAT_JSONL) {
        print_one(f, i);
        return;
    }
    while (f->printed < f->len && f->ended[f->printed])
        print_one(f, f->printed);
}

static void start_more(struct fleet *f);

/* A plugin says in its line that it does not know. */
static enum exit_status our_failure(const struct fleet *f,
                                    const struct err *err, struct buf *out)
{
    if (f->evaluation.options->format != FORMAT_NAGIOS)
        return EXIT_FAILED;
    buf_printf(out, "CERTMEND UNKNOWN - %s\n", err->text);
    return EXIT_UNSEEN;
}

/* A line for each target, also for what is none. */
static void line_of_failure(struct arena *a, const char *input,
                            const struct err *err, struct buf *out)
{
    struct json *line = json_object(a);

    json_put_text(a, line, "schema", "certmend.failure/1");
    json_put_text(a, json_put_object(a, line, "asked"), "input", input);
    json_put_text(a, line, "error", err->text);
    json_print(line, false, out);
}

static void one_done(struct target_run *e)
{
    struct fleet *f = e->arg;
    enum format format = f->evaluation.options->format;
    size_t i = (size_t)(e - f->exams);

    buf_init(&f->texts[i], e->arena, REPORT_MAX);
    if (e->failed) {
        log_error(&e->err);
        add_status(f, our_failure(f, &e->err, &f->texts[i]));
        if (format == FORMAT_JSONL)
            line_of_failure(e->arena, f->inputs[i], &e->err, &f->texts[i]);
    } else {
        evaluation_render(e->arena, format, &e->report, &f->texts[i]);
        add_status(f, (enum exit_status)evaluation_status(format, &e->report));
    }
    f->running--;
    probe_tell_targets(f->probe, ++f->done, f->len);
    print_ready(f, i);
    if (!f->starting) /* a run may end before target_run_start() returns */
        start_more(f);
}

static void start_more(struct fleet *f)
{
    f->starting = true;
    while (f->running < f->at_once && f->started < f->len &&
           f->err.kind == ERR_NONE) {
        size_t i = f->started++;
        f->running++;
        f->exams[i] =
            (struct target_run){ .evaluation =
                                     f->own ? &f->own[i] : &f->evaluation,
                                 .probe = f->probe,
                                 .done = one_done,
                                 .arg = f };
        target_run_start(&f->exams[i], f->inputs[i]);
    }
    f->starting = false;
}

static void add_input(struct fleet *f, const char *text, size_t len)
{
    f->inputs = arena_grow(f->arena, f->inputs, f->len, sizeof *f->inputs);
    f->inputs[f->len++] = arena_text_n(f->arena, text, len);
}

/* One target a line; empty lines and #-lines are passed over. */
static bool add_standard_input(struct fleet *f, struct err *err)
{
    const char *text = NULL;
    size_t len = 0;

    if (!file_read(f->arena, "-", TARGETS_MAX, &text, &len, err))
        return err_add(err, "targets from standard input");
    while (*text) {
        size_t line = strcspn(text, "\r\n");
        if (line && *text != '#')
            add_input(f, text, line);
        text += line;
        text += strspn(text, "\r\n");
    }
    return true;
}

static void make_room(struct fleet *f)
{
    f->exams = arena_alloc(f->arena, f->len + 1, sizeof *f->exams);
    f->texts = arena_alloc(f->arena, f->len + 1, sizeof *f->texts);
    f->ended = arena_alloc(f->arena, f->len + 1, sizeof *f->ended);
}

/* --certbot: every name of every certificate there, and what it should show. */
static bool read_lineages(struct fleet *f, const char *dir,
                          const struct look_options *o, struct err *err)
{
    struct lineage_looks looks;

    if (!lineages_read(f->arena, dir, &looks, err))
        return err_add(err, "--certbot");
    for (size_t i = 0; i < looks.unreadable.len; i++) {
        log_note("%s", looks.unreadable.text[i]);
        add_status(f, EXIT_FAILED);
    }
    for (size_t i = 0; i < looks.nowhere.len; i++)
        log_note("%s is for wildcards alone: name a host behind it, with "
                 "--expect %s/cert.pem",
                 looks.nowhere.text[i], looks.nowhere.text[i]);
    f->own = arena_alloc(f->arena, looks.len + 1, sizeof *f->own);
    for (size_t i = 0; i < looks.len; i++) {
        struct look_options *own = arena_copy(f->arena, o, sizeof *o);
        own->expect = looks.all[i].file;
        own->expected = looks.all[i].sha256_hex;
        f->own[i].options = own;
        add_input(f, looks.all[i].name, strlen(looks.all[i].name));
    }
    make_room(f);
    return true;
}

/* All else they share. */
static void share_evaluation(struct fleet *f)
{
    for (size_t i = 0; f->own && i < f->len; i++) {
        const struct look_options *options = f->own[i].options;
        f->own[i] = f->evaluation;
        f->own[i].options = options;
    }
}

static bool read_inputs(struct fleet *f, const struct text_list *words,
                        struct err *err)
{
    for (size_t i = 0; i < words->len; i++) {
        const char *word = words->text[i];
        if (strcmp(word, "-") != 0)
            add_input(f, word, strlen(word));
        else if (!add_standard_input(f, err))
            return false;
    }
    if (!words->len)
        return err_set(err, ERR_USAGE,
                       "a mail server to look at was wanted, such as "
                       "\"certmend check mail.example.com\"");
    if (!f->len)
        return err_set(err, ERR_USAGE,
                       "targets on standard input were wanted, one a line, and "
                       "there are none");
    make_room(f);
    return true;
}

static bool run(struct fleet *f, struct err *err)
{
    const struct look_options *o = f->evaluation.options;

    struct probe_options probe = o->probe;
    probe.ca_file = o->ca_file; /* for https too */
    if (!probe_new(&probe, &f->probe, err))
        return false;
    f->at_once = o->probe.jobs / CELLS_A_TARGET + 1;
    probe_tell_targets(f->probe, 0, f->len);
    start_more(f);
    bool ran = f->err.kind != ERR_NONE || probe_run(f->probe, err);
    probe_free(f->probe);
    for (size_t i = 0; i < f->started; i++)
        target_run_free(&f->exams[i]); /* those that a failure has cut short */
    if (ran && f->err.kind != ERR_NONE) {
        *err = f->err;
        return false;
    }
    return ran;
}

struct check_options {
    struct look_options look; /* first: its rows count from here */
    const char *certbot;
};

static const struct option_row rows[] = {
    { .name = "certbot",
      .value = "DIR",
      .about = "is what is served what is in the files? every name of every "
               "certificate in DIR/live (/etc/letsencrypt, /etc/certmend)",
      .at = offsetof(struct check_options, certbot) },
    { .name = NULL },
};

static bool read_targets(struct fleet *f, const struct check_options *o,
                         const struct text_list *words, struct err *err)
{
    if (!o->certbot)
        return read_inputs(f, words, err);
    if (words->len || o->look.expect)
        return err_set(err, ERR_USAGE,
                       "--certbot: the certificates in the folder say what is "
                       "looked at and expected; leave %s out",
                       words->len ? words->text[0] : "--expect");
    return read_lineages(f, o->certbot, &o->look, err);
}

enum exit_status cmd_check(struct arena *a, char **argv, struct err *err)
{
    static const struct option_row *const tables[] = { rows, look_option_rows,
                                                       NULL };
    struct check_options o = { .certbot = NULL };
    struct fleet f = { .arena = a };
    struct text_list words;

    look_options_init(&o.look);
    if (!options_read(a, argv, tables, &o, &words, err))
        return EXIT_FAILED;
    look_options_settle(&o.look);
    if (!read_targets(&f, &o, &words, err) ||
        !evaluation_open(a, &o.look, &f.evaluation, err))
        return EXIT_FAILED;
    share_evaluation(&f);
    bool ran = run(&f, err);
    evaluation_close(&f.evaluation);
    return ran ? f.status : EXIT_FAILED;
}
