#include "guide/session.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "guide/fix_choice.h"
#include "guide/turn.h"
#include "guide/view.h"

enum { MISSES_MAX = 5 };

const struct word phase_words[] = {
    { "error", PHASE_ERROR },     { "server", PHASE_SERVER },
    { "who", PHASE_WHO },         { "fix", PHASE_FIX },
    { "step", PHASE_STEP },       { "command", PHASE_COMMAND },
    { "confirm", PHASE_CONFIRM }, { "over", PHASE_OVER },
    { NULL, PHASE_COUNT },
};
static_assert(sizeof phase_words / sizeof *phase_words == PHASE_COUNT + 1,
              "a word per phase");

const struct word who_words[] = {
    { "unknown", WHO_UNKNOWN },   { "me", WHO_ME },
    { "provider", WHO_PROVIDER }, { "company", WHO_COMPANY },
    { "user", WHO_USER },         { NULL, WHO_COUNT },
};
static_assert(sizeof who_words / sizeof *who_words == WHO_COUNT + 1,
              "a word per who");

const struct word ending_words[] = {
    { "left", ENDING_LEFT },       { "mended", ENDING_MENDED },
    { "nothing", ENDING_NOTHING }, { "unseen", ENDING_UNSEEN },
    { "waiting", ENDING_WAITING }, { "provider", ENDING_PROVIDER },
    { NULL, ENDING_COUNT },
};
static_assert(sizeof ending_words / sizeof *ending_words == ENDING_COUNT + 1,
              "a word per ending");

static const struct phase_row phase_rows[] = {
    [PHASE_ERROR] = { ask_error, answer_error },
    [PHASE_SERVER] = { ask_server, answer_server_typed },
    [PHASE_WHO] = { ask_who, answer_who },
    [PHASE_FIX] = { ask_fix, answer_fix },
    [PHASE_STEP] = { ask_step, answer_step },
    [PHASE_COMMAND] = { ask_command, answer_command },
    [PHASE_CONFIRM] = { ask_confirm, answer_confirm },
};
static_assert(sizeof phase_rows / sizeof *phase_rows == PHASE_OVER,
              "a row per phase");

void turn_go(struct turn_context *t, enum phase phase)
{
    if (phase != PHASE_COMMAND && phase != PHASE_CONFIRM)
        t->s->behind = phase;
    t->s->phase = phase;
    phase_rows[phase].ask(t);
    turn_prompt(t);
}

void turn_prompt(struct turn_context *t)
{
    enum phase phase = t->s->phase;

    render(&t->render,
           arena_printf(t->s->arena, "prompt/%s",
                        table_text(phase_words, (int)phase)),
           turn_data(t));
    t->turn->want = WANT_ANSWER;
    t->turn->free_text = phase == PHASE_ERROR;
    t->turn->confirms = phase == PHASE_CONFIRM;
}

void turn_misunderstood(struct turn_context *t, const char *why)
{
    struct json *data = turn_data(t);

    if (++t->s->misses >= MISSES_MAX) {
        render(&t->render, "enough", data);
        turn_end(t, ENDING_LEFT);
        return;
    }
    json_put_text(t->s->arena, data, "why_not", why);
    render(&t->render, "misunderstood", data);
    turn_prompt(t);
}

void turn_look(struct turn_context *t, enum look_for what, const char *target)
{
    struct json *data = turn_data(t);

    json_put_text(t->s->arena, data, "place", target);
    json_put_bool(t->s->arena, data, "whole", what == LOOK_WHOLE);
    render(&t->render, "looking", data);
    t->s->looking = what;
    t->turn->want = WANT_LOOK;
    t->turn->target = target;
}

void turn_end(struct turn_context *t, enum ending ending)
{
    t->s->ending = ending;
    if (ending == ENDING_MENDED || ending == ENDING_NOTHING)
        t->s->phase = PHASE_OVER;
    render(&t->render,
           arena_printf(t->s->arena, "ending/%s",
                        table_text(ending_words, (int)ending)),
           turn_data(t));
    t->turn->want = WANT_END;
}

static void put_fix(struct arena *a, const struct session *s, struct json *data)
{
    const struct fix *fix = s->fix;
    struct json *o = json_put_object(a, data, "fix");
    size_t pages = fix_choice_pages(fix, s->who);

    json_put_text(a, o, "id", fix->def->id);
    json_put_text(a, o, "title", fix->title ? fix->title : fix->def->title);
    json_put_bool(a, o, "own", fix_choice_is_own(fix, s->who));
    json_put_text(a, o, "place", fix_choice_place(a, fix, s->target));
    json_put_number(a, data, "step", (double)(s->step + 1));
    json_put_number(a, data, "steps", (double)pages);
    json_put_bool(a, data, "several", pages > 1);
    size_t others = s->report->plan->len - 1;
    json_put_bool(a, data, "others", others > 0);
    json_put_bool(a, data, "one_other", others == 1);
    json_put_number(a, data, "count", (double)others);
    struct json *offers = json_put_array(a, data, "offers");
    for (const struct action_row *row = act_rows; row->word; row++) {
        bool needless =
            row->kind == ACT_LETTER && fix_choice_is_own(fix, s->who);
        if (needless || !row->applies(fix))
            continue;
        struct json *offer = json_add_object(a, offers);
        json_put_text(a, offer, "word", row->word);
        json_put_text(a, offer, "offer", row->offer);
        json_put_text(a, offer, "more", row->more);
    }
}

