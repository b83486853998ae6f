/* The three questions. */
#include <string.h>
#include <strings.h>

#include "guide/pasted_error.h"
#include "guide/turn.h"

static void look_first(struct turn_context *t)
{
    t->s->phase = t->s->behind = PHASE_FIX;
    turn_look(t, LOOK_FIRST, t->s->target);
}

/* Who is on the server itself, runs it. */
static void after_error(struct turn_context *t)
{
    if (t->s->target && t->s->here)
        look_first(t);
    else
        turn_go(t, t->s->target ? PHASE_WHO : PHASE_SERVER);
}

void ask_error(struct turn_context *t)
{
    render(&t->render, "ask/error", turn_data(t));
}

/* All that was seen is of another server. */
static void take_target(struct session *s, const char *target)
{
    s->target = target;
    s->hint = NULL;
    s->guessed = false;
    s->report = NULL;
    s->fix = NULL;
    s->fix_id = NULL;
    s->misses = 0;
}

/* What was mistyped is offered for an Enter. */
static bool guess(struct session *s, const char *text)
{
    const char *meant = answer_server_meant(s->arena, text);

    if (!meant)
        return false;
    s->hint = meant;
    s->guessed = true;
    return true;
}

/* A server where the message was asked for: taken as the next answer. */
static bool is_server(struct turn_context *t, const char *text)
{
    const char *target = NULL;
    struct err err;

    if (strlen(text) > 300 || !strchr(text, '.'))
        return false;
    if (guess(t->s, text))
        return true;
    if (!answer_server(t->s->arena, text, &target, &err))
        return false;
    take_target(t->s, target);
    return true;
}

static void take_error(struct session *s, const struct pasted_error *found)
{
    s->pasted = true;
    s->program = found->program;
    s->client = found->client;
    s->hint = found->server;
    s->guessed = false;
}

static void hear(struct turn_context *t, const struct pasted_error *found)
{
    struct json *data = turn_data(t);

    json_put_bool(t->s->arena, data, "known", found->known);
    json_put_text(t->s->arena, data, "means", found->means);
    render(&t->render, "heard", data);
}

/* Nothing is known, and nothing lost by it. */
static bool has_none(const struct answer *got)
{
    return !*got->text || got->verb == VERB_NO || got->verb == VERB_SKIP ||
           got->verb == VERB_UNSURE;
}

void answer_error(struct turn_context *t, const struct answer *got)
{
    struct session *s = t->s;
    struct pasted_error found;

    s->misses = 0;
    if (has_none(got)) {
        after_error(t);
        return;
    }
    pasted_error_read(s->arena, got->text, &found);
    if (!found.known && !s->target && is_server(t, got->text)) {
        after_error(t);
        return;
    }
    take_error(s, &found);
    hear(t, &found);
    after_error(t);
}

void ask_server(struct turn_context *t)
{
    render(&t->render, "ask/server", turn_data(t));
}

/* A message where a server was asked for: "handshake failed" names none. */
static bool is_message(struct turn_context *t, const char *text)
{
    struct pasted_error found;

    if (!strchr(text, ' '))
        return false;
    pasted_error_read(t->s->arena, text, &found);
    if (!found.known)
        return false;
    t->s->misses = 0;
    take_error(t->s, &found);
    hear(t, &found);
    return true;
}

/* Words that were typed for a server; why they are none is told. */
static void take_server(struct turn_context *t, const char *text)
{
    const char *target = NULL;
    struct err err = { ERR_NONE, "" };

    if (!answer_server(t->s->arena, text, &target, &err)) {
        turn_misunderstood(t, err.text);
        return;
    }
    take_target(t->s, target);
    if (t->s->who == WHO_UNKNOWN)
        turn_go(t, PHASE_WHO);
    else
        look_first(t);
}

void answer_server_typed(struct turn_context *t, const struct answer *got)
{
    struct session *s = t->s;
    bool agreed = s->hint && (!*got->text || got->verb == VERB_YES);

    if (got->verb == VERB_BACK)
        turn_go(t, PHASE_ERROR);
    else if (agreed)
        take_server(t, s->hint);
    else if (has_none(got) ||
             pasted_error_program(got->text, &s->program, &s->client))
        turn_go(t, PHASE_ADDRESS);
    else if (is_message(t, got->text) || guess(s, got->text))
        turn_go(t, PHASE_SERVER);
    else
        take_server(t, got->text);
}

void ask_address(struct turn_context *t)
{
    render(&t->render, "ask/address", turn_data(t));
}

/* "example.com" is meant as the domain here, whatever else answers there. */
static const char *as_domain(struct arena *a, const char *text)
{
    bool is_bare = strchr(text, '.') && !strpbrk(text, "@:/[ \t");

    return is_bare ? arena_printf(a, "@%s", text) : text;
}

void answer_address(struct turn_context *t, const struct answer *got)
{
    struct arena *a = t->s->arena;

    if (got->verb == VERB_BACK || guess(t->s, got->text))
        turn_go(t, PHASE_SERVER);
    else if (has_none(got))
        turn_again(t, "no-address", turn_data(t));
    else if (is_message(t, got->text))
        turn_go(t, t->s->hint ? PHASE_SERVER : PHASE_ADDRESS);
    else if (!strpbrk(got->text, ".@:"))
        turn_misunderstood(t, "the part behind the @ is missing; an address "
                              "looks like name@example.com");
    else
        take_server(t, as_domain(a, got->text));
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
    if (got->verb == VERB_SKIP || got->verb == VERB_UNSURE)
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
    look_first(t);
}
