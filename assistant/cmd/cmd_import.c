/*
 * cmd_import - certificates that another ACME client renews: the plan, and
 * with --apply they come
 */
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "cmd/cmd.h"
#include "cmd/prompt.h"
#include "run/import_apply.h"
#include "run/import_handover.h"
#include "run/import_tell.h"
#include "run/issue_json.h"

enum { TEXT_MAX = 4 * 1024 * 1024, ROWS_MAX = 32 };

#define AT(field) offsetof(struct import_options, field)

static const struct option_row rows[] = {
    { .name = "stop-other",
      .about = "with --apply: the other client lets go of what came; when "
               "nothing is left to it, its timer is switched off",
      .at = AT(stop_other) },
    { .name = "link-old",
      .about = "with --stop-other: the paths that servers read lead to the "
               "new files",
      .at = AT(link_old) },
    { .name = "format",
      .value = "FORMAT",
      .about = "text (default) or json",
      .at = AT(format) },
    { .name = NULL },
};

/* Of the options of an order, those that say how to renew: where the other
 * client has not written it down. */
static const char *const shared[] = {
    "apply",    "store",      "ca",       "ca-file",     "challenge", "webroot",
    "listen",   "dns-hook",   "dns-wait", "deploy-hook", "reload",    "skip",
    "resolver", "connect-to", "quiet",    "verbose",
};

static const struct option_row *shared_rows(struct arena *a)
{
    struct option_row *kept = arena_alloc(a, ROWS_MAX, sizeof *kept);
    size_t n = 0;

    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++)
        for (const struct option_row *r = issue_option_rows; r->name; r++)
            if (strcmp(r->name, shared[i]) == 0 && n + 1 < ROWS_MAX)
                kept[n++] = *r;
    return kept;
}

/* A person at a terminal is asked; nobody else is taken to have said yes. */
static bool agrees(struct import_plan *p, struct err *err)
{
    struct prompt prompt;
    const char *line = NULL;

    if (p->options->stop_other || p->options->how.quiet || p->options->format ||
        !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return p->options->stop_other;
    const char *question = arena_printf(
        p->arena,
        "Shall %s let go of what came, so that nothing is renewed twice? "
        "[y/N]\n",
        p->source.tool->name);
    if (!command_print(question, strlen(question), err) ||
        !prompt_open(p->arena, NULL, &prompt, err))
        return false;
    bool yes = prompt_ask(&prompt, false, &line) &&
               (strcmp(line, "y") == 0 || strcmp(line, "yes") == 0);
    prompt_close(&prompt);
    return yes;
}

static void tell_open(const struct import_plan *p, struct buf *out)
{
    if (import_handover_is_open(p))
        buf_printf(out,
                   "Both clients renew these now. So that only one does: the "
                   "same with --stop-other, and --link-old\nwhere servers "
                   "read the old paths.\n");
}

static bool print(struct buf *text, struct err *err)
{
    return command_print(text->text, text->len, err);
}

/* The plan has been told by now. */
static bool apply(struct import_plan *p, bool is_json, struct err *err)
{
    struct buf text;

    if (!import_apply(p, err))
        return false;
    p->hands_over = agrees(p, err);
    if (err->kind != ERR_NONE || (p->hands_over && !import_handover(p, err)))
        return false;
    buf_init(&text, p->arena, TEXT_MAX);
    import_tell_done(p, &text);
    tell_open(p, &text);
    return is_json || print(&text, err);
}

static bool tell_plan(struct import_plan *p, const struct text_list *runs,
                      struct err *err)
{
    struct buf text;

    buf_init(&text, p->arena, TEXT_MAX);
    import_tell_plan(p, runs, &text);
    if (!p->options->how.apply)
        buf_text(&text, "Nothing has been done. --apply does it.\n");
    return print(&text, err);
}

static bool tell_json(struct import_plan *p, const struct text_list *runs,
                      struct err *err)
{
    struct buf text;

    buf_init(&text, p->arena, TEXT_MAX);
    json_print(import_json(p, runs), true, &text);
    return print(&text, err);
}

static enum exit_status status_of(const struct import_plan *p)
{
    bool is_left = p->hands_over && import_handover_is_open(p);

    return import_plan_count(p, IMPORT_CANNOT) || is_left ? EXIT_FAULTS
                                                          : EXIT_CLEAN;
}

static bool run(struct import_plan *p, bool is_json, struct err *err)
{
    struct text_list runs;

    import_handover_look(p);
    return import_handover_runs(p, &runs, err) &&
           (is_json || tell_plan(p, &runs, err)) &&
           (!p->options->how.apply || apply(p, is_json, err)) &&
           (!is_json || tell_json(p, &runs, err));
}

static bool check(const struct import_options *o, const struct text_list *words,
                  struct err *err)
{
    if (!words->len || words->len > 2)
        return err_set(err, ERR_USAGE,
                       "a client and its folder were wanted, such as "
                       "\"certmend import certbot /etc/letsencrypt\"");
    if (o->link_old && !o->stop_other)
        return err_set(err, ERR_USAGE,
                       "--link-old goes with --stop-other: two clients must "
                       "not write to the same files");
    if (o->stop_other && !o->how.apply)
        return err_set(err, ERR_USAGE, "--stop-other goes with --apply");
    return true;
}

enum exit_status cmd_import(struct arena *a, char **argv, struct err *err)
{
    const struct option_row *const tables[] = { rows, shared_rows(a), NULL };
    struct import_options o = { .format = NULL };
    struct import_plan plan = { .store = { .lock = -1 } };
    struct text_list words;
    bool is_json = false;

    if (!options_read(a, argv, tables, &o, &words, err) ||
        !check(&o, &words, err) || !issue_json_wanted(o.format, &is_json, err))
        return EXIT_FAILED;
    log_level_set(issue_log_level(&o.how));
    bool good =
        import_plan_make(a, words.text[0], words.len > 1 ? words.text[1] : NULL,
                         &o, &plan, err) &&
        run(&plan, is_json, err);
    store_close(&plan.store);
    return good ? status_of(&plan) : EXIT_FAILED;
}
