#include "probe/fetch_line.h"

#include <stddef.h>
#include <string.h>

#include "base/clock.h"

/* FNV-1a, 64 bits. */
static uint64_t hash_of(const struct fetch_turn *t)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    for (const char *p = t->address; *p; p++)
        hash = (hash ^ (unsigned char)*p) * UINT64_C(1099511628211);
    hash = (hash ^ t->port) * UINT64_C(1099511628211);
    return hash ? hash : 1;
}

static struct fetch_bucket *bucket_of(struct fetch_line *l,
                                      const struct fetch_turn *t)
{
    return &l->buckets[hash_of(t) % FETCH_LINE_BUCKETS];
}

static bool may_go(const struct fetch_line *l, const struct fetch_bucket *b,
                   const struct fetch_turn *t)
{
    if (!crowd_has_room(l->crowd, t->address))
        return false;
    if (b->silent == hash_of(t))
        return true;
    for (const struct fetch_turn *o = b->out; o; o = o->next)
        if (o->whose != t->whose && o->port == t->port &&
            strcmp(o->address, t->address) == 0)
            return false;
    return true;
}

static void set_out(struct fetch_line *l, struct fetch_bucket *b,
                    struct fetch_turn *t)
{
    crowd_join(l->crowd, t->address);
    t->next = b->out;
    b->out = t;
    t->go(t->arg);
}

void fetch_line_ask(struct fetch_line *l, struct fetch_turn *t)
{
    struct fetch_bucket *b = bucket_of(l, t);
    struct fetch_turn **link = &b->waiting;

    t->since_ms = clock_monotonic_ms();
    if (may_go(l, b, t)) {
        set_out(l, b, t);
        return;
    }
    while (*link)
        link = &(*link)->next;
    t->next = NULL;
    *link = t;
}

static bool take_out(struct fetch_turn **link, const struct fetch_turn *t)
{
    while (*link && *link != t)
        link = &(*link)->next;
    bool was_there = *link != NULL;
    if (was_there)
        *link = t->next;
    return was_there;
}

static void come_home(struct fetch_line *l, struct fetch_bucket *b,
                      const struct fetch_turn *t)
{
    if (take_out(&b->out, t))
        crowd_leave(l->crowd, t->address);
}

static void let_go(struct fetch_line *l, struct fetch_bucket *b)
{
    for (struct fetch_turn **link = &b->waiting; *link;) {
        struct fetch_turn *next = *link;
        if (!may_go(l, b, next)) {
            link = &next->next;
            continue;
        }
        *link = next->next;
        set_out(l, b, next);
    }
}

void fetch_line_run(struct fetch_line *l)
{
    for (size_t i = 0; i < FETCH_LINE_BUCKETS; i++)
        let_go(l, &l->buckets[i]);
}

/* Of a crowd others wait, too, at the address's other ports. */
static void next_turn(struct fetch_line *l, struct fetch_bucket *b)
{
    bool is_crowd = l->crowd && l->crowd->counts;

    if (is_crowd)
        fetch_line_run(l);
    else
        let_go(l, b);
    if (is_crowd && l->moved)
        l->moved(l->arg);
}

void fetch_line_done(struct fetch_line *l, struct fetch_turn *t, bool silent)
{
    struct fetch_bucket *b = bucket_of(l, t);

    come_home(l, b, t);
    if (silent)
        b->silent = hash_of(t);
    else if (b->silent == hash_of(t))
        b->silent = 0;
    next_turn(l, b);
}

void fetch_line_leave(struct fetch_line *l, const struct fetch_turn *t)
{
    struct fetch_bucket *b = bucket_of(l, t);

    come_home(l, b, t);
    (void)take_out(&b->waiting, t);
}

void fetch_line_left(struct fetch_line *l, const struct fetch_turn *t)
{
    next_turn(l, bucket_of(l, t));
}
