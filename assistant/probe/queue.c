#include "probe/queue.h"

#include <string.h>

#include "base/clock.h"

/* FNV-1a. */
static uint32_t hash_of(const char *address)
{
    uint32_t hash = 2166136261u;

    for (const char *p = address; *p; p++)
        hash = (hash ^ (unsigned char)*p) * 16777619u;
    return hash;
}

static struct scan **bucket(struct queue *q, const char *address)
{
    return &q->in_flight[hash_of(address) % QUEUE_BUCKETS];
}

/* Never 0. */
static uint64_t place_of(const struct scan *l)
{
    return (uint64_t)hash_of(l->place.address) << 32 | (uint64_t)l->place.port |
           UINT64_C(1) << 16;
}

static uint64_t *silent_at(struct queue *q, const struct scan *l)
{
    return &q->silent[place_of(l) % QUEUE_SILENT];
}

static bool may_start(struct queue *q, const struct scan *l)
{
    size_t same_address = 0;

    bool silent = *silent_at(q, l) == place_of(l);

    if (q->in_flight_len >= q->most)
        return false;
    for (struct scan *f = *bucket(q, l->place.address); f; f = f->next) {
        if (strcmp(f->place.address, l->place.address) != 0)
            continue;
        if (f->place.port == l->place.port && !silent)
            return false;
        same_address++;
    }
    return same_address < QUEUE_PER_ADDRESS &&
           crowd_has_room(q->crowd, l->place.address);
}

/* The scan behind `before` (NULL: the first) leaves the line. */
static struct scan *take_behind(struct queue *q, struct scan *before)
{
    struct scan **link = before ? &before->next : &q->waiting;
    struct scan *l = *link;

    *link = l->next;
    if (q->last == l)
        q->last = before;
    l->next = NULL;
    q->waiting_len--;
    return l;
}

void queue_add(struct queue *q, struct scan *l)
{
    l->next = NULL;
    if (q->last)
        q->last->next = l;
    else
        q->waiting = l;
    q->last = l;
    q->waiting_len++;
}

static void start(struct queue *q, struct scan *l)
{
    struct scan **slot = bucket(q, l->place.address);

    l->next = *slot;
    *slot = l;
    q->in_flight_len++;
    crowd_join(q->crowd, l->place.address);
    if (l->begun)
        l->begun(l);
    scan_start(l);
}

static void run_later(void *arg)
{
    queue_run(arg);
}

/* With --rate: is it time for the next? If not, a timer sees to it. */
static bool is_time(struct queue *q)
{
    enum { A_SECOND_US = 1000 * 1000, A_MS_US = 1000 };
    int64_t now_us = clock_monotonic_ms() * A_MS_US;

    if (!q->a_second)
        return true;
    if (now_us < q->next_us) {
        q->later = (struct timer){ .call = run_later,
                                   .arg = q,
                                   .event = q->later.event };
        timer_set(q->loop, &q->later,
                  (q->next_us - now_us + A_MS_US - 1) / A_MS_US);
        return false;
    }
    q->next_us = now_us + A_SECOND_US / (int64_t)q->a_second;
    return true;
}

/* Starting never ends a scan at once (net/connection.h), so the line stays as
 * it is while it is walked. */
void queue_run(struct queue *q)
{
    struct scan *before = NULL;
    struct scan *l = q->waiting;

    while (l && q->in_flight_len < q->most) {
        struct scan *next = l->next;
        bool may = may_start(q, l);
        if (may && !is_time(q))
            return;
        if (may)
            start(q, take_behind(q, before));
        else
            before = l;
        l = next;
    }
}

static bool land(struct queue *q, struct scan *l)
{
    struct scan **link = bucket(q, l->place.address);

    while (*link && *link != l)
        link = &(*link)->next;
    if (!*link)
        return false;
    *link = l->next;
    l->next = NULL;
    q->in_flight_len--;
    crowd_leave(q->crowd, l->place.address);
    return true;
}

void queue_done(struct queue *q, struct scan *l)
{
    land(q, l);
    if (l->cell.connect.outcome == OUTCOME_TIMED_OUT)
        *silent_at(q, l) = place_of(l);
    else if (*silent_at(q, l) == place_of(l))
        *silent_at(q, l) = 0;
}

bool queue_withdraw(struct queue *q, const struct scan *l)
{
    struct scan *before = NULL;

    for (struct scan *w = q->waiting; w; before = w, w = w->next) {
        if (w != l)
            continue;
        take_behind(q, before);
        return true;
    }
    return false;
}

bool queue_drop(struct queue *q, struct scan *l)
{
    return queue_withdraw(q, l) || land(q, l);
}