struct json *turn_data(struct turn_context *t)
{
    struct session *s = t->s;
    struct arena *a = s->arena;
    struct json *data = s->report ? view_of(a, s->report) : json_object(a);
    struct json *who = json_put_object(a, data, "who_is");

    json_put_bool(a, who, table_text(who_words, (int)s->who), true);
    json_put_text(a, data, "target", s->target);
    json_put_text(a, data, "program", s->program);
    json_put_text(a, data, "hint", s->hint);
    json_put_text(a, data, "letter", s->letter);
    json_put_bool(a, data, "pasted", s->pasted);
    json_put_bool(a, data, "gmail",
                  s->client && strcmp(s->client, "gmail") == 0);
    if (s->number)
        json_put_number(a, data, "number", s->number);
    if (s->report && s->fix)
        put_fix(a, s, data);
    return data;
}

/* Only a turn that could be put into words is one. */
static bool finish(struct turn_context *t, struct err *err)
{
    t->turn->text = t->render.out.text;
    if (t->render.err.kind == ERR_NONE)
        return true;
    *err = t->render.err;
    return false;
}

static void open_talk(struct turn_context *t, struct session *s,
                      struct turn *out)
{
    *out = (struct turn){ .want = WANT_END, .text = "" };
    *t = (struct turn_context){ .s = s, .turn = out };
    render_open(&t->render, s->arena, s->templates);
}

bool session_begin(struct session *s, struct arena *a, const char *templates,
                   const char *target, struct turn *out, struct err *err)
{
    struct turn_context t;

    *s = (struct session){ .arena = a,
                           .templates = templates,
                           .begun_at = clock_now_s(),
                           .target = target };
    open_talk(&t, s, out);
    render(&t.render, "welcome", NULL);
    turn_go(&t, PHASE_ERROR);
    return finish(&t, err);
}

bool session_resume(struct session *s, struct turn *out, struct err *err)
{
    struct turn_context t;

    open_talk(&t, s, out);
    if (s->phase >= PHASE_FIX && s->target) {
        render(&t.render, "welcome-back", turn_data(&t));
        turn_look(&t, LOOK_RESUMED, s->target);
    } else {
        render(&t.render, "welcome-back", turn_data(&t));
        turn_go(&t, s->phase < PHASE_FIX ? s->phase : PHASE_ERROR);
    }
    return finish(&t, err);
}

bool session_answer(struct session *s, const char *typed, struct turn *out,
                    struct err *err)
{
    struct answer got;
    struct turn_context t;

    open_talk(&t, s, out);
    answer_read(s->arena, typed, &got);
    if (got.verb == VERB_QUIT)
        turn_end(&t, ENDING_LEFT);
    else if (got.verb == VERB_HELP)
        turn_help(&t, &got);
    else
        phase_rows[s->phase].answer(&t, &got);
    return finish(&t, err);
}

bool session_seen(struct session *s, const struct report *r, struct turn *out,
                  struct err *err)
{
    struct turn_context t;

    open_talk(&t, s, out);
    turn_seen(&t, r);
    return finish(&t, err);
}

bool session_did(struct session *s, const struct action_result *result,
                 struct turn *out, struct err *err)
{
    struct turn_context t;

    open_talk(&t, s, out);
    turn_did(&t, result);
    return finish(&t, err);
}

const char *session_where(struct arena *a, const struct session *s)
{
    static const char *const words[] = {
        [PHASE_ERROR] = "at the first question",
        [PHASE_SERVER] = "which server",
        [PHASE_WHO] = "who runs the server",
        [PHASE_FIX] = "choosing a fix",
        [PHASE_STEP] = "step",
        [PHASE_COMMAND] = "step",
        [PHASE_CONFIRM] = "step",
        [PHASE_OVER] = "over",
    };
    static_assert(sizeof words / sizeof *words == PHASE_COUNT, "per phase");

    if (s->ending == ENDING_PROVIDER || s->ending == ENDING_WAITING)
        return s->ending == ENDING_PROVIDER ? "waiting for whoever runs it"
                                            : "waiting for caches";
    if (s->phase != PHASE_STEP)
        return words[s->phase];
    return arena_printf(a, "step %zu of %s", s->step + 1,
                        s->fix_id ? s->fix_id : "a fix");
}
