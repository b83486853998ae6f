/* The three questions. */
#include <string.h>
#include <strings.h>

#include "guide/complaint.h"
#include "guide/talk.h"

static void after_error(struct talk *t)
{
    talk_go(t, t->s->target ? PHASE_WHO : PHASE_SERVER);
}

void ask_error(struct talk *t)
{
    say(&t->say, "ask/error", talk_data(t));
}

/* A server where the message was asked for: taken as the next answer. */
static bool is_server(struct talk *t, const char *text)
{
    const char *target = NULL;
    struct err err;

    if (strlen(text) > 300 || !strchr(text, '.') ||
        !answer_server(t->s->arena, text, &target, &err))
        return false;
    t->s->target = target;
    return true;
}

void answer_error(struct talk *t, const struct answer *got)
{
    struct session *s = t->s;
    struct complaint found;

    s->misses = 0;
    if (!*got->text || got->verb == VERB_NO || got->verb == VERB_SKIP) {
        after_error(t);
        return;
    }
    complaint_read(s->arena, got->text, &found);
    s->pasted = true;
    s->program = found.program;
    s->client = found.client;
    s->hint = found.server;
    if (!found.known && !s->target && is_server(t, got->text)) {
        s->pasted = false;
        after_error(t);
        return;
    }
    struct json *data = talk_data(t);
    json_put_bool(s->arena, data, "known", found.known);
    json_put_text(s->arena, data, "means", found.means);
    say(&t->say, "heard", data);
    after_error(t);
}

void ask_server(struct talk *t)
{
    say(&t->say, "ask/server", talk_data(t));
}

void answer_server_typed(struct talk *t, const struct answer *got)
{
    struct session *s = t->s;
    const char *text = got->text;
    struct err err = { ERR_NONE, "" };

    if (got->verb == VERB_BACK) {
        talk_go(t, PHASE_ERROR);
        return;
    }
    if (s->hint && (!*text || got->verb == VERB_YES))
        text = s->hint;
    if (!*text) {
        talk_misunderstood(t, NULL);
        return;
    }
    if (!answer_server(s->arena, text, &s->target, &err)) {
        talk_misunderstood(t, err.text);
        return;
    }
    s->misses = 0;
    talk_go(t, PHASE_WHO);
}

void ask_who(struct talk *t)
{
    say(&t->say, "ask/who", talk_data(t));
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

void answer_who(struct talk *t, const struct answer *got)
{
    struct session *s = t->s;
    enum who who = who_of(got);

    if (got->verb == VERB_BACK) {
        s->target = NULL;
        talk_go(t, PHASE_SERVER);
        return;
    }
    if (got->verb == VERB_SKIP)
        who = WHO_UNKNOWN;
    if (who == WHO_COUNT) {
        talk_misunderstood(t, NULL);
        return;
    }
    s->misses = 0;
    s->who = who;
    if (s->report) { /* it was seen before the answer was changed */
        talk_choose(t, s->report);
        return;
    }
    s->phase = s->behind = PHASE_FIX;
    talk_look(t, LOOK_FIRST, s->target);
}
