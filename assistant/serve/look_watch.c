#include "serve/look_watch.h"

#include <string.h>

#include "net/web_server.h"

enum { WATCHERS_MAX = 4, EVENT_MAX = 512 };

/* Lives in the look's arena; used again when its reader has left. */
struct look_watcher {
    struct web_exchange *exchange; /* NULL: free */
    struct look_watcher *next;
};

/* ---- how far a port is ---- */

const char *look_port_step(const struct look_port *p)
{
    if (p->open)
        return p->began ? "talking" : "waiting";
    return p->heard ? "open" : "closed";
}

const char *look_port_id(struct arena *a, const struct serve_look *l,
                         const struct look_port *p)
{
    return arena_printf(a, "port-%zu", (size_t)(p - l->ports));
}

size_t look_ports_done(const struct serve_look *l)
{
    size_t n = 0;

    for (size_t i = 0; i < l->ports_len; i++)
        n += !l->ports[i].open;
    return n;
}

static struct look_port *port_of(struct serve_look *l, const struct cell *c)
{
    for (size_t i = 0; i < l->ports_len; i++)
        if (l->ports[i].port == c->port &&
            strcmp(l->ports[i].host, c->host) == 0)
            return &l->ports[i];
    l->ports = arena_grow(l->arena, l->ports, l->ports_len, sizeof *l->ports);
    l->ports[l->ports_len] =
        (struct look_port){ .host = arena_text(l->arena, c->host),
                            .port = c->port };
    return &l->ports[l->ports_len++];
}

/* ---- streams ---- */

static void tell(struct serve_look *l, const char *event, const char *data)
{
    for (struct look_watcher *w = l->watchers; w; w = w->next)
        if (w->exchange && !web_stream_event(w->exchange, event, data))
            w->exchange = NULL;
}

/* How a port stands, as page.js reads it. */
static const char *news_of(struct arena *a, const struct serve_look *l,
                           const struct look_port *p)
{
    struct json *news = json_object(a);
    struct buf text;

    json_put_text(a, news, "row", look_port_id(a, l, p));
    json_put_text(a, news, "step", look_port_step(p));
    json_put_number(a, news, "done", (double)look_ports_done(l));
    json_put_number(a, news, "total", (double)l->ports_len);
    buf_init(&text, a, EVENT_MAX);
    json_print(news, false, &text);
    text.text[strcspn(text.text, "\n")] = '\0';
    return text.text;
}

static void tell_port(struct serve_look *l, const struct look_port *p)
{
    struct arena *a = arena_new();

    tell(l, "port", news_of(a, l, p));
    arena_free(a);
}

/* What has changed since its page was made, nobody told it. */
static void catch_up(const struct serve_look *l, struct look_watcher *w)
{
    struct arena *a = arena_new();

    for (size_t i = 0; w->exchange && i < l->ports_len; i++)
        if (!web_stream_event(w->exchange, "port", news_of(a, l, &l->ports[i])))
            w->exchange = NULL;
    arena_free(a);
}

void look_watch_cell(struct serve_look *l, const struct cell *c,
                     enum probe_step step)
{
    if (!c->asked)
        return;
    struct look_port *p = port_of(l, c);
    const char *before = look_port_step(p);
    bool is_new = !p->open && !p->began;

    p->open += step == PROBE_WAITS;
    p->open -= step == PROBE_DONE && p->open;
    p->began = p->began || step == PROBE_TALKS;
    p->heard =
        p->heard || (step == PROBE_DONE && c->connect.outcome == OUTCOME_OK);
    if (is_new || strcmp(before, look_port_step(p)) != 0)
        tell_port(l, p);
}

static void has_left(void *arg)
{
    struct look_watcher *w = arg;

    w->exchange = NULL;
}

static struct look_watcher *free_watcher(struct serve_look *l)
{
    size_t n = 0;

    for (struct look_watcher *w = l->watchers; w; w = w->next, n++)
        if (!w->exchange)
            return w;
    if (n >= WATCHERS_MAX)
        return NULL;
    struct look_watcher *w = arena_alloc(l->arena, 1, sizeof *w);
    w->next = l->watchers;
    l->watchers = w;
    return w;
}

void look_watch(struct serve_look *l, struct web_exchange *x)
{
    struct look_watcher *w = l->state == LOOK_DONE ? NULL : free_watcher(l);

    web_stream_begin(x);
    if (w) {
        w->exchange = x;
        web_exchange_on_gone(x, has_left, w);
        catch_up(l, w);
        return;
    }
    if (web_stream_event(x, "done", "{}"))
        web_stream_end(x);
}

void look_watch_end(struct serve_look *l)
{
    tell(l, "done", "{}");
    for (struct look_watcher *w = l->watchers; w; w = w->next) {
        if (w->exchange)
            web_stream_end(w->exchange);
        w->exchange = NULL;
    }
}
