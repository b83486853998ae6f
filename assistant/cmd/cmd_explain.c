/*
 * cmd_explain - a finding, a fix or a rule in plain words, with its sources
 */
#include "advise/discouraged.h"
#include "advise/plan_text.h"
#include "advise/rules_table.h"
#include "base/term.h"
#include "base/text.h"
#include "check/check.h"
#include "cmd/cmd.h"
#include "crypto/csr_lint.h"
#include "messages/error_pattern_table.h"
#include "run/options.h"

enum { EXPLAIN_MAX = 64 * 1024 };

static void explain_finding(const struct rules *rules,
                            const struct finding_def *def, struct buf *out)
{
    term_wrap(out, def->title, 0, term_width());
    buf_text(out, "\n");
    term_wrap(out, def->why, 0, term_width());
    buf_printf(out,
               "\nSource: %s\n\nWhat certmend then considers, the "
               "smallest number first:\n\n",
               def->source);
    rules_table_of(rules, def->id, term_width(), out);
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

    term_wrap(out, plan_text_title(out->arena, def, NULL), 0, term_width());
    buf_printf(out, "\nWho does it: %s. Time: %s. Risk: %s.\n", who[def->actor],
               def->effort, table_text(risk_words, (int)def->risk));
}

static void explain_request_rule(const struct csr_rule *rule, struct buf *out)
{
    term_wrap(out, rule->title, 0, term_width());
    buf_text(out, "\n");
    term_wrap(out, rule->fix, 0, term_width());
    buf_printf(out, "\nSource: %s\n", rule->source);
}

/* What a message alone tells: in the words that are said to it. */
static bool explain_told(const char *id, struct buf *out, struct err *err)
{
    const struct error_pattern_table *t = NULL;

    if (!error_pattern_table_load(out->arena, NULL, &t, err))
        return false;
    const struct told_finding *told = error_pattern_finding(t, id);
    if (!told)
        return true;
    term_wrap(out, told->title, 0, term_width());
    buf_text(out, "\n");
    term_wrap(out, told->why, 0, term_width());
    buf_text(out, "\nNo look finds this; a message tells it. What it may mean, "
                  "and what to do:\n");
    for (size_t i = 0; i < t->meanings_len; i++) {
        const struct meaning *m = t->meanings[i];
        if (!text_is_among(id, m->findings.text, m->findings.len))
            continue;
        buf_text(out, "\n");
        term_wrap(out, arena_printf(out->arena, "%s %s", m->means, m->look), 2,
                  term_width());
    }
    return true;
}

/* Nothing is appended where the id is unknown. */
static void explain(const struct rules *rules, const char *id, struct buf *out)
{
    const struct finding_def *finding = check_find_def(id);
    const struct fix_def *fix = rules_find_fix(rules, id);
    const struct csr_rule *rule = csr_rule_find(id);

    if (finding)
        explain_finding(rules, finding, out);
    else if (fix)
        explain_fix(fix, out);
    else if (rule)
        explain_request_rule(rule, out);
    else
        rules_table_of(rules, id, term_width(), out);
    if (!out->len)
        discouraged_explain(id, term_width(), out);
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
    buf_init(&out, a, EXPLAIN_MAX);
    explain(rules, words.text[0], &out);
    if (!out.len && !explain_told(words.text[0], &out, err))
        return EXIT_FAILED;
    if (!out.len) {
        err_set(err, ERR_USAGE,
                "the id of a finding, a fix or a rule was wanted, not "
                "\"%.100s\"; \"certmend rules table\" lists them, \"certmend "
                "explain no\" what is never advised",
                words.text[0]);
        return EXIT_FAILED;
    }
    return command_print(out.text, out.len, err) ? EXIT_CLEAN : EXIT_FAILED;
}
