/* The three questions. */
#include <string.h>
#include <strings.h>

#include "guide/pasted_error.h"
#include "guide/turn.h"

static void after_error(struct turn_context *t)
{
    turn_go(t, t->s->target ? PHASE_WHO : PHASE_SERVER);
}

void ask_error(struct turn_context *t)
{
    render(&t->render, "ask/error", turn_data(t));
}

/* A server where the message was asked for: taken as the next answer. */
static bool is_server(struct turn_context *t, const char *text)
{
    const char *target = NULL;
    struct err err;

    if (strlen(text) > 300 || !strchr(text, '.') ||
        !answer_server(t->s->arena, text, &target, &err))
        return false;
    t->s->target = target;
    return true;
}

void answer_error(struct turn_context *t, const struct answer *got)
{
    struct session *s = t->s;
    struct pasted_error found;

    s->misses = 0;
    if (!*got->text || got->verb == VERB_NO || got->verb == VERB_SKIP) {
        after_error(t);
        return;
    }
    pasted_error_read(s->arena, got->text, &found);
    s->pasted = true;
    s->program = found.program;
    s->client = found.client;
    s->hint = found.server;
    if (!found.known && !s->target && is_server(t, got->text)) {
        s->pasted = false;
        after_error(t);
        return;
    }
    struct json *data = turn_data(t);
    json_put_bool(s->arena, data, "known", found.known);
    json_put_text(s->arena, data, "means", found.means);
    render(&t->render, "heard", data);
    after_error(t);
}

void ask_server(struct turn_context *t)
{
    render(&t->render, "ask/server", turn_data(t));
}

void answer_server_typed(struct turn_context *t, const struct answer *got)
{
    struct session *s = t->s;
    const char *text = got->text;
    struct err err = { ERR_NONE, "" };

    if (got->verb == VERB_BACK) {
        turn_go(t, PHASE_ERROR);
        return;
    }
    if (s->hint && (!*text || got->verb == VERB_YES))
        text = s->hint;
    if (!*text) {
        turn_misunderstood(t, NULL);
        return;
    }
    if (!answer_server(s->arena, text, &s->target, &err)) {
        turn_misunderstood(t, err.text);
        return;
    }
    s->misses = 0;
    turn_go(t, PHASE_WHO);
}

void ask_who(struct turn_context *t)
{
    render(&t->render, "ask/who", turn_data(t));
}

/* What people type, by the beginning of it. */
static const struct {
    const char *begins;
    enum who who;
} whos[] = {
    { "me", WHO_ME },
    { "i do", WHO_ME },
    { "myself", WHO_ME },
    { "yes", WHO_ME },
    { "my prov", WHO_PROVIDER },
    { "prov", WHO_PROVIDER },
    { "host", WHO_PROVIDER },
    { "my host", WHO_PROVIDER },
    { "my comp", WHO_COMPANY },
    { "comp", WHO_COMPANY },
    { "it dep", WHO_COMPANY },
    { "i only", WHO_USER },
    { "only", WHO_USER },
    { "user", WHO_USER },
    { "i don", WHO_UNKNOWN },
    { "don", WHO_UNKNOWN },
    { "unknown", WHO_UNKNOWN },
    { "someone", WHO_UNKNOWN },
};

static enum who who_of(const struct answer *got)
{
    static const enum who numbers[] = { WHO_ME, WHO_PROVIDER, WHO_COMPANY,
                                        WHO_USER, WHO_UNKNOWN };
    size_t count = sizeof numbers / sizeof *numbers;

    if (got->number >= 1 && (size_t)got->number <= count)
        return numbers[got->number - 1];
    for (size_t i = 0; i < sizeof whos / sizeof *whos; i++)
        if (strncasecmp(got->text, whos[i].begins, strlen(whos[i].begins)) == 0)
            return whos[i].who;
    return WHO_COUNT;
}

void answer_who(struct turn_context *t, const struct answer *got)
{
    struct session *s = t->s;
    enum who who = who_of(got);

    if (got->verb == VERB_BACK) {
        s->target = NULL;
        turn_go(t, PHASE_SERVER);
        return;
    }
    if (got->verb == VERB_SKIP)
        who = WHO_UNKNOWN;
    if (who == WHO_COUNT) {
        turn_misunderstood(t, NULL);
        return;
    }
    s->misses = 0;
    s->who = who;
    if (s->report) { /* it was seen before the answer was changed */
        turn_choose(t, s->report);
        return;
    }
    s->phase = s->behind = PHASE_FIX;
    turn_look(t, LOOK_FIRST, s->target);
}
