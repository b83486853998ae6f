/* A fix, step by step. */
#include <string.h>

#include "guide/road.h"
#include "guide/talk.h"
#include "report/report_words.h"

static void say_page(struct talk *t)
{
    const struct fix *fix = t->s->fix;
    size_t from = 0, to = 0;

    road_page(fix, t->s->who, t->s->step, &from, &to);
    for (size_t i = from; i < to && i < fix->steps_len; i++) {
        say_text(&t->say, i > from ? "\n" : "");
        say_text(&t->say, fix->steps[i]);
    }
}

static struct json *step_data(struct talk *t)
{
    static const char *const actors[] = {
        [ACTOR_USER] = "user",   [ACTOR_YOU] = "you",
        [ACTOR_DNS] = "dns",     [ACTOR_PROVIDER] = "provider",
        [ACTOR_LOCAL] = "local",
    };
    const struct fix *fix = t->s->fix;
    struct arena *a = t->s->arena;
    struct json *data = talk_data(t);
    bool own = road_is_own(fix, t->s->who);

    json_put_text(a, data, "by", own ? "you" : report_actors[fix->def->actor]);
    json_put_text(a, data, "risk", report_risks[fix->def->risk]);
    json_put_bool(a, data, "reloads", fix->def->risk == RISK_RELOAD);
    json_put_bool(a, data, "green", t->s->green);
    json_put_bool(a, data, "first", t->s->step == 0);
    struct json *is = json_put_object(a, data, "is");
    json_put_bool(a, is, own ? actors[fix->def->actor] : "provider", true);
    return data;
}

void ask_step(struct talk *t)
{
    struct session *s = t->s;
    size_t pages = road_pages(s->fix, s->who);

    if (s->step >= pages)
        s->step = pages - 1;
    struct json *data = step_data(t);
    say(&t->say, "step", data);
    if (road_is_own(s->fix, s->who) || s->fix->def->actor == ACTOR_PROVIDER)
        say_page(t);
    else
        say(&t->say, "theirs", data);
    say(&t->say, "step-end", data);
}

static bool is_last(const struct session *s)
{
    return s->step + 1 >= road_pages(s->fix, s->who);
}

static void look_here(struct talk *t, enum look_for what)
{
    struct session *s = t->s;

    talk_look(t, what, road_place(s->arena, s->fix, s->target));
}

static void done(struct talk *t)
{
    struct session *s = t->s;

    if (!road_is_own(s->fix, s->who))
        talk_end(t, ENDING_PROVIDER);
    else if (s->green)
        talk_end(t, ENDING_MENDED);
    else
        look_here(t, LOOK_STEP);
}

static void look(struct talk *t)
{
    look_here(t, LOOK_ONLY);
}

static void skip(struct talk *t)
{
    if (t->s->green) {
        talk_end(t, ENDING_MENDED);
        return;
    }
    if (is_last(t->s)) {
        look(t);
        return;
    }
    t->s->step++;
    talk_go(t, PHASE_STEP);
}

static void back(struct talk *t)
{
    if (t->s->step == 0) {
        talk_go(t, PHASE_FIX);
        return;
    }
    t->s->step--;
    talk_go(t, PHASE_STEP);
}

static void other(struct talk *t)
{
    struct answer got = { .text = "other", .verb = VERB_OTHER };

    t->s->phase = t->s->behind = PHASE_FIX;
    answer_fix(t, &got);
}

static void later(struct talk *t)
{
    talk_end(t, ENDING_WAITING);
}

static void not_done(struct talk *t)
{
    say(&t->say, "no-hurry", talk_data(t));
    talk_prompt(t);
}

static const struct {
    enum verb verb;
    void (*act)(struct talk *t);
} verb_rows[] = {
    { VERB_DONE, done },   { VERB_YES, done },    { VERB_LOOK, look },
    { VERB_SKIP, skip },   { VERB_BACK, back },   { VERB_WHY, talk_why },
    { VERB_OTHER, other }, { VERB_NO, not_done }, { VERB_LATER, later },
};

void answer_step(struct talk *t, const struct answer *got)
{
    for (size_t i = 0; i < sizeof verb_rows / sizeof *verb_rows; i++)
        if (got->verb == verb_rows[i].verb) {
            t->s->misses = 0;
            verb_rows[i].act(t);
            return;
        }
    if (!*got->text)
        not_done(t);
    else if (!talk_offer(t, got))
        talk_misunderstood(t, NULL);
}
