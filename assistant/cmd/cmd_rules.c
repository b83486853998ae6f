/*
 * cmd_rules - the rule table, readable; what is wrong with it; the words that
 * its conditions may speak
 */
#include <stddef.h>
#include <string.h>

#include "advise/facts.h"
#include "advise/rules_lint.h"
#include "advise/rules_table.h"
#include "base/file.h"
#include "base/term.h"
#include "check/check.h"
#include "cmd/cmd.h"
#include "facts/knowledge.h"
#include "messages/error_pattern_lint.h"
#include "prove/gates.h"
#include "run/options.h"

enum { TABLE_MAX = 4 * 1024 * 1024 };

struct rules_options {
    const char *rules, *templates;
};

#define AT(field) offsetof(struct rules_options, field)

static const struct option_row rows[] = {
    { .name = "rules",
      .value = "DIR",
      .about = "this rule table; default the built-in one",
      .at = AT(rules) },
    { .name = "templates",
      .value = "DIR",
      .about = "these texts; default the built-in ones",
      .at = AT(templates) },
    { .name = NULL },
};

enum what { WHAT_TABLE, WHAT_LINT, WHAT_WORDS, WHAT_COUNT };

static const struct word whats[] = {
    { "table", WHAT_TABLE },
    { "lint", WHAT_LINT },
    { "words", WHAT_WORDS },
    { NULL, WHAT_COUNT },
};

static struct text_list all_findings(struct arena *a)
{
    struct text_list ids = { 0 };

    for (const struct check *const *c = all_checks; *c; c++)
        for (const struct finding_def *f = (*c)->finds; f->id; f++)
            text_list_add(a, &ids, f->id);
    return ids;
}

/* A folder of rules need not hold messages. */
static bool load_messages(struct arena *a, const char *dir,
                          const struct error_pattern_table **out,
                          struct err *err)
{
    bool has = dir && file_exists(arena_printf(a, "%s/errors.json", dir));

    return error_pattern_table_load(a, has ? dir : NULL, out, err);
}

static bool lint(struct arena *a, const struct rules *rules,
                 const struct error_pattern_table *messages,
                 const char *templates, struct buf *out)
{
    struct text_list ids = all_findings(a);
    const struct lint_known known = { ids.text, ids.len, gate_ids, GATE_COUNT };
    struct text_list faults = rules_lint(a, rules, templates, &known);

    for (size_t i = 0; i < faults.len; i++)
        buf_printf(out, "%s\n", faults.text[i]);
    struct text_list more = error_pattern_lint(a, messages, ids.text, ids.len);
    for (size_t i = 0; i < more.len; i++)
        buf_printf(out, "%s\n", more.text[i]);
    if (!faults.len && !more.len)
        buf_text(out, "The rule table is fine.\n");
    return !faults.len && !more.len;
}

static const char *type_word(enum json_type type)
{
    static const char *const words[] = {
        [JSON_NULL] = "null",     [JSON_BOOL] = "yes or no",
        [JSON_NUMBER] = "number", [JSON_TEXT] = "text",
        [JSON_ARRAY] = "list",    [JSON_OBJECT] = "object",
    };

    return words[type];
}

static void tell_words(struct buf *out)
{
    for (const struct fact *f = facts; f->word; f++) {
        const struct term_row row = {
            .lead = "",
            .label = arena_printf(out->arena, "%-28s %-9s", f->word,
                                  type_word(f->type)),
            .text = f->about,
        };
        term_row(out, &row, term_row_width());
    }
}

enum exit_status cmd_rules(struct arena *a, char **argv, struct err *err)
{
    static const struct option_row *const tables[] = { rows, NULL };
    struct rules_options o = { 0 };
    struct text_list words;
    const struct rules *rules = NULL;
    const struct error_pattern_table *messages = NULL;
    const struct knowledge *knowledge = NULL; /* read for its faults */
    struct buf out;
    bool fine = true;

    if (!options_read(a, argv, tables, &o, &words, err))
        return EXIT_FAILED;
    enum what what = words.len == 1
                         ? (enum what)table_code(whats, words.text[0])
                         : WHAT_COUNT;
    if (what == WHAT_COUNT) {
        err_set(err, ERR_USAGE,
                "\"certmend rules table\", \"certmend rules lint\" or "
                "\"certmend rules words\" was wanted");
        return EXIT_FAILED;
    }
    if (!rules_load(a, o.rules, &rules, err) ||
        !knowledge_load(a, o.rules, &knowledge, err) ||
        (what == WHAT_LINT && !load_messages(a, o.rules, &messages, err)))
        return EXIT_FAILED;
    buf_init(&out, a, TABLE_MAX);
    if (what == WHAT_LINT)
        fine = lint(a, rules, messages, o.templates, &out);
    else if (what == WHAT_WORDS)
        tell_words(&out);
    else
        rules_table(rules, term_width(), &out);
    if (!command_print(out.text, out.len, err))
        return EXIT_FAILED;
    return fine ? EXIT_CLEAN : EXIT_FAULTS;
}
