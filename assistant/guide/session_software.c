/* Which program serves: asked where the steps depend on it and nothing tells.
 */
#include <string.h>
#include <strings.h>

#include "advise/software.h"
#include "base/buf.h"
#include "guide/fix_choice.h"
#include "guide/turn.h"

enum { NAMES_MAX = 200, WORD_MAX = 40 };

/* What most people have, by its number; any other is typed. */
static const struct {
    const char *told, *names;
} usual[] = {
    { "Postfix, with Dovecot for the mailboxes", "postfix,dovecot" },
    { "Exim, with Dovecot for the mailboxes", "exim,dovecot" },
    { "cPanel", "cpanel" },
    { "Plesk", "plesk" },
    { "mailcow", "mailcow" },
    { "Microsoft Exchange", "exchange" },
};

enum { USUAL = sizeof usual / sizeof *usual };

void ask_software(struct turn_context *t)
{
    struct arena *a = t->s->arena;
    struct json *data = turn_data(t);
    struct json *list = json_put_array(a, data, "usual");

    for (size_t i = 0; i < USUAL; i++) {
        struct json *item = json_add_object(a, list);
        json_put_number(a, item, "n", (double)(i + 1));
        json_put_text(a, item, "told", usual[i].told);
    }
    json_put_number(a, data, "unknown", USUAL + 1);
    render(&t->render, "ask/software", data);
}

static void go_on(struct turn_context *t, const char *names)
{
    t->s->misses = 0;
    t->s->software = names;
    if (*names || !t->s->fix->asks_software)
        t->turn->want = WANT_WORDS;
    else
        turn_go(t, PHASE_STEP);
}

/* "Postfix and Dovecot" -> "postfix,dovecot"; a word that is no name is left
 * for software_read() to refuse. */
static const char *names_of(struct arena *a, const char *text)
{
    static const char *const fillers[] = { "and", "with", "+", "&" };
    struct buf out;

    buf_init(&out, a, NAMES_MAX);
    while (*(text += strspn(text, " ,\t"))) {
        size_t len = strcspn(text, " ,\t");
        const char *word = arena_text_n(a, text, len);
        bool is_filler = false;
        for (size_t i = 0; i < sizeof fillers / sizeof *fillers; i++)
            is_filler = is_filler || strcasecmp(word, fillers[i]) == 0;
        if (!is_filler)
            buf_printf(&out, "%s%s", out.len ? "," : "", word);
        text += len;
    }
    for (char *c = out.text; *c; c++)
        *c = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
    return out.text;
}

/* The first of the names that is none; the whole list would be long. */
static const char *why_not(struct arena *a, const char *names)
{
    const char *name = names, *meant = NULL;
    struct text_list ignored = { 0 };
    struct err err;
    size_t len = 0;

    for (; *names; names += len + (names[len] == ',')) {
        len = strcspn(names, ",");
        name = arena_text_n(a, names, len < WORD_MAX ? len : WORD_MAX);
        if (!software_read(a, name, &ignored, &err))
            break;
    }
    meant = software_meant(name);
    return meant ? arena_printf(a,
                                "\"%s\" is none that I know; did you mean "
                                "\"%s\"?",
                                name, meant)
                 : arena_printf(a,
                                "\"%s\" is none that I know. A number will "
                                "do; with %d you get general steps",
                                name, USUAL + 1);
}

static bool is_unknown(const struct answer *got)
{
    static const char *const words[] = { "other", "another", "something" };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(got->word, words[i]) == 0)
            return true;
    return !*got->text || got->number == USUAL + 1 || got->verb == VERB_SKIP ||
           got->verb == VERB_UNSURE || got->verb == VERB_NO;
}

/* "done" or "request": the question is passed over, as by answers that were
 * written down before it was asked. */
static bool is_for_step(const struct session *s, const struct answer *got)
{
    return got->verb == VERB_DONE || got->verb == VERB_LOOK ||
           got->verb == VERB_LATER || got->verb == VERB_OTHER ||
           got->verb == VERB_WHY || action_find(s->fix, s->here, got->word);
}

static void pass_over(struct turn_context *t, const struct answer *got)
{
    struct session *s = t->s;

    if (!s->software)
        s->software = "";
    s->phase = s->behind = PHASE_STEP;
    answer_step(t, got);
}

void answer_software(struct turn_context *t, const struct answer *got)
{
    struct arena *a = t->s->arena;
    struct text_list list = { 0 };
    struct err err;

    if (got->verb == VERB_BACK) {
        turn_go(t, PHASE_FIX);
    } else if (is_for_step(t->s, got)) {
        pass_over(t, got);
    } else if (is_unknown(got)) {
        go_on(t, "");
    } else if (got->number >= 1 && got->number <= USUAL) {
        go_on(t, usual[got->number - 1].names);
    } else {
        const char *names = names_of(a, got->text);
        if (software_read(a, names, &list, &err))
            go_on(t, names);
        else
            turn_misunderstood(t, why_not(a, names));
    }
}

void turn_reworded(struct turn_context *t, const struct report *r)
{
    struct session *s = t->s;

    s->report = r;
    s->fix = fix_choice_find(r->plan, s->fix_id);
    turn_go(t, s->fix ? PHASE_STEP : PHASE_FIX);
}
