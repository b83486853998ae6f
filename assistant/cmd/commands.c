#include "cmd/cmd.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/near.h"
#include "base/process.h"
#include "base/term.h"
#include "base/version.h"
#include "crypto/ssl_memory.h"
#include "run/look_options.h"

enum { HELP_MAX = 4096, USAGE_COLUMNS = 36 };

const char certmend_version[] = CERTMEND_VERSION;

const struct command commands[] = {
    { "check", "[check] TARGET...", "look, judge, advise; changes nothing",
      cmd_check },
    { "fix", "fix [TARGET]",
      "guided: one step at a time, looks again after each", cmd_fix },
    { "undo", "undo [ACT]",
      "takes back what \"fix --here\" changed, byte for byte", cmd_undo },
    { "match", "match NAME PATTERN...",
      "would a certificate with these names cover NAME?", cmd_match },
    { "csr", "csr NAME... | csr lint FILE",
      "a key and a certificate request for the right names", cmd_csr },
    { "issue", "issue NAME... [--apply]",
      "a certificate from a CA, by ACME; the plan first", cmd_issue },
    { "renew", "renew [NAME...]", "what is due; for a timer", cmd_renew },
    { "import", "import certbot|acme.sh|...",
      "what another client renews comes here; the plan first", cmd_import },
    { "acme", "acme account|preflight|...", "what else a CA is told or asked",
      cmd_acme },
    { "error", "error [TEXT|-]",
      "what a pasted error message means, and what to look at", cmd_error },
    { "watch", "watch TARGET", "looks again until mended, and says so once",
      cmd_watch },
    { "serve", "serve [--no-browser]",
      "the same in a browser, for this machine only", cmd_serve },
    { "explain", "explain ID", "a finding, fix, gate or rule in plain words",
      cmd_explain },
    { "rules", "rules table|lint|words",
      "the rule table, readable; its faults; its words", cmd_rules },
    { "ticket", "ticket TARGET", "the letter to whoever can mend it",
      cmd_ticket },
    { "judge", "judge SURVEY.json", "judge a saved survey again, offline",
      cmd_judge },
    { NULL, NULL, NULL, NULL },
};

static void print_folded(struct arena *a, const char *text)
{
    struct buf out;

    buf_init(&out, a, HELP_MAX);
    term_wrap(&out, text, 0, term_width());
    fputs(out.text, stdout);
}

static void print_commands(struct arena *a)
{
    for (const struct command *c = commands; c->name; c++) {
        const struct term_row row = {
            .lead = "  ",
            .label = arena_printf(a, "certmend %s", c->usage),
            .columns = USAGE_COLUMNS,
            .text = c->about,
        };
        struct buf out;
        buf_init(&out, a, HELP_MAX);
        term_row(&out, &row, term_row_width());
        fputs(out.text, stdout);
    }
}

static void print_help(void)
{
    struct arena *a = arena_new();

    print_folded(a, "certmend - finds what is wrong with a mail server's "
                    "certificate and proves the fix\n\n");
    print_commands(a);
    print_folded(a,
                 "\nTARGET is mail.example.com, host:port, [2001:db8::1]:465, "
                 "a URL (smtp: submission: submissions: imap: imaps: pop3: "
                 "pop3s: sieve: https:), user@example.com, or a certificate "
                 "file; \"-\" reads targets from standard input, one a "
                 "line.\n\n");
    options_help(look_option_rows);
    print_folded(a, "\n\"certmend COMMAND --help\" lists the options of one "
                    "command.\n\n");
    print_folded(a, "Exit status: 0 nothing is wrong, 1 something is, 2 usage "
                    "or our own failure, 3 could not look.\n");
    arena_free(a);
}

static void print_usage(struct arena *a, const struct command *c)
{
    struct buf out;

    buf_init(&out, a, HELP_MAX);
    buf_printf(&out, "certmend %s\n", c->usage);
    term_wrap(&out, c->about, 4, term_row_width());
    printf("%s\n", out.text);
}

static const struct command *find(const char *name)
{
    for (const struct command *c = commands; c->name; c++)
        if (name && strcmp(c->name, name) == 0)
            return c;
    return NULL;
}

/* A verb mistyped, where a target may stand: no host, port, address or file,
 * and a short word only before another one. */
static const char *mistyped(char **argv)
{
    struct near_search n = { argv[1], NULL, 0 };
    bool short_word = strlen(argv[1]) < 4;
    bool alone = !argv[2] || argv[2][0] == '-';

    if (strpbrk(argv[1], ".:@/") || (short_word && alone) ||
        access(argv[1], F_OK) == 0)
        return NULL;
    for (const struct command *c = commands; c->name; c++)
        near_try(&n, c->name, c->name);
    return n.best;
}

static bool is_asked_for(const char *arg, const char *word)
{
    return arg && strcmp(arg, word) == 0;
}

static enum exit_status run(char **argv, struct err *err)
{
    if (!argv[0] || !argv[1] || is_asked_for(argv[1], "--help") ||
        is_asked_for(argv[1], "-h") || is_asked_for(argv[1], "help")) {
        print_help();
        return argv[0] && argv[1] ? EXIT_CLEAN : EXIT_FAILED;
    }
    if (is_asked_for(argv[1], "--version")) {
        printf("certmend %s\n", certmend_version);
        return EXIT_CLEAN;
    }
    const struct command *c = find(argv[1]);
    const char *meant = c ? NULL : mistyped(argv);
    if (meant) {
        err_set(err, ERR_USAGE,
                "there is no command \"%s\"; did you mean \"certmend %s\"? A "
                "host of that name is looked at by \"certmend check %s\"",
                argv[1], meant, argv[1]);
        return EXIT_FAILED;
    }
    struct arena *a = arena_new();
    if (c && options_ask_help(argv))
        print_usage(a, c);
    /* "certmend TARGET" is "certmend check TARGET": argv[0] plays the verb. */
    enum exit_status status =
        c ? c->run(a, argv + 1, err) : cmd_check(a, argv, err);
    arena_free(a);
    if (err->kind == ERR_NETWORK && status == EXIT_FAILED)
        return EXIT_UNSEEN; /* what a look goes through is not there */
    return err->kind == ERR_HELP ? EXIT_CLEAN : status;
}

enum exit_status command_run(char **argv)
{
    struct err err = { ERR_NONE, "" };

    process_guard();
    ssl_memory_set();
    enum exit_status status = run(argv, &err);
    bool has_failed = err.kind != ERR_NONE && err.kind != ERR_HELP;
    if (!has_failed && !command_print("", 0, &err)) {
        has_failed = true;
        status = EXIT_FAILED;
    }
    if (has_failed && err.kind != ERR_GONE)
        log_error(&err);
    return status;
}
