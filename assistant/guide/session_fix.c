/* The verdict, the best fix, and the other ways. */
#include <string.h>

#include "guide/fix_choice.h"
#include "guide/turn.h"
#include "guide/view.h"
#include "report/report_words.h"

static const char *title_of(const struct fix *fix)
{
    return fix->title ? fix->title : fix->def->title;
}

static void put_gates(struct arena *a, const struct fix *fix, struct json *data)
{
    struct json *gates = json_put_array(a, data, "gates");

    for (size_t i = 0; i < fix->gates_len; i++)
        if (!fix->gates[i].open)
            json_put_text(a, json_add_object(a, gates), "detail",
                          fix->gates[i].detail);
}

static struct json *fix_data(struct turn_context *t, const struct fix *fix)
{
    struct arena *a = t->s->arena;
    struct json *data = turn_data(t);

    json_put_text(a, data, "title", title_of(fix));
    json_put_text(a, data, "why", fix->why);
    json_put_text(a, data, "effort", fix->def->effort);
    json_put_text(a, data, "by", report_actors[fix->def->actor]);
    json_put_text(a, data, "risk", report_risks[fix->def->risk]);
    json_put_text(a, data, "tried", report_proofs[fix->proof]);
    /* That a letter proves nothing goes without saying. */
    json_put_text(a, data, "proof",
                  fix->def->kind == FIX_LETTER ? NULL : fix->proof_detail);
    json_put_bool(a, data, "own", fix_choice_is_own(fix, t->s->who));
    json_put_bool(a, data, "is_first", fix == &t->s->report->plan->items[0]);
    put_gates(a, fix, data);
    return data;
}

/* The verdict in one sentence: there may be one for the very finding. */
static void render_verdict(struct turn_context *t)
{
    const struct finding *f = report_gravest(t->s->report);
    struct json *data = turn_data(t);

    render(&t->render, "seen", data);
    if (f &&
        !render_if(&t->render,
                   arena_printf(t->s->arena, "verdict/%s", f->def->id), data))
        render(&t->render, "verdict", data);
    render(&t->render, "also", data);
}

static void render_fix(struct turn_context *t)
{
    if (t->s->fix)
        render(&t->render, "fix", fix_data(t, t->s->fix));
    else
        render(&t->render, "no-fix", turn_data(t));
}

void ask_fix(struct turn_context *t)
{
    render_verdict(t);
    render_fix(t);
}

static void take_fix(struct session *s, const struct fix *fix)
{
    s->fix = fix;
    s->fix_id = fix ? fix->def->id : NULL;
    s->step = 0;
    s->tries = 0;
    s->green = false;
}

void turn_choose(struct turn_context *t, const struct report *r)
{
    t->s->report = r;
    take_fix(t->s, fix_choice_best(r->plan, t->s->who));
    turn_go(t, PHASE_FIX);
}

static void list_others(struct turn_context *t)
{
    const struct plan *p = t->s->report->plan;
    struct arena *a = t->s->arena;
    struct json *data = turn_data(t);
    struct json *list = json_put_array(a, data, "fixes");

    for (size_t i = 0; i < p->len; i++) {
        const struct fix *fix = &p->items[i];
        struct json *item = json_add_object(a, list);
        json_put_number(a, item, "n", (double)(i + 1));
        json_put_text(a, item, "title", title_of(fix));
        json_put_text(a, item, "by", report_actors[fix->def->actor]);
        json_put_text(a, item, "effort", fix->def->effort);
        json_put_bool(a, item, "here", fix == t->s->fix);
        put_gates(a, fix, item);
    }
    render(&t->render, "others", data);
}

/* Another one, without the verdict a second time. */
static void switch_to(struct turn_context *t, const struct fix *fix)
{
    take_fix(t->s, fix);
    t->s->phase = t->s->behind = PHASE_FIX;
    render_fix(t);
    turn_prompt(t);
}

static void next_fix(struct turn_context *t)
{
    const struct plan *p = t->s->report->plan;
    size_t at = t->s->fix ? (size_t)(t->s->fix - p->items) : p->len;

    if (p->len)
        switch_to(t, &p->items[at + 1 < p->len ? at + 1 : 0]);
    else
        turn_misunderstood(t, NULL);
}

void turn_why(struct turn_context *t)
{
    const struct fix *fix = t->s->fix;

    render(&t->render, "why", fix ? fix_data(t, fix) : turn_data(t));
    turn_prompt(t);
}

static void show_others(struct turn_context *t)
{
    t->s->phase = t->s->behind = PHASE_FIX;
    list_others(t);
    turn_prompt(t);
}

static void ask_who_again(struct turn_context *t)
{
    turn_go(t, PHASE_WHO);
}

static void begin_steps(struct turn_context *t)
{
    const struct session *s = t->s;
    bool asks = s->fix && s->fix->asks_software && !s->software &&
                s->fix->def->actor == ACTOR_YOU &&
                fix_choice_is_own(s->fix, s->who);

    if (s->fix)
        turn_go(t, asks ? PHASE_SOFTWARE : PHASE_STEP);
    else
        turn_misunderstood(t, NULL);
}

static void look_again(struct turn_context *t)
{
    turn_look(t, LOOK_RESUMED, t->s->target);
}

static void stop_for_now(struct turn_context *t)
{
    turn_end(t, ENDING_LEFT);
}

static const struct {
    enum verb verb;
    void (*action)(struct turn_context *t);
} verb_rows[] = {
    { VERB_YES, begin_steps },    { VERB_DONE, look_again },
    { VERB_LOOK, look_again },    { VERB_WHY, turn_why },
    { VERB_OTHER, show_others },  { VERB_SKIP, next_fix },
    { VERB_BACK, ask_who_again }, { VERB_NO, stop_for_now },
    { VERB_LATER, stop_for_now },
};

void answer_fix(struct turn_context *t, const struct answer *got)
{
    const struct plan *p = t->s->report->plan;

    for (size_t i = 0; i < sizeof verb_rows / sizeof *verb_rows; i++)
        if (got->verb == verb_rows[i].verb) {
            t->s->misses = 0;
            verb_rows[i].action(t);
            return;
        }
    if (got->number >= 1 && (size_t)got->number <= p->len)
        switch_to(t, &p->items[got->number - 1]);
    else if (!*got->text)
        begin_steps(t);
    else if (!turn_offer(t, got))
        turn_misunderstood(t, NULL);
}
