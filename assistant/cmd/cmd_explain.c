/*
 * cmd_explain - a finding, a fix, a gate or a rule in plain words, with its
 * sources
 */
#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "advise/discouraged.h"
#include "advise/plan_text.h"
#include "advise/rules.h"
#include "advise/rules_table.h"
#include "base/near.h"
#include "base/term.h"
#include "base/text.h"
#include "check/check.h"
#include "cmd/cmd.h"
#include "crypto/csr_lint.h"
#include "facts/knowledge.h"
#include "messages/error_pattern_table.h"
#include "run/options.h"

enum { EXPLAIN_MAX = 64 * 1024 };

struct explain_options {
    const char *rules;
};

static const struct option_row rows[] = {
    { .name = "rules",
      .value = "DIR",
      .about = "by this rule table; default the built-in one",
      .at = offsetof(struct explain_options, rules) },
    { .name = NULL },
};

static const char *const changes[] = {
    [FIX_HOSTNAME] = "the server name in the mail program",
    [FIX_PORT] = "the port in the mail program",
    [FIX_SECURITY] = "the kind of encryption in the mail program",
    [FIX_INPUT] = "the name that is asked for",
    [FIX_CERTIFICATE] = "the certificate",
    [FIX_RENEWAL] = "the certificate; its names stay",
    [FIX_KEY] = "the key and the certificate",
    [FIX_SERVER] = "the settings of the server",
    [FIX_RECORD] = "what is published about the domain",
    [FIX_DEVICE] = "this computer or its network",
    [FIX_LETTER] = "nothing; somebody else is asked to",
    [FIX_WAIT] = "nothing; time goes by",
};
static_assert(sizeof changes / sizeof *changes == FIX_COUNT, "words per kind");

static const char *const proofs[] = {
    [PROVE_NOTHING] = "only a new look afterwards can show it",
    [PROVE_HOSTNAME] = "that name and port are looked at",
    [PROVE_PORT] = "that port is looked at",
    [PROVE_SECURITY] = "that port is looked at in the other way",
    [PROVE_INPUT] = "the corrected name is looked at",
    [PROVE_CERTIFICATE] = "the checks are run again with such a certificate",
    [PROVE_FULL_CHAIN] = "the checks are run again with the whole chain",
    [PROVE_SHORTER_CHAIN] = "the checks are run again without that certificate",
    [PROVE_DEPLOY] = "the checks are run again with the good certificate there",
    [PROVE_MACHINES] =
        "the checks are run again with one good certificate on all machines",
    [PROVE_RELOAD] = "the checks are run again with the newer certificate",
    [PROVE_CAA] = "the checks are run again with that CAA record",
    [PROVE_TLSA] = "the checks are run again with that TLSA record",
    [PROVE_MTA_STS] = "the checks are run again with that policy",
    [PROVE_DNS] = "the checks are run again with the record corrected",
    [PROVE_SNI_MAP] = "the checks are run again with that entry",
    [PROVE_DEFAULT] = "the checks are run again with that default",
    [PROVE_PLACE] = "that name and port are looked at",
};
static_assert(sizeof proofs / sizeof *proofs == PROVE_COUNT, "words per proof");

static void explain_finding(const struct rules *rules,
                            const struct finding_def *def, struct buf *out)
{
    term_wrap(out, def->title, 0, term_width());
    buf_text(out, "\n");
    term_wrap(out, def->why, 0, term_width());
    buf_char(out, '\n');
    term_hang(out, "Source: ", def->source, term_row_width());
    buf_char(out, '\n');
    term_wrap(out,
              "What certmend then considers, the smallest number first:\n\n", 0,
              term_width());
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
    buf_char(out, '\n');
    term_wrap(out,
              arena_printf(out->arena,
                           "Who does it: %s. Time: %s. Risk: %s.\n"
                           "What it changes: %s.\nHow it is proven: %s.\n",
                           who[def->actor], def->effort,
                           table_text(risk_words, (int)def->risk),
                           changes[def->kind], proofs[def->prove]),
              0, term_row_width());
    for (int to = 0; to < TO_COUNT; to++)
        if (fix_def_is_for(def, (enum recipient)to))
            buf_printf(out, "Asked for by: certmend ticket --to %s\n",
                       table_text(recipient_words, to));
}

/* A gate may have the id of a finding: then both are told. */
static void explain_gate(const struct rules *rules, const char *id,
                         struct buf *out)
{
    const char *about = rules_gate(rules, id);

    if (!about)
        return;
    buf_printf(out, "%sA gate that stands before a fix:\n\n",
               out->len ? "\n" : "");
    term_wrap(out, about, 0, term_width());
}

