#include "guide/turn.h"

#include <assert.h>
#include <string.h>

#include "base/near.h"
#include "guide/fix_choice.h"
#include "guide/view.h"

enum { MISSES_MAX = 5 };

const struct word phase_words[] = {
    { "error", PHASE_ERROR },     { "server", PHASE_SERVER },
    { "address", PHASE_ADDRESS }, { "software", PHASE_SOFTWARE },
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

void turn_go(struct turn_context *t, enum phase phase)
{
    if (phase != PHASE_COMMAND && phase != PHASE_CONFIRM)
        t->s->behind = phase;
    t->s->phase = phase;
    t->enters = true;
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

void turn_again(struct turn_context *t, const char *text, struct json *data)
{
    if (++t->s->misses >= MISSES_MAX) {
        render(&t->render, "enough", data);
        turn_end(t, ENDING_LEFT);
        return;
    }
    render(&t->render, text, data);
    turn_prompt(t);
}

/* A word that is offered here, or understood everywhere. */
static const char *meant(const struct session *s, const struct answer *got)
{
    struct near_search n = { got->word, answer_meant(got->word), 0 };
    bool acts = s->fix && (s->phase == PHASE_FIX || s->phase == PHASE_STEP);

    for (const struct action_row *row = act_rows; acts && row->word; row++)
        if (!n.best && action_is_offered(row, s->fix, s->here))
            near_try(&n, row->word, row->word);
    return n.best;
}

void turn_misunderstood(struct turn_context *t, const char *why)
{
    struct json *data = turn_data(t);

    json_put_text(t->s->arena, data, "why_not", why);
    if (!why && *t->got->word)
        json_put_text(t->s->arena, data, "meant", meant(t->s, t->got));
    turn_again(t, "misunderstood", data);
}

void turn_look(struct turn_context *t, enum look_for what, const char *target)
{
    struct json *data = turn_data(t);

    json_put_text(t->s->arena, data, "place",
                  answer_place_told(t->s->arena, target));
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
    json_put_text(a, o, "place",
                  answer_place_told(a, fix_choice_place(a, fix, s->target)));
    json_put_number(a, data, "step", (double)(s->step + 1));
    json_put_number(a, data, "steps", (double)pages);
    json_put_bool(a, data, "several", pages > 1);
    size_t others = s->report->plan->len - 1;
    json_put_bool(a, data, "others", others > 0);
    json_put_bool(a, data, "one_other", others == 1);
    json_put_number(a, data, "count", (double)others);
    struct json *offers = json_put_array(a, data, "offers");
    for (const struct action_row *row = act_rows; row->word; row++) {
        bool needless = row->kind == ACT_LETTER &&
                        (s->letter || fix_choice_is_own(fix, s->who));
        if (needless || !action_is_offered(row, fix, s->here))
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
    json_put_text(a, data, "target", answer_place_typed(a, s->target));
    json_put_text(a, data, "server", answer_place_told(a, s->target));
    json_put_bool(a, data, "domain",
                  answer_place_told(a, s->target) != s->target);
    json_put_text(a, data, "program", s->program);
    json_put_text(a, data, "hint", s->hint);
    json_put_bool(a, data, "guessed", s->guessed);
    json_put_text(a, data, "letter", s->letter);
    json_put_bool(a, data, "pasted", s->pasted);
    json_put_bool(a, data, "on_it", s->here);
    json_put_bool(a, data, "gmail",
                  s->client && strcmp(s->client, "gmail") == 0);
    if (s->number)
        json_put_number(a, data, "number", s->number);
    if (s->report && s->fix)
        put_fix(a, s, data);
    return data;
}
