/* What certmend does itself, after a yes. */
#include <string.h>

#include "act/act_csr.h"
#include "guide/talk.h"

static void fill_names(struct session *s, struct act *act)
{
    const struct json *names = json_find(s->fix->params, "names");
    const char **list =
        arena_alloc(s->arena, names ? names->len + 1 : 1, sizeof *list);
    size_t n = 0;

    JSON_EACH (name, names)
        if (name->type == JSON_TEXT)
            list[n++] = arena_text(s->arena, name->text);
    act->names = list;
    act->names_len = n;
    act->challenge = json_find_text(s->fix->params, "challenge");
    act->keep_key = json_find_bool(s->fix->params, "keep_key");
}

static struct json *act_data(struct talk *t)
{
    const struct act *act = &t->s->act;
    struct arena *a = t->s->arena;
    struct json *data = talk_data(t);

    json_put_texts(a, data, "act_names", act->names, act->names_len);
    json_put(a, data, "names_that_go",
             act->kind == ACT_ORDER
                 ? json_find(t->s->fix->params, "names_that_go")
                 : NULL);
    if (act->names_len) {
        json_put_text(a, data, "key_file",
                      act_csr_file_name(a, act->names[0], ".key"));
        json_put_text(a, data, "request_file",
                      act_csr_file_name(a, act->names[0], ".csr"));
    }
    json_put_text(a, data, "command", act->typed);
    return data;
}

static const char *word_of(enum act_kind kind)
{
    for (const struct act_row *row = act_rows; row->word; row++)
        if (row->kind == kind)
            return row->word;
    return "nothing";
}

void ask_confirm(struct talk *t)
{
    const char *word = word_of(t->s->act.kind);

    say(&t->say, arena_printf(t->s->arena, "act/%s", word), act_data(t));
}

void ask_command(struct talk *t)
{
    say(&t->say, "ask/command", talk_data(t));
}

static void go_back(struct talk *t)
{
    t->s->phase = t->s->behind;
    talk_prompt(t);
}

/* An order is shown by whoever will carry it out. */
static void show_plan(struct talk *t)
{
    t->s->act.kind = ACT_PLAN;
    t->turn->want = WANT_ACT;
    t->turn->act = t->s->act;
}

/* A new key would do harm, and which file holds the one in use only the person
 * can say. */
static bool lacks_key(const struct act *act)
{
    return act->kind == ACT_REQUEST && act->keep_key && !act->typed;
}

static void ask_key(struct talk *t)
{
    say(&t->say, "act/which-key", act_data(t));
    talk_prompt(t);
}

bool talk_offer(struct talk *t, const struct answer *got)
{
    struct session *s = t->s;
    const struct act_row *row = act_find(s->fix, got->word);

    if (!row || (*got->rest && !row->more && row->kind != ACT_REQUEST))
        return false;
    s->misses = 0;
    s->act = (struct act){ .kind = row->kind, .target = s->target };
    if (row->needs_more && !*got->rest) {
        talk_go(t, PHASE_COMMAND);
        return true;
    }
    s->act.typed = *got->rest ? got->rest : NULL;
    fill_names(s, &s->act);
    if (lacks_key(&s->act))
        ask_key(t);
    else if (row->kind == ACT_ORDER)
        show_plan(t);
    else
        talk_go(t, PHASE_CONFIRM);
    return true;
}

void answer_command(struct talk *t, const struct answer *got)
{
    if (!*got->text || got->verb == VERB_BACK || got->verb == VERB_NO) {
        go_back(t);
        return;
    }
    t->s->act.typed = got->text;
    talk_go(t, PHASE_CONFIRM);
}

void answer_confirm(struct talk *t, const struct answer *got)
{
    struct session *s = t->s;

    if (got->verb == VERB_YES) {
        s->misses = 0;
        s->phase = s->behind;
        t->turn->want = WANT_ACT;
        t->turn->act = s->act;
    } else if (got->verb == VERB_NO || got->verb == VERB_BACK ||
               got->verb == VERB_SKIP) {
        say(&t->say, "not-done", talk_data(t));
        go_back(t);
    } else
        talk_misunderstood(t, NULL);
}

void talk_did(struct talk *t, const struct deed *deed)
{
    struct session *s = t->s;
    struct json *data = talk_data(t);

    if (deed->worked && s->act.kind == ACT_PLAN) {
        s->act.kind = ACT_ORDER;
        talk_go(t, PHASE_CONFIRM);
        return;
    }
    if (deed->worked && deed->file && s->act.kind == ACT_LETTER)
        s->letter = deed->file;
    json_put_text(s->arena, data, "said", deed->said);
    json_put_bool(s->arena, data, "worked", deed->worked);
    json_put_bool(s->arena, data, "ran", s->act.kind == ACT_RUN);
    say(&t->say, "did", data);
    go_back(t);
}
