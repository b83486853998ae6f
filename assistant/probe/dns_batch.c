#include "probe/dns_batch.h"

#include <string.h>

struct query {
    struct dns_batch *batch;
    const char *name;
    enum dns_type type;
    const struct dns_answer *answer; /* NULL: not yet */
};

static bool is_listed(const struct dns_batch *i, const char *name,
                      enum dns_type type)
{
    for (size_t n = 0; n < i->len; n++)
        if (i->items[n].type == type && strcmp(i->items[n].name, name) == 0)
            return true;
    return false;
}

void dns_batch_add(struct dns_batch *i, const char *name, enum dns_type type)
{
    struct arena *a = i->survey->arena;

    if (survey_answer(i->survey, name, type) || is_listed(i, name, type))
        return;
    i->items = arena_grow(a, i->items, i->len, sizeof *i->items);
    i->items[i->len++] =
        (struct query){ .batch = i, .name = arena_text(a, name), .type = type };
}

static void answered(void *arg, const struct dns_answer *answer)
{
    struct query *q = arg;
    struct dns_batch *i = q->batch;

    q->answer = answer;
    if (--i->open == 0)
        i->done(i->arg);
}

void dns_batch_start(struct dns_batch *i, struct resolver *r, int64_t wait_ms)
{
    i->open = i->len;
    if (!i->len)
        i->done(i->arg);
    for (size_t n = 0; n < i->len; n++) {
        struct query *q = &i->items[n];
        struct question question = { .name = q->name,
                                     .type = q->type,
                                     .wait_ms = wait_ms };
        resolver_ask(r, i->survey->arena, &question, answered, q);
    }
}

void dns_batch_record(const struct dns_batch *i)
{
    for (size_t n = 0; n < i->len; n++)
        survey_answer_add(i->survey, i->items[n].answer);
}
