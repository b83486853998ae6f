/* What certmend does itself, after a yes. */
#include <string.h>

#include "act/act_csr.h"
#include "guide/fix_choice.h"
#include "guide/turn.h"

static void fill_names(struct session *s, struct action *action)
{
    const struct json *names = json_find(s->fix->params, "names");
    const char **list =
        arena_alloc(s->arena, names ? names->len + 1 : 1, sizeof *list);
    size_t n = 0;

    JSON_EACH (name, names)
        if (name->type == JSON_TEXT)
            list[n++] = arena_text(s->arena, name->text);
    action->names = list;
    action->names_len = n;
    action->challenge = json_find_text(s->fix->params, "challenge");
    action->keep_key = json_find_bool(s->fix->params, "keep_key");
}

static struct json *act_data(struct turn_context *t)
{
    const struct action *action = &t->s->action;
    struct arena *a = t->s->arena;
    struct json *data = turn_data(t);

    json_put_texts(a, data, "act_names", action->names, action->names_len);
    json_put(a, data, "names_that_go",
             action->kind == ACT_ORDER
                 ? json_find(t->s->fix->params, "names_that_go")
                 : NULL);
    if (action->names_len) {
        json_put_text(a, data, "key_file",
                      act_csr_file_name(a, action->names[0], ".key"));
        json_put_text(a, data, "request_file",
                      act_csr_file_name(a, action->names[0], ".csr"));
    }
    json_put_text(a, data, "command", action->typed);
    return data;
}

static const char *word_of(enum action_kind kind)
{
    if (kind == ACT_APPLY)
        return "apply";
    for (const struct action_row *row = act_rows; row->word; row++)
        if (row->kind == kind)
            return row->word;
    return "nothing";
}

void ask_confirm(struct turn_context *t)
{
    const char *word = word_of(t->s->action.kind);

    render(&t->render, arena_printf(t->s->arena, "act/%s", word), act_data(t));
}

void ask_command(struct turn_context *t)
{
    render(&t->render, "ask/command", turn_data(t));
}

static void go_back(struct turn_context *t)
{
    t->s->phase = t->s->behind;
    turn_prompt(t);
}

/* An order, or a change, is shown by whoever will carry it out. */
static void show_plan(struct turn_context *t, enum action_kind kind)
{
    t->s->action.kind = kind;
    t->turn->want = WANT_ACT;
    t->turn->action = t->s->action;
}

/* A new key would do harm, and which file holds the one in use only the person
 * can say. */
static bool lacks_key(const struct action *action)
{
    return action->kind == ACT_REQUEST && action->keep_key && !action->typed;
}

static void ask_key(struct turn_context *t)
{
    render(&t->render, "act/which-key", act_data(t));
    turn_prompt(t);
}

/* "here": this is the mail server's own machine. */
static bool is_here_said(struct turn_context *t, const struct answer *got)
{
    if (strcmp(got->word, "here") != 0 || *got->rest)
        return false;
    t->s->misses = 0;
    t->s->here = true;
    render(&t->render, "here", turn_data(t));
    turn_prompt(t);
    return true;
}

bool turn_offer(struct turn_context *t, const struct answer *got)
{
    struct session *s = t->s;
    const struct action_row *row = action_find(s->fix, s->here, got->word);

    if (is_here_said(t, got))
        return true;
    if (!row || (*got->rest && !row->more && row->kind != ACT_REQUEST))
        return false;
    s->misses = 0;
    s->action = (struct action){ .kind = row->kind, .target = s->target };
    if (row->needs_more && !*got->rest) {
        turn_go(t, PHASE_COMMAND);
        return true;
    }
    s->action.typed = *got->rest ? got->rest : NULL;
    fill_names(s, &s->action);
    if (lacks_key(&s->action))
        ask_key(t);
    else if (row->kind == ACT_ORDER)
        show_plan(t, ACT_PLAN);
    else if (row->kind == ACT_SHOW)
        show_plan(t, ACT_SHOW);
    else
        turn_go(t, PHASE_CONFIRM);
    return true;
}

void answer_command(struct turn_context *t, const struct answer *got)
{
    if (!*got->text || got->verb == VERB_BACK || got->verb == VERB_NO) {
        go_back(t);
        return;
    }
    t->s->action.typed = got->text;
    turn_go(t, PHASE_CONFIRM);
}

void answer_confirm(struct turn_context *t, const struct answer *got)
{
    struct session *s = t->s;

    if (got->verb == VERB_YES) {
        s->misses = 0;
        s->phase = s->behind;
        t->turn->want = WANT_ACT;
        t->turn->action = s->action;
    } else if (got->verb == VERB_NO || got->verb == VERB_BACK ||
               got->verb == VERB_SKIP) {
        render(&t->render, "not-done", turn_data(t));
        go_back(t);
    } else
        turn_misunderstood(t, NULL);
}

void turn_did(struct turn_context *t, const struct action_result *result)
{
    struct session *s = t->s;
    struct json *data = turn_data(t);

    bool shown = s->action.kind == ACT_PLAN || s->action.kind == ACT_SHOW;

    if (result->worked && shown) {
        s->action.kind = s->action.kind == ACT_PLAN ? ACT_ORDER : ACT_APPLY;
        turn_go(t, PHASE_CONFIRM);
        return;
    }
    if (result->worked && result->file && s->action.kind == ACT_LETTER)
        s->letter = result->file;
    json_put_text(s->arena, data, "said", result->said);
    json_put_bool(s->arena, data, "worked", result->worked);
    json_put_bool(s->arena, data, "ran", s->action.kind == ACT_RUN);
    json_put_bool(s->arena, data, "wrote", s->action.kind == ACT_LETTER);
    render(&t->render, "did", data);
    if (result->worked && s->action.kind == ACT_APPLY)
        turn_look(t, LOOK_ONLY, fix_choice_place(s->arena, s->fix, s->target));
    else
        go_back(t);
}
