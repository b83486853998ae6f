#include "model/wish.h"

#include <string.h>

static bool is_wished_look(const struct wishes *w, const char *host,
                           uint16_t port)
{
    for (size_t i = 0; i < w->looks_len; i++)
        if (w->looks[i].port == port && strcmp(w->looks[i].host, host) == 0)
            return true;
    return false;
}

static bool was_looked_at(const struct survey *s, const char *host,
                          uint16_t port)
{
    for (size_t i = 0; i < s->cells_len; i++)
        if (s->cells[i].port == port && strcmp(s->cells[i].host, host) == 0)
            return true;
    return false;
}

/* A service may be asked for on a port of its own: whoever wishes to see
 * another host there means the same service. */
static const char *service_on(const struct survey *s, uint16_t port)
{
    for (size_t i = 0; i < s->cells_len; i++)
        if (s->cells[i].port == port)
            return s->cells[i].service;
    const struct service *known = service_at(port);
    return known ? known->name : NULL;
}

static void add_look(struct wishes *w, const char *host, uint16_t port,
                     const char *service)
{
    w->looks = arena_grow(w->arena, w->looks, w->looks_len, sizeof *w->looks);
    w->looks[w->looks_len++] =
        (struct look_wish){ arena_text(w->arena, host), port, service };
}

void wish_look(struct wishes *w, const struct survey *s, const char *host,
               uint16_t port)
{
    const char *service = service_on(s, port);

    if (!service || is_wished_look(w, host, port) ||
        was_looked_at(s, host, port))
        return;
    add_look(w, host, port, service);
}

void wish_look_as(struct wishes *w, const struct survey *s, const char *host,
                  uint16_t port, const char *service)
{
    bool was_seen = false;

    for (size_t i = 0; i < s->cells_len; i++)
        was_seen = was_seen || (s->cells[i].port == port &&
                                strcmp(s->cells[i].host, host) == 0 &&
                                strcmp(s->cells[i].service, service) == 0);
    if (!was_seen && !is_wished_look(w, host, port))
        add_look(w, host, port, service);
}

void wish_question(struct wishes *w, const struct survey *s, const char *name,
                   enum dns_type type)
{
    if (survey_answer(s, name, type))
        return;
    for (size_t i = 0; i < w->questions_len; i++) {
        const struct question_wish *q = &w->questions[i];
        if (q->type == type && strcmp(q->name, name) == 0)
            return;
    }
    w->questions = arena_grow(w->arena, w->questions, w->questions_len,
                              sizeof *w->questions);
    w->questions[w->questions_len++] =
        (struct question_wish){ arena_text(w->arena, name), type };
}

/* NULL means any address, and is satisfied by each. */
static bool serves(const char *had, const char *wanted)
{
    return !wanted || (had && strcmp(had, wanted) == 0);
}

void wish_fetch(struct wishes *w, const struct survey *s, const char *url,
                const char *address, enum ip_reach named_at)
{
    for (size_t i = 0; i < s->fetches_len; i++) {
        const struct fetch *f = &s->fetches[i];
        if (strcmp(f->url, url) == 0 && serves(f->address, address))
            return;
    }
    for (size_t i = 0; i < w->fetches_len; i++) {
        struct fetch_wish *f = &w->fetches[i];
        if (strcmp(f->url, url) != 0 || !serves(f->address, address))
            continue;
        f->named_at = name_ip_farther(f->named_at, named_at);
        return;
    }
    w->fetches =
        arena_grow(w->arena, w->fetches, w->fetches_len, sizeof *w->fetches);
    w->fetches[w->fetches_len++] =
        (struct fetch_wish){ arena_text(w->arena, url),
                             arena_text(w->arena, address), named_at };
}
