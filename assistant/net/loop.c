#include "net/loop.h"

#include <event2/event.h>
#include <stdint.h>
#include <sys/time.h>

#include "base/arena.h"
#include "base/memory.h"

struct loop {
    struct arena *arena;
    struct event_base *base;
};

bool loop_new(struct loop **out, struct err *err)
{
    event_set_mem_functions(memory_get, memory_resize, memory_release);
    struct event_base *base = event_base_new();

    if (!base)
        return err_set(err, ERR_SYSTEM, "event loop: the system has no room");
    struct arena *a = arena_new();
    struct loop *l = arena_alloc(a, 1, sizeof *l);
    *l = (struct loop){ .arena = a, .base = base };
    *out = l;
    return true;
}

void loop_free(struct loop *l)
{
    if (!l)
        return;
    event_base_free(l->base);
    arena_free(l->arena);
}

bool loop_run(struct loop *l, struct err *err)
{
    if (event_base_dispatch(l->base) < 0)
        return err_set(err, ERR_SYSTEM, "event loop: waiting failed");
    return true;
}

void loop_stop(struct loop *l)
{
    event_base_loopbreak(l->base);
}

struct event_base *loop_base(struct loop *l)
{
    return l->base;
}

static void release(struct event **event)
{
    if (*event)
        event_free(*event);
    *event = NULL;
}

static void add(struct event *event, int64_t ms)
{
    struct timeval tv = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };

    if (!event || event_add(event, ms < 0 ? NULL : &tv) != 0)
        memory_is_out();
}

/* The event is released before the call: the owner may die in it. */
static void timer_fires(evutil_socket_t fd, short what, void *arg)
{
    struct timer *t = arg;

    (void)fd;
    (void)what;
    release(&t->event);
    t->call(t->arg);
}

void timer_set(struct loop *l, struct timer *t, int64_t after_ms)
{
    release(&t->event);
    t->event = event_new(l->base, -1, 0, timer_fires, t);
    add(t->event, after_ms < 0 ? 0 : after_ms);
}

void timer_stop(struct timer *t)
{
    release(&t->event);
}

static void watch_rings(evutil_socket_t fd, short what, void *arg)
{
    struct watch *w = arg;

    (void)fd;
    release(&w->event);
    w->call(w->arg, (what & (EV_READ | EV_WRITE)) != 0);
}

void watch_set(struct loop *l, struct watch *w, int fd, unsigned what,
               int64_t within_ms)
{
    int events =
        (what & WATCH_READ ? EV_READ : 0) | (what & WATCH_WRITE ? EV_WRITE : 0);

    release(&w->event);
    w->event = event_new(l->base, fd, (short)events, watch_rings, w);
    add(w->event, within_ms);
}

void watch_stop(struct watch *w)
{
    release(&w->event);
}
