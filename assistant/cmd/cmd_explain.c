/*
 * cmd_explain - a finding or a fix in plain words, with its sources
 */
#include <string.h>

#include "advise/advise.h"
#include "base/term.h"
#include "check/check.h"
#include "cmd/cmd.h"
#include "cmd/options.h"

enum { EXPLAIN_MAX = 64 * 1024 };

static void explain_finding(const struct finding_def *def, struct buf *out)
{
    buf_printf(out, "%s\n\n", def->id);
    term_wrap(out, def->title, 0, term_width());
    buf_text(out, "\n");
    term_wrap(out, def->why, 0, term_width());
    buf_printf(out, "\nSource: %s\n", def->source);
}

static void explain_fix(const struct fix_def *def, struct buf *out)
{
    static const char *const who[] = {
        [ACTOR_USER] = "whoever sets up the mail program",
        [ACTOR_YOU] = "the server's administrator",
        [ACTOR_DNS] = "the owner of the DNS zone",
        [ACTOR_PROVIDER] = "the hosting provider",
        [ACTOR_LOCAL] = "whoever runs this computer or network",
    };

    buf_printf(out, "%s\n\n", def->id);
    term_wrap(out, def->title, 0, term_width());
    buf_printf(out, "\nWho does it: %s. Time: %s. Risk: %s.\n", who[def->actor],
               def->effort, table_text(risk_words, (int)def->risk));
}

enum exit_status cmd_explain(struct arena *a, char **argv, struct err *err)
{
    static const struct option_row *const none[] = { NULL };
    struct words words;
    const struct rules *rules = NULL;
    struct buf out;

    if (!options_read(a, argv, none, NULL, &words, err))
        return EXIT_FAILED;
    if (words.len != 1) {
        err_set(err, ERR_USAGE,
                "one id was wanted, such as \"certmend explain "
                "chain.incomplete\"");
        return EXIT_FAILED;
    }
    if (!rules_load(a, NULL, &rules, err))
        return EXIT_FAILED;
    const struct finding_def *finding = check_find_def(words.text[0]);
    const struct fix_def *fix = rules_find_fix(rules, words.text[0]);
    buf_init(&out, a, EXPLAIN_MAX);
    if (finding)
        explain_finding(finding, &out);
    else if (fix)
        explain_fix(fix, &out);
    else {
        err_set(err, ERR_USAGE,
                "a finding or a fix was wanted, not \"%.100s\"; certmend "
                "rules table lists them",
                words.text[0]);
        return EXIT_FAILED;
    }
    return command_print(out.text, out.len, err) ? EXIT_CLEAN : EXIT_FAILED;
}
