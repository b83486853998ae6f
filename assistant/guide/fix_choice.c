#include "guide/fix_choice.h"

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

bool fix_choice_is_own(const struct fix *fix, enum who who)
{
    return reaches[who][fix->def->actor];
}

const struct fix *fix_choice_find(const struct plan *p, const char *id)
{
    for (size_t i = 0; id && i < p->len; i++)
        if (strcmp(p->items[i].def->id, id) == 0)
            return &p->items[i];
    return NULL;
}

static const struct fix *find_letter(const struct plan *p)
{
    for (size_t i = 0; i < p->len; i++)
        if (p->items[i].def->kind == FIX_LETTER)
            return &p->items[i];
    return NULL;
}

const struct fix *fix_choice_best(const struct plan *p, enum who who)
{
    const struct fix *letter = find_letter(p);

    for (size_t i = 0; i < p->len; i++)
        if (fix_choice_is_own(&p->items[i], who))
            return &p->items[i];
    if (letter)
        return letter;
    return p->len ? &p->items[0] : NULL;
}

/* Its steps are shown one by one; else they are one page. */
static bool by_steps(const struct fix *fix, enum who who)
{
    enum actor actor = fix->def->actor;

    return fix_choice_is_own(fix, who) &&
           (actor == ACTOR_YOU || actor == ACTOR_DNS);
}

/* There is something to type or paste in it. */
static bool has_command(const char *step)
{
    return *step == ' ' || strstr(step, "\n ");
}

static bool ends_page(const struct fix *fix, size_t step)
{
    bool last = step + 1 == fix->steps_len;
    bool before_next_time = step + 2 == fix->steps_len && fix->def->next_time;

    return last || before_next_time || has_command(fix->steps[step]);
}

size_t fix_choice_pages(const struct fix *fix, enum who who)
{
    size_t n = 0;

    for (size_t i = 0; i < fix->steps_len; i++)
        n += ends_page(fix, i);
    return by_steps(fix, who) && n ? n : 1;
}

void fix_choice_step_page(const struct fix *fix, enum who who, size_t page,
                          size_t *from, size_t *to)
{
    size_t first = 0, end = 0;

    for (size_t i = 0; i <= page && end < fix->steps_len; i++) {
        first = end;
        while (end < fix->steps_len && !ends_page(fix, end))
            end++;
        end++;
    }
    *from = by_steps(fix, who) ? first : 0;
    *to = by_steps(fix, who) ? end : fix->steps_len;
}

const char *fix_choice_place(struct arena *a, const struct fix *fix,
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
    return answer_place(a, host, port > 0 ? (uint16_t)port : read.port,
                        security);
}
