/* What a look means for the session. */
#include <string.h>

#include "guide/road.h"
#include "guide/sight.h"
#include "guide/talk.h"
#include "model/target.h"

/* Nobody answers where it was asked for, and no other way in was found. */
static bool is_out_of_reach(const struct report *r, enum who who)
{
    const struct finding *f = sight_gravest(r);
    const struct fix *best = road_best(r->plan, who);

    return f && strncmp(f->def->id, "conn.", 5) == 0 &&
           (!best || best->def->actor != ACTOR_USER);
}

static void seen_first(struct talk *t, const struct report *r)
{
    static const enum ending endings[] = {
        [VERDICT_OK] = ENDING_NOTHING,
        [VERDICT_PROBLEMS] = ENDING_UNSEEN,
        [VERDICT_UNTESTED] = ENDING_UNSEEN,
    };
    enum verdict_word verdict = report_verdict(r);

    if (verdict == VERDICT_PROBLEMS && !is_out_of_reach(r, t->s->who)) {
        talk_choose(t, r);
        return;
    }
    t->s->report = r;
    talk_end(t, endings[verdict]);
}

/* Goes on where the session was, as far as that is still there. */
static void seen_again(struct talk *t, const struct report *r)
{
    struct session *s = t->s;
    const struct fix *fix = road_find(r->plan, s->fix_id);
    bool stepping = s->phase >= PHASE_STEP && s->phase < PHASE_OVER;

    if (report_verdict(r) == VERDICT_OK && s->fix_id) {
        s->report = r;
        s->fix = NULL;
        talk_end(t, ENDING_MENDED);
        return;
    }
    if (!fix || report_verdict(r) != VERDICT_PROBLEMS) {
        seen_first(t, r);
        return;
    }
    s->report = r;
    s->fix = fix;
    talk_go(t, stepping ? PHASE_STEP : PHASE_FIX);
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
    return !sight_has(r, s->fix->causes, s->fix->causes_len);
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

static struct json *now_data(struct talk *t, const struct report *r)
{
    struct json *data = talk_data(t);

    json_put(t->s->arena, data, "now", sight_now(t->s->arena, t->s->report, r));
    return data;
}

/* All is right; what is left is to keep it so. */
static void close_up(struct talk *t)
{
    struct session *s = t->s;
    size_t pages = road_pages(s->fix, s->who);

    if (!road_ends_with_renewal(s->fix) || s->step + 1 >= pages) {
        talk_end(t, ENDING_MENDED);
        return;
    }
    s->step = pages - 1;
    talk_go(t, PHASE_STEP);
}

static void cured(struct talk *t, const struct report *r)
{
    struct session *s = t->s;
    const char *whole = whole_host(s->arena, s->target);

    s->tries = 0;
    say(&t->say, "green", now_data(t, r));
    if (s->fix->def->actor == ACTOR_USER) {
        talk_end(t, ENDING_MENDED);
    } else if (report_verdict(r) == VERDICT_PROBLEMS) {
        say(&t->say, "next-fault", NULL);
        talk_choose(t, r);
    } else {
        s->green = true;
        if (whole)
            talk_look(t, LOOK_WHOLE, whole);
        else
            close_up(t);
    }
}

/* Something graver is wrong now than what the fix is for, and it is no way
 * out any more. */
static bool has_changed(const struct session *s, const struct report *r)
{
    const struct finding *f = sight_gravest(r);
    bool known = false;

    for (size_t i = 0; f && i < s->fix->causes_len; i++)
        known |= strcmp(s->fix->causes[i], f->def->id) == 0;
    return s->fix->def->actor != ACTOR_USER && f && !known &&
           !road_find(r->plan, s->fix->def->id);
}

static void seen_step(struct talk *t, const struct report *r)
{
    struct session *s = t->s;
    bool more = s->step + 1 < road_pages(s->fix, s->who);

    if (is_cured(s, r)) {
        cured(t, r);
        return;
    }
    if (has_changed(s, r)) {
        say(&t->say, "changed", now_data(t, r));
        talk_choose(t, r);
        return;
    }
    if (s->looking == LOOK_STEP && more) {
        say(&t->say, "not-yet", now_data(t, r));
        s->step++;
        talk_go(t, PHASE_STEP);
        return;
    }
    s->tries++;
    struct json *data = now_data(t, r);
    json_put_bool(s->arena, data, "dead",
                  report_verdict(r) == VERDICT_UNTESTED);
    say(&t->say, "still", data);
    (void)say_if(&t->say, arena_printf(s->arena, "hint/%s", s->fix->def->id),
                 data);
    talk_prompt(t);
}

static void seen_whole(struct talk *t, const struct report *r)
{
    struct session *s = t->s;

    if (report_verdict(r) != VERDICT_PROBLEMS) {
        close_up(t);
        return;
    }
    s->target = arena_text(s->arena, r->survey->target.host);
    say(&t->say, "elsewhere", now_data(t, r));
    talk_choose(t, r);
}

void talk_seen(struct talk *t, const struct report *r)
{
    static void (*const rows[])(struct talk * t, const struct report *r) = {
        [LOOK_FIRST] = seen_first, [LOOK_RESUMED] = seen_again,
        [LOOK_STEP] = seen_step,   [LOOK_ONLY] = seen_step,
        [LOOK_WHOLE] = seen_whole,
    };

    rows[t->s->looking](t, r);
}