static void explain_request_rule(const struct csr_rule *rule, struct buf *out)
{
    term_wrap(out, rule->title, 0, term_width());
    buf_text(out, "\n");
    term_wrap(out, rule->fix, 0, term_width());
    buf_char(out, '\n');
    term_hang(out, "Source: ", rule->source, term_row_width());
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
    buf_char(out, '\n');
    term_wrap(out,
              "No look finds this; a message tells it. What it may mean, and "
              "what to do:\n",
              0, term_width());
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

/* "software": the names that --software takes. */
static void explain_software(struct buf *out)
{
    static const char *const kinds[] = {
        [SOFTWARE_SERVER] = "Servers",
        [SOFTWARE_SUITE] = "Panels and mail servers in one piece",
        [SOFTWARE_TOOL] = "What gets certificates",
        [SOFTWARE_PROGRAM] = "Mail programs",
    };
    const struct known *k = &knowledge_built_in()->known;

    term_wrap(out,
              "Software whose own commands and settings certmend knows. Most "
              "servers say what they are; for others, and for panels: "
              "--software NAME, several with a comma between "
              "(--software postfix,dovecot).\n\n",
              0, term_width());
    for (int kind = 0; kind < SOFTWARE_KIND_COUNT; kind++) {
        struct text_list names = { 0 };
        for (size_t i = 0; i < k->software_len; i++)
            if ((int)k->software[i].kind == kind)
                text_list_add(out->arena, &names, k->software[i].name);
        struct buf line;
        buf_init(&line, out->arena, EXPLAIN_MAX);
        text_list_tell(&line, names.text, names.len);
        term_hang(out, arena_printf(out->arena, "%s: ", kinds[kind]), line.text,
                  term_width());
    }
}

/* Nothing is appended where the id is unknown. */
static void explain(const struct rules *rules, const char *id, struct buf *out)
{
    const struct finding_def *finding = check_find_def(id);
    const struct fix_def *fix = rules_find_fix(rules, id);
    const struct csr_rule *rule = csr_rule_find(id);

    if (strcmp(id, "software") == 0)
        explain_software(out);
    else if (finding)
        explain_finding(rules, finding, out);
    else if (fix)
        explain_fix(fix, out);
    else if (rule)
        explain_request_rule(rule, out);
    else
        rules_table_of(rules, id, term_width(), out);
    explain_gate(rules, id, out);
    if (!out->len)
        discouraged_explain(id, term_width(), out);
}

/* The whole id, or its first two words: name.mismatch of
 * name.mismatch.sibling. */
static void try_id(struct arena *a, struct near_search *n, const char *id)
{
    const char *last = strrchr(id, '.');

    near_try(n, id, id);
    if (last && strchr(id, '.') != last)
        near_try(n, arena_text_n(a, id, (size_t)(last - id)), id);
}

static const char *meant_id(struct arena *a, const struct rules *rules,
                            const char *typed)
{
    struct near_search n = { typed, NULL, 0 };

    for (size_t i = 0; all_checks[i]; i++)
        for (const struct finding_def *d = all_checks[i]->finds; d->id; d++)
            try_id(a, &n, d->id);
    for (size_t i = 0; i < rules->fixes.len; i++)
        try_id(a, &n, rules->fixes.items[i].id);
    for (size_t i = 0; i < rules->gates_len; i++)
        try_id(a, &n, rules->gates[i].id);
    return n.best;
}

enum exit_status cmd_explain(struct arena *a, char **argv, struct err *err)
{
    static const struct option_row *const tables[] = { rows, NULL };
    struct explain_options o = { .rules = NULL };
    struct text_list words;
    const struct rules *rules = NULL;
    struct buf out;

    if (!options_read(a, argv, tables, &o, &words, err))
        return EXIT_FAILED;
    if (words.len != 1) {
        err_set(err, ERR_USAGE,
                "one id was wanted, such as \"certmend explain "
                "chain.incomplete\"");
        return EXIT_FAILED;
    }
    if (!rules_load(a, o.rules, &rules, err))
        return EXIT_FAILED;
    buf_init(&out, a, EXPLAIN_MAX);
    explain(rules, words.text[0], &out);
    if (!out.len && !explain_told(words.text[0], &out, err))
        return EXIT_FAILED;
    const char *meant = out.len ? NULL : meant_id(a, rules, words.text[0]);
    if (meant) {
        err_set(err, ERR_USAGE,
                "there is no \"%.100s\" to explain; did you mean \"certmend "
                "explain %s\"?",
                words.text[0], meant);
        return EXIT_FAILED;
    }
    if (!out.len) {
        err_set(err, ERR_USAGE,
                "the id of a finding, a fix, a gate or a rule was wanted, not "
                "\"%.100s\"; \"certmend rules table\" lists them, \"certmend "
                "explain no\" what is never advised",
                words.text[0]);
        return EXIT_FAILED;
    }
    return command_print(out.text, out.len, err) ? EXIT_CLEAN : EXIT_FAILED;
}
