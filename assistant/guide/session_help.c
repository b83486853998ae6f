/* "?": what can be typed, and what any word means. */
#include <string.h>

#include "advise/advise.h"
#include "advise/plan_text.h"
#include "check/check.h"
#include "guide/fix_choice.h"
#include "guide/turn.h"
#include "report/report_words.h"

enum { WORD_MAX = 60 };

/* Other words for what the glossary has. */
static const struct {
    const char *word, *entry;
} synonyms[] = {
    { "star-name", "star" },
    { "middle-link", "chain" },
    { "name-on-the-certificate", "name" },
    { "full-chain", "chain" },
    { "show-again", "reload" },
    { "timer", "renew" },
    { "san", "name" },
    { "cn", "name" },
    { "names", "name" },
    { "wildcard", "star" },
    { "intermediate", "chain" },
    { "link", "chain" },
    { "fullchain", "chain" },
    { "middle", "chain" },
    { "ca", "authority" },
    { "tls", "encryption" },
    { "ssl", "encryption" },
    { "ipv6", "address" },
    { "ip", "address" },
    { "ports", "port" },
    { "465", "port" },
    { "587", "port" },
    { "request", "csr" },
    { "private-key", "key" },
    { "renewal", "renew" },
    { "mx", "dns" },
    { "certificates", "certificate" },
};

/* "Star name" -> "star-name"; NULL: no word of ours. */
static const char *entry_of(struct arena *a, const char *text)
{
    size_t len = strlen(text);
    char *entry = arena_copy(a, text, len);

    for (char *c = entry; *c; c++) {
        *c = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
        *c = *c == ' ' ? '-' : *c;
    }
    if (len > WORD_MAX ||
        strspn(entry, "abcdefghijklmnopqrstuvwxyz0123456789-_.") != len)
        return NULL;
    for (size_t i = 0; i < sizeof synonyms / sizeof *synonyms; i++)
        if (strcmp(synonyms[i].word, entry) == 0)
            return synonyms[i].entry;
    return entry;
}

static bool explain_finding(struct turn_context *t, const char *id)
{
    const struct finding_def *def = check_find_def(id);
    struct json *data = json_object(t->s->arena);

    if (!def)
        return false;
    json_put_text(t->s->arena, data, "title", def->title);
    json_put_text(t->s->arena, data, "why", def->why);
    json_put_text(t->s->arena, data, "source", def->source);
    render(&t->render, "about-finding", data);
    return true;
}

static bool explain_fix(struct turn_context *t, const char *id)
{
    const struct fix *fix =
        t->s->report ? fix_choice_find(t->s->report->plan, id) : NULL;
    const struct fix_def *def = fix           ? fix->def
                                : t->s->rules ? rules_find_fix(t->s->rules, id)
                                              : NULL;
    struct json *data = json_object(t->s->arena);

    if (!def)
        return false;
    json_put_text(t->s->arena, data, "title",
                  fix ? fix->title : plan_text_title(t->s->arena, def, NULL));
    json_put_text(t->s->arena, data, "why", fix ? fix->why : NULL);
    json_put_text(t->s->arena, data, "by", report_actors[def->actor]);
    json_put_text(t->s->arena, data, "effort", def->effort);
    json_put_text(t->s->arena, data, "risk", report_risks[def->risk]);
    render(&t->render, "about-fix", data);
    return true;
}

/* A word with a full stop is a finding's id, and a file name in templates/. */
static bool explain(struct turn_context *t, const char *entry)
{
    if (strchr(entry, '.'))
        return explain_finding(t, entry);
    return explain_fix(t, entry) ||
           render_if(&t->render,
                     arena_printf(t->s->arena, "glossary/%s", entry),
                     turn_data(t));
}

void turn_help(struct turn_context *t, const struct answer *got)
{
    enum phase phase = t->s->phase;
    bool asks = *got->rest && got->verb == VERB_HELP;
    const char *entry = asks ? entry_of(t->s->arena, got->rest) : NULL;

    if (!asks) {
        render(&t->render,
               arena_printf(t->s->arena, "help/%s",
                            table_text(phase_words, (int)phase)),
               turn_data(t));
        render(&t->render, "help", NULL);
    } else if (!entry || !explain(t, entry))
        render(&t->render, "unknown-word", NULL);
    turn_prompt(t);
}
