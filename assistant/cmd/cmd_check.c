/*
 * cmd_check - look, judge, advise; changes nothing
 */
#include <stddef.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "cmd/cmd.h"
#include "run/fleet_print.h"
#include "run/lineages.h"

enum { PAST_MAX = 2000 * 1024 * 1024 /* of ten thousand reports */ };

struct check_options {
    struct look_options look; /* first: its rows count from here */
    const char *certbot, *since;
};

static const struct option_row rows[] = {
    { .name = "certbot",
      .value = "DIR",
      .about = "is what is served what is in the files? every name of every "
               "certificate in DIR/live (/etc/letsencrypt, /etc/certmend)",
      .at = offsetof(struct check_options, certbot) },
    { .name = "since",
      .value = "FILE",
      .about = "what has changed since the run that wrote FILE (jsonl); in "
               "tables, pages, csv and json",
      .at = offsetof(struct check_options, since) },
    { .name = NULL },
};

struct check_command {
    struct fleet fleet;
    struct evaluation evaluation;
    struct fleet_print print;
};

/* --certbot: every name of every certificate there, and what it should show. */
static bool read_lineages(struct check_command *c, const char *dir,
                          const struct look_options *o, struct err *err)
{
    struct arena *a = c->fleet.arena;
    struct lineage_looks looks;

    if (!lineages_read(a, dir, &looks, err))
        return err_add(err, "--certbot");
    for (size_t i = 0; i < looks.unreadable.len; i++) {
        log_note("%s", looks.unreadable.text[i]);
        c->fleet.status = EXIT_FAILED;
    }
    for (size_t i = 0; i < looks.nowhere.len; i++)
        log_note("%s is for wildcards alone: name a host behind it, with "
                 "--expect %s/cert.pem",
                 looks.nowhere.text[i], looks.nowhere.text[i]);
    struct evaluation *own = arena_alloc(a, looks.len + 1, sizeof *own);
    for (size_t i = 0; i < looks.len; i++) {
        struct look_options *options = arena_copy(a, o, sizeof *o);
        options->expect = looks.all[i].file;
        options->expected = looks.all[i].sha256_hex;
        own[i].options = options;
        fleet_add(&c->fleet, looks.all[i].name, NULL);
        c->fleet.items[i].evaluation = &own[i];
    }
    return true;
}

/* All else they share. */
static void share_evaluation(struct check_command *c)
{
    for (size_t i = 0; i < c->fleet.len; i++) {
        struct evaluation *own = c->fleet.items[i].evaluation;
        if (!own)
            continue;
        const struct look_options *options = own->options;
        *own = c->evaluation;
        own->options = options;
    }
}

static bool read_targets(struct check_command *c, const struct check_options *o,
                         const struct text_list *words, struct err *err)
{
    if (!o->certbot)
        return fleet_add_words(&c->fleet, words, err);
    if (words->len || o->look.expect)
        return err_set(err, ERR_USAGE,
                       "--certbot: the certificates in the folder say what is "
                       "looked at and expected; leave %s out",
                       words->len ? words->text[0] : "--expect");
    return read_lineages(c, o->certbot, &o->look, err);
}

static bool one_done(void *arg, const struct fleet_result *r, struct err *err)
{
    struct check_command *c = arg;

    fleet_status(&c->fleet, r);
    return fleet_print_take(&c->print, r, err);
}

static bool run(struct check_command *c, struct err *err)
{
    c->print.arena = c->fleet.arena;
    c->print.options = c->evaluation.options;
    c->print.len = c->fleet.len;
    c->print.put = command_print;
    c->fleet.evaluation = &c->evaluation;
    c->fleet.done = one_done;
    c->fleet.arg = c;
    share_evaluation(c);
    fleet_print_begin(&c->print);
    return fleet_run(&c->fleet, err) && fleet_print_end(&c->print, err);
}

/* Before anything is looked at: a night's run is not for nothing. */
static bool read_past(struct check_command *c, const struct check_options *o,
                      struct err *err)
{
    enum format format = o->look.format;
    struct arena *brief = NULL;
    struct fleet_past *past = NULL;
    const char *text = NULL;
    size_t len = 0;

    if (!o->since)
        return true;
    if (format == FORMAT_TEXT || format == FORMAT_NAGIOS ||
        format == FORMAT_OPENMETRICS)
        return err_set(err, ERR_USAGE,
                       "--since tells what has changed in --format table, csv, "
                       "html, jsonl or json; choose one of them");
    brief = arena_new();
    bool read =
        file_read(brief, o->since, PAST_MAX, &text, &len, err) &&
        fleet_since_read(c->fleet.arena, text, len, o->since, &past, err);
    arena_free(brief);
    if (!read)
        return err_add(err, "--since");
    c->print.past = past;
    return true;
}

enum exit_status cmd_check(struct arena *a, char **argv, struct err *err)
{
    static const struct option_row *const tables[] = { rows, look_option_rows,
                                                       NULL };
    struct check_options o = { .certbot = NULL };
    struct check_command c = { .fleet = { .arena = a } };
    struct text_list words;

    look_options_init(&o.look);
    if (!options_read(a, argv, tables, &o, &words, err))
        return EXIT_FAILED;
    look_options_settle(&o.look);
    if (!read_past(&c, &o, err) || !read_targets(&c, &o, &words, err) ||
        !evaluation_open(a, &o.look, &c.evaluation, err))
        return EXIT_FAILED;
    bool ran = run(&c, err);
    evaluation_close(&c.evaluation);
    return ran ? c.fleet.status : EXIT_FAILED;
}
