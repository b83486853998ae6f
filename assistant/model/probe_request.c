#include "model/probe_request.h"

#include <string.h>

static bool is_requested(const struct probe_requests *w, const char *host,
                         uint16_t port)
{
    for (size_t i = 0; i < w->scans_len; i++)
        if (w->scans[i].port == port && strcmp(w->scans[i].host, host) == 0)
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

/* A name without an address was asked about, and is not asked again. */
static bool leads_nowhere(const struct survey *s, const char *host)
{
    bool was_asked =
        survey_answer(s, host, DNS_A) || survey_answer(s, host, DNS_AAAA);

    return was_asked && !survey_addresses(s, s->arena, host).len;
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

static void add_look(struct probe_requests *w, const char *host, uint16_t port,
                     const char *service)
{
    w->scans = arena_grow(w->arena, w->scans, w->scans_len, sizeof *w->scans);
    w->scans[w->scans_len++] = (struct endpoint_request){
        .host = arena_text(w->arena, host),
        .port = port,
        .service = service,
    };
}

void probe_request_endpoint(struct probe_requests *w, const struct survey *s,
                            const char *host, uint16_t port)
{
    const char *service = service_on(s, port);

    if (!service || is_requested(w, host, port) ||
        was_looked_at(s, host, port) || leads_nowhere(s, host))
        return;
    add_look(w, host, port, service);
}

void probe_request_endpoint_as(struct probe_requests *w, const struct survey *s,
                               const char *host, uint16_t port,
                               const char *service)
{
    bool was_seen = false;

    for (size_t i = 0; i < s->cells_len; i++)
        was_seen = was_seen || (s->cells[i].port == port &&
                                strcmp(s->cells[i].host, host) == 0 &&
                                strcmp(s->cells[i].service, service) == 0);
    if (!was_seen && !is_requested(w, host, port))
        add_look(w, host, port, service);
}

/* Asked for twice, it is one request. */
static bool mark_asked(struct probe_requests *w,
                       const struct endpoint_request *request)
{
    for (size_t i = 0; i < w->scans_len; i++) {
        struct endpoint_request *q = &w->scans[i];
        if (q->port != request->port || strcmp(q->host, request->host) != 0 ||
            strcmp(q->service, request->service) != 0)
            continue;
        q->asked = true;
        return true;
    }
    return false;
}

void probe_request_asked(struct probe_requests *w, const struct survey *s,
                         const struct endpoint_request *request)
{
    for (size_t i = 0; i < s->cells_len; i++)
        if (s->cells[i].port == request->port &&
            strcmp(s->cells[i].host, request->host) == 0 &&
            strcmp(s->cells[i].service, request->service) == 0)
            return;
    if (mark_asked(w, request))
        return;
    w->scans = arena_grow(w->arena, w->scans, w->scans_len, sizeof *w->scans);
    w->scans[w->scans_len] = *request;
    w->scans[w->scans_len++].asked = true;
}

void probe_request_again(struct probe_requests *w, const struct cell *c,
                         size_t times)
{
    for (size_t i = 0; i < times; i++) {
        add_look(w, c->host, c->port, c->service);
        w->scans[w->scans_len - 1].address = arena_text(w->arena, c->address);
    }
}

void probe_request_question(struct probe_requests *w, const struct survey *s,
                            const char *name, enum dns_type type)
{
    if (survey_answer(s, name, type))
        return;
    for (size_t i = 0; i < w->questions_len; i++) {
        const struct question_request *q = &w->questions[i];
        if (q->type == type && strcmp(q->name, name) == 0)
            return;
    }
    w->questions = arena_grow(w->arena, w->questions, w->questions_len,
                              sizeof *w->questions);
    w->questions[w->questions_len++] =
        (struct question_request){ arena_text(w->arena, name), type };
}

/* NULL means any address, and is satisfied by each. */
static bool serves(const char *had, const char *wanted)
{
    return !wanted || (had && strcmp(had, wanted) == 0);
}

void probe_request_fetch(struct probe_requests *w, const struct survey *s,
                         const char *url, const char *address,
                         enum ip_reach named_at)
{
    for (size_t i = 0; i < s->fetches_len; i++) {
        const struct fetch *f = &s->fetches[i];
        if (strcmp(f->url, url) == 0 && serves(f->address, address))
            return;
    }
    for (size_t i = 0; i < w->fetches_len; i++) {
        struct fetch_request *f = &w->fetches[i];
        if (strcmp(f->url, url) != 0 || !serves(f->address, address))
            continue;
        f->named_at = name_ip_farther(f->named_at, named_at);
        return;
    }
    w->fetches =
        arena_grow(w->arena, w->fetches, w->fetches_len, sizeof *w->fetches);
    w->fetches[w->fetches_len++] =
        (struct fetch_request){ arena_text(w->arena, url),
                                arena_text(w->arena, address), named_at };
}
