#include "guide/session.h"

#include <assert.h>

#include "base/clock.h"
#include "guide/turn.h"

static const struct phase_row phase_rows[] = {
    [PHASE_ERROR] = { ask_error, answer_error },
    [PHASE_SERVER] = { ask_server, answer_server_typed },
    [PHASE_ADDRESS] = { ask_address, answer_address },
    [PHASE_WHO] = { ask_who, answer_who },
    [PHASE_FIX] = { ask_fix, answer_fix },
    [PHASE_SOFTWARE] = { ask_software, answer_software },
    [PHASE_STEP] = { ask_step, answer_step },
    [PHASE_COMMAND] = { ask_command, answer_command },
    [PHASE_CONFIRM] = { ask_confirm, answer_confirm },
};
static_assert(sizeof phase_rows / sizeof *phase_rows == PHASE_OVER,
              "a row per phase");

/* Only a turn that could be put into words is one. */
static bool finish(struct turn_context *t, struct err *err)
{
    if (t->enters) {
        phase_rows[t->s->phase].ask(t);
        turn_prompt(t);
    }
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
    t.got = &got;
    if (got.verb == VERB_QUIT)
        turn_end(&t, ENDING_LEFT);
    else if (got.verb == VERB_HELP ||
             (got.verb == VERB_UNSURE && s->phase >= PHASE_FIX &&
              s->phase != PHASE_SOFTWARE))
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

bool session_reworded(struct session *s, const struct report *r,
                      struct turn *out, struct err *err)
{
    struct turn_context t;

    open_talk(&t, s, out);
    turn_reworded(&t, r);
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
        [PHASE_ADDRESS] = "which mail address",
        [PHASE_WHO] = "who runs the server",
        [PHASE_FIX] = "choosing a fix",
        [PHASE_SOFTWARE] = "which software",
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
