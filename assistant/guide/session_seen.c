/* What a look means for the session. */
#include <string.h>

#include "guide/fix_choice.h"
#include "guide/turn.h"
#include "guide/view.h"
#include "model/target.h"
#include "report/report_words.h"

/* Nobody answers where it was asked for, and no other way in was found. */
static bool is_out_of_reach(const struct report *r, enum who who)
{
    const struct finding *f = report_gravest(r);
    const struct fix *best = fix_choice_best(r->plan, who);

    return f && strncmp(f->def->id, "conn.", 5) == 0 &&
           (!best || best->def->actor != ACTOR_USER);
}

/* The name does not exist, and there is nothing that the person could do but
 * type another one. */
static bool is_no_name(const struct report *r, enum who who)
{
    const struct finding *f = report_gravest(r);
    const struct fix *best = fix_choice_best(r->plan, who);

    return f && strcmp(f->def->id, "dns.nxdomain") == 0 &&
           (!best || !fix_choice_is_own(best, who));
}

static void ask_for_another(struct turn_context *t)
{
    render(&t->render, "no-name", turn_data(t));
    t->s->target = NULL;
    turn_go(t, PHASE_SERVER);
}

static void seen_first(struct turn_context *t, const struct report *r)
{
    static const enum ending endings[] = {
        [VERDICT_OK] = ENDING_NOTHING,
        [VERDICT_PROBLEMS] = ENDING_UNSEEN,
        [VERDICT_UNTESTED] = ENDING_UNSEEN,
    };
    enum verdict_word verdict = report_verdict(r);

    if (is_no_name(r, t->s->who)) {
        ask_for_another(t);
        return;
    }
    if (verdict == VERDICT_PROBLEMS && !is_out_of_reach(r, t->s->who)) {
        turn_choose(t, r);
        return;
    }
    t->s->report = r;
    turn_end(t, endings[verdict]);
}

/* Goes on where the session was, as far as that is still there. */
static void seen_again(struct turn_context *t, const struct report *r)
{
    struct session *s = t->s;
    const struct fix *fix = fix_choice_find(r->plan, s->fix_id);
    bool stepping = s->phase >= PHASE_STEP && s->phase < PHASE_OVER;

    if (report_verdict(r) == VERDICT_OK && s->fix_id) {
        s->report = r;
        s->fix = NULL;
        turn_end(t, ENDING_MENDED);
        return;
    }
    if (!fix || report_verdict(r) != VERDICT_PROBLEMS) {
        seen_first(t, r);
        return;
    }
    s->report = r;
    s->fix = fix;
    turn_go(t, stepping ? PHASE_STEP : PHASE_FIX);
}

/* What the fix was chosen for is gone; for another name or port than the one
 * asked: all is well there. */
static bool is_cured(const struct session *s, const struct report *r)
{
    if (report_verdict(r) == VERDICT_UNTESTED)
        return false;
    if (s->fix->def->actor == ACTOR_USER)
        return report_verdict(r) == VERDICT_OK ||
               findings_worst(r->findings) != SEV_ERROR;
    return !view_has(r, s->fix->causes, s->fix->causes_len);
}

static const char *whole_host(struct arena *a, const char *target)
{
    struct target read;
    struct err err;

    if (!target_parse(a, target, &read, &err) || !read.port ||
        read.kind != TARGET_HOST)
        return NULL;
    return read.host;
}

static struct json *now_data(struct turn_context *t, const struct report *r)
{
    struct json *data = turn_data(t);

    json_put(t->s->arena, data, "now", view_now(t->s->arena, t->s->report, r));
    return data;
}

/* All is right; what is left is to keep it so. */
static void close_up(struct turn_context *t)
{
    struct session *s = t->s;
    size_t pages = fix_choice_pages(s->fix, s->who);

    if (!s->fix->def->next_time || s->step + 1 >= pages) {
        turn_end(t, ENDING_MENDED);
        return;
    }
    s->step = pages - 1;
    turn_go(t, PHASE_STEP);
}

static void cured(struct turn_context *t, const struct report *r)
{
    struct session *s = t->s;
    const char *whole = whole_host(s->arena, s->target);

    s->tries = 0;
    render(&t->render, "green", now_data(t, r));
    if (s->fix->def->actor == ACTOR_USER) {
        turn_end(t, ENDING_MENDED);
    } else if (report_verdict(r) == VERDICT_PROBLEMS) {
        render(&t->render, "next-fault", NULL);
        turn_choose(t, r);
    } else {
        s->green = true;
        if (whole)
            turn_look(t, LOOK_WHOLE, whole);
        else
            close_up(t);
    }
}

/* Something graver is wrong now than what the fix is for, and it is no way
 * out any more. */
static bool has_changed(const struct session *s, const struct report *r)
{
    const struct finding *f = report_gravest(r);
    bool known = false;

    for (size_t i = 0; f && i < s->fix->causes_len; i++)
        known |= strcmp(s->fix->causes[i], f->def->id) == 0;
    return s->fix->def->actor != ACTOR_USER && f && !known &&
           !fix_choice_find(r->plan, s->fix->def->id);
}

static void seen_step(struct turn_context *t, const struct report *r)
{
    struct session *s = t->s;
    bool more = s->step + 1 < fix_choice_pages(s->fix, s->who);

    if (is_cured(s, r)) {
        cured(t, r);
        return;
    }
    if (has_changed(s, r)) {
        render(&t->render, "changed", now_data(t, r));
        turn_choose(t, r);
        return;
    }
    if (s->looking == LOOK_STEP && more) {
        render(&t->render, "not-yet", now_data(t, r));
        s->step++;
        turn_go(t, PHASE_STEP);
        return;
    }
    s->tries++;
    struct json *data = now_data(t, r);
    json_put_bool(s->arena, data, "dead",
                  report_verdict(r) == VERDICT_UNTESTED);
    render(&t->render, "still", data);
    const char *hint = view_hint(s->arena, s->templates, s->fix);
    if (hint)
        render(&t->render, hint, data);
    turn_prompt(t);
}

static void seen_whole(struct turn_context *t, const struct report *r)
{
    struct session *s = t->s;

    if (report_verdict(r) != VERDICT_PROBLEMS) {
        close_up(t);
        return;
    }
    s->target = arena_text(s->arena, r->survey->target.host);
    render(&t->render, "elsewhere", now_data(t, r));
    turn_choose(t, r);
}

void turn_seen(struct turn_context *t, const struct report *r)
{
    static void (*const rows[])(struct turn_context * t,
                                const struct report *r) = {
        [LOOK_FIRST] = seen_first, [LOOK_RESUMED] = seen_again,
        [LOOK_STEP] = seen_step,   [LOOK_ONLY] = seen_step,
        [LOOK_WHOLE] = seen_whole,
    };

    rows[t->s->looking](t, r);
}
