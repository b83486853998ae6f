#include "guide/road.h"

#include <string.h>

#include "guide/answer.h"

/* What each can get at. An employee or a mere user has neither server nor
 * zone; a hosting customer has the zone. */
static const bool reaches[WHO_COUNT][ACTOR_COUNT] = {
    [WHO_UNKNOWN] = { [ACTOR_USER] = true, [ACTOR_LOCAL] = true },
    [WHO_ME] = { [ACTOR_USER] = true,
                 [ACTOR_YOU] = true,
                 [ACTOR_DNS] = true,
                 [ACTOR_LOCAL] = true },
    [WHO_PROVIDER] = { [ACTOR_USER] = true,
                       [ACTOR_DNS] = true,
                       [ACTOR_LOCAL] = true },
    [WHO_COMPANY] = { [ACTOR_USER] = true, [ACTOR_LOCAL] = true },
    [WHO_USER] = { [ACTOR_USER] = true, [ACTOR_LOCAL] = true },
};

bool road_is_own(const struct fix *fix, enum who who)
{
    return reaches[who][fix->def->actor];
}

const struct fix *road_find(const struct plan *p, const char *id)
{
    for (size_t i = 0; id && i < p->len; i++)
        if (strcmp(p->items[i].def->id, id) == 0)
            return &p->items[i];
    return NULL;
}

const struct fix *road_best(const struct plan *p, enum who who)
{
    const struct fix *letter = road_find(p, "ask-provider");

    for (size_t i = 0; i < p->len; i++)
        if (road_is_own(&p->items[i], who))
            return &p->items[i];
    if (letter)
        return letter;
    return p->len ? &p->items[0] : NULL;
}

bool road_by_steps(const struct fix *fix, enum who who)
{
    enum actor actor = fix->def->actor;

    return road_is_own(fix, who) && (actor == ACTOR_YOU || actor == ACTOR_DNS);
}

size_t road_pages(const struct fix *fix, enum who who)
{
    return road_by_steps(fix, who) && fix->steps_len ? fix->steps_len : 1;
}

const char *road_place(struct arena *a, const struct fix *fix,
                       const char *target)
{
    const char *host = json_find_text(fix->params, "hostname");
    double port = json_find_number(fix->params, "port", 0);
    const char *security = json_find_text(fix->params, "security");
    struct target read;
    struct err err;

    if (fix->def->actor != ACTOR_USER && !host)
        return target;
    if (!target_parse(a, target, &read, &err))
        return target;
    if (!host)
        host = read.host;
    return answer_place(a, host, port > 0 ? (uint16_t)port : read.port, security);
}
