/* A fix, step by step. */
#include <string.h>

#include "guide/fix_choice.h"
#include "guide/turn.h"
#include "report/report_words.h"

static void render_page(struct turn_context *t)
{
    const struct fix *fix = t->s->fix;
    size_t from = 0, to = 0;

    fix_choice_step_page(fix, t->s->who, t->s->step, &from, &to);
    for (size_t i = from; i < to && i < fix->steps_len; i++) {
        render_text(&t->render, i > from ? "\n" : "");
        render_text(&t->render, fix->steps[i]);
    }
}

static struct json *step_data(struct turn_context *t)
{
    static const char *const actors[] = {
        [ACTOR_USER] = "user",   [ACTOR_YOU] = "you",
        [ACTOR_DNS] = "dns",     [ACTOR_PROVIDER] = "provider",
        [ACTOR_LOCAL] = "local",
    };
    const struct fix *fix = t->s->fix;
    struct arena *a = t->s->arena;
    struct json *data = turn_data(t);
    bool own = fix_choice_is_own(fix, t->s->who);

    json_put_text(a, data, "by", own ? "you" : report_actors[fix->def->actor]);
    json_put_text(a, data, "risk", report_risks[fix->def->risk]);
    json_put_bool(a, data, "reloads", fix->def->risk == RISK_RELOAD);
    json_put_bool(a, data, "green", t->s->green);
    json_put_bool(a, data, "first", t->s->step == 0);
    struct json *is = json_put_object(a, data, "is");
    json_put_bool(a, is, own ? actors[fix->def->actor] : "provider", true);
    return data;
}

void ask_step(struct turn_context *t)
{
    struct session *s = t->s;
    size_t pages = fix_choice_pages(s->fix, s->who);

    if (s->step >= pages)
        s->step = pages - 1;
    struct json *data = step_data(t);
    render(&t->render, "step", data);
    if (fix_choice_is_own(s->fix, s->who) ||
        s->fix->def->actor == ACTOR_PROVIDER)
        render_page(t);
    else
        render(&t->render, "theirs", data);
    render(&t->render, "step-end", data);
}

static bool is_last(const struct session *s)
{
    return s->step + 1 >= fix_choice_pages(s->fix, s->who);
}

static void look_here(struct turn_context *t, enum look_for what)
{
    struct session *s = t->s;

    turn_look(t, what, fix_choice_place(s->arena, s->fix, s->target));
}

static void done(struct turn_context *t)
{
    struct session *s = t->s;

    if (!fix_choice_is_own(s->fix, s->who))
        turn_end(t, ENDING_PROVIDER);
    else if (s->green)
        turn_end(t, ENDING_MENDED);
    else
        look_here(t, LOOK_STEP);
}

static void look(struct turn_context *t)
{
    look_here(t, LOOK_ONLY);
}

static void skip(struct turn_context *t)
{
    if (t->s->green) {
        turn_end(t, ENDING_MENDED);
        return;
    }
    if (is_last(t->s)) {
        look(t);
        return;
    }
    t->s->step++;
    turn_go(t, PHASE_STEP);
}

static void back(struct turn_context *t)
{
    if (t->s->step == 0) {
        bool asked = t->s->software && t->s->fix->def->actor == ACTOR_YOU;
        turn_go(t, asked ? PHASE_SOFTWARE : PHASE_FIX);
        return;
    }
    t->s->step--;
    turn_go(t, PHASE_STEP);
}

static void other(struct turn_context *t)
{
    struct answer got = { .text = "other", .verb = VERB_OTHER };

    t->s->phase = t->s->behind = PHASE_FIX;
    answer_fix(t, &got);
}

static void later(struct turn_context *t)
{
    turn_end(t, ENDING_WAITING);
}

static void not_done(struct turn_context *t)
{
    render(&t->render, "no-hurry", turn_data(t));
    turn_prompt(t);
}

static const struct {
    enum verb verb;
    void (*action)(struct turn_context *t);
} verb_rows[] = {
    { VERB_DONE, done },   { VERB_YES, done },    { VERB_LOOK, look },
    { VERB_SKIP, skip },   { VERB_BACK, back },   { VERB_WHY, turn_why },
    { VERB_OTHER, other }, { VERB_NO, not_done }, { VERB_LATER, later },
};

void answer_step(struct turn_context *t, const struct answer *got)
{
    for (size_t i = 0; i < sizeof verb_rows / sizeof *verb_rows; i++)
        if (got->verb == verb_rows[i].verb) {
            t->s->misses = 0;
            verb_rows[i].action(t);
            return;
        }
    if (!*got->text)
        not_done(t);
    else if (!turn_offer(t, got))
        turn_misunderstood(t, NULL);
}
