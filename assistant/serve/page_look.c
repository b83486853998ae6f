/*
 * page_look - the box, the page of a look under way, and its answer
 */
#include <string.h>

#include "base/clock.h"
#include "guide/answer.h"
#include "model/service.h"
#include "serve/look_watch.h"
#include "serve/question.h"
#include "serve/serve_inside.h"

enum { WORKING_REFRESH_S = 2, WORKING_REFRESHES = 30 };

/* ---- the box ---- */

/* A chip, or NULL: nothing else gets in. */
const char *page_chip(const char *id)
{
    const struct page_client *found = page_client_find(id);

    return found ? found->id : NULL;
}

static void put_clients(struct arena *a, struct json *data, const char *chosen)
{
    struct json *all = json_put_array(a, data, "clients");

    for (const struct page_client *p = page_clients; p->id; p++) {
        struct json *one = json_add_object(a, all);
        json_put_text(a, one, "id", p->id);
        json_put_text(a, one, "name", p->name);
        json_put_bool(a, one, "is_chosen",
                      chosen && strcmp(p->id, chosen) == 0);
    }
}

/* `is`: what has to be asked back, or NULL. */
static void reply_start(struct page_call *c, const char *is,
                        const struct question_asked *q, const char *client)
{
    struct arena *a = c->request->arena;
    struct json *data = json_object(a);
    struct json *what = json_put_object(a, data, "is");

    if (is)
        json_put_bool(a, what, is, true);
    json_put_bool(a, data, "is_start", true);
    json_put_text(a, data, "text", q ? q->text : NULL);
    json_put_text(a, data, "why", q ? q->why : NULL);
    json_put_number(a, data, "most", QUESTION_TARGETS_MAX);
    json_put_bool(a, data, "dropped", q && q->dropped);
    put_clients(a, data, client);
    page_reply(c, 200, "start", data);
}

void page_start(struct page_call *c)
{
    reply_start(c, NULL, NULL, NULL);
}

void page_begin_look(struct page_call *c, const struct look_request *q)
{
    struct serve_look *l = NULL;

    if (c->serve->desk && !public_desk_lets(c, q))
        return;
    switch (
        looks_ask(&c->serve->looks, c->session, q, clock_monotonic_ms(), &l)) {
    case LOOKS_FULL:
        page_reply_error(c, 503, "busy");
        return;
    case LOOKS_OFTEN:
        page_reply_error(c, 429, "often");
        return;
    case LOOKS_TAKEN:
        break;
    }
    if (c->serve->desk)
        public_desk_count(c, q);
    c->look = l;
    page_reply_go(c, page_at(c, ""));
}

/* A message that is not about a server. */
static void reply_told(struct page_call *c, const struct question_asked *q)
{
    struct arena *a = c->request->arena;
    struct json *data = json_object(a);

    json_put_text(a, data, "program", q->heard.program);
    json_put_text(a, data, "means", q->heard.means);
    json_put_text(a, data, "look", q->heard.look);
    page_reply(c, 200, "told", data);
}

void page_look(struct page_call *c)
{
    const struct question_typed typed = {
        .text = web_request_field(c->request, "text"),
        .server = web_request_field(c->request, "server"),
    };
    const char *chip = page_chip(web_request_field(c->request, "for"));
    struct question_asked q;

    question_read(c->request->arena, &typed, &q);
    const char *client = chip ? chip : page_chip(q.heard.client);
    if (q.kind == QUESTION_LOOK)
        page_begin_look(c, &(struct look_request){
                               .targets = q.targets,
                               .client = client,
                               .means = q.pasted ? q.heard.means : NULL,
                               .program = q.pasted ? q.heard.program : NULL,
                               .pasted = q.pasted,
                               .dropped = q.dropped,
                           });
    else if (q.kind == QUESTION_EMPTY)
        reply_start(c, "empty", &q, client);
    else if (q.kind == QUESTION_TOLD)
        reply_told(c, &q);
    else if (q.kind == QUESTION_MANY)
        reply_start(c, "many", &q, client);
    else
        reply_start(c, "which", &q, client);
}

/* ---- under way ---- */

static void put_row(struct page_call *c, struct json *rows,
                    const struct look_port *p, bool several)
{
    struct arena *a = c->request->arena;
    struct json *row = json_add_object(a, rows);
    const struct service *service = service_at(p->port);

    json_put_text(a, row, "id", look_port_id(a, c->look, p));
    json_put_text(a, row, "port", arena_printf(a, "%u", (unsigned)p->port));
    json_put_text(a, row, "about", service ? service->about : "");
    json_put_text(a, row, "host", several ? p->host : NULL);
    json_put_bool(a, json_put_object(a, row, "is"), look_port_step(p), true);
}

static bool has_several_hosts(const struct serve_look *l)
{
    for (size_t i = 1; i < l->ports_len; i++)
        if (strcmp(l->ports[i].host, l->ports[0].host) != 0)
            return true;
    return false;
}

/* "anna@example.com" is told as its domain. */
static const char *asked_of(struct arena *a, const struct serve_look *l)
{
    if (l->parts_len != 1)
        return arena_printf(a, "%zu servers", l->parts_len);
    return answer_place_told(a, l->parts[0].input);
}

/* Loaded again by itself for as long as a look takes, and no longer. */
static void put_refresh(struct page_call *c, struct json *data)
{
    const struct serve_look *l = c->look;
    int64_t most_ms = WORKING_REFRESHES * WORKING_REFRESH_S * 1000;

    if (l->state == LOOK_WAITING ||
        clock_monotonic_ms() - l->began_ms < most_ms)
        json_put_number(c->request->arena, data, "refresh_s",
                        WORKING_REFRESH_S);
    else
        json_put_text(c->request->arena, data, "refresh_s", NULL);
}

static void reply_working(struct page_call *c)
{
    struct arena *a = c->request->arena;
    struct serve_look *l = c->look;
    struct json *data = json_object(a);
    bool several = has_several_hosts(l);

    json_put_text(a, data, "at", page_at(c, ""));
    json_put_text(a, data, "asked", asked_of(a, l));
    json_put_bool(a, data, "in_line", l->state == LOOK_WAITING);
    struct json *rows = json_put_array(a, data, "rows");
    for (size_t i = 0; i < l->ports_len; i++)
        put_row(c, rows, &l->ports[i], several);
    json_put_number(a, data, "done", (double)look_ports_done(l));
    json_put_number(a, data, "total", (double)l->ports_len);
    put_refresh(c, data);
    page_reply(c, 200, "working", data);
}

void page_look_events(struct page_call *c)
{
    look_watch(c->look, c->exchange);
}

/* ---- the answer ---- */

/* It is shown in place of another look, which somebody else may have begun. */
static bool is_last(const struct page_call *c)
{
    return c->serve->desk && web_request_query(c->request, "last") != NULL;
}

static void put_last(struct page_call *c, const struct report *r,
                     struct json *view)
{
    struct arena *a = c->request->arena;
    struct json *last = json_put_object(a, view, "last");
    int minutes =
        public_desk_minutes(c->serve->desk, a, &c->look->asked.targets);
    json_put_text(a, last, "at", clock_moment(a, r->survey->taken_at));
    json_put_number(a, last, "minutes", minutes);
    json_put_bool(a, last, "is_soon", minutes == 0);
    json_put_bool(a, last, "is_one", minutes == 1);
}

static void reply_answer(struct page_call *c)
{
    struct arena *a = c->request->arena;
    const struct serve_look *l = c->look;
    const char *client = page_chip(web_request_query(c->request, "for"));
    const struct look_request none = { .client = NULL };
    const struct look_request *asked = is_last(c) ? &none : &l->asked;
    const struct page_view_options o = {
        .client = client ? client : asked->client,
        .at = page_at(c, ""),
        .csrf_again = page_csrf(c, "again"),
        .news = is_last(c) ? NULL : l->news,
        .is_public = c->serve->options->public_name != NULL,
        .is_print = web_request_query(c->request, "print") != NULL,
        .templates = c->serve->options->look->templates,
        .software = c->serve->options->look->software,
    };
    const struct report *r = page_report(c);
    struct json *view = page_view(a, r, &o);

    if (is_last(c))
        put_last(c, r, view);
    json_put_text(a, view, "table_at",
                  l->parts_len > 1 ? arena_printf(a, "/a/%s", l->id) : NULL);
    json_put_text(a, view, "means", asked->means);
    json_put_text(a, view, "program", asked->program);
    json_put_bool(a, view, "pasted", asked->pasted);
    json_put_bool(a, view, "dropped", asked->dropped);
    page_reply(c, 200, "answer", view);
}

void page_look_answer(struct page_call *c)
{
    const struct serve_look *l = c->look;

    if (l->state != LOOK_DONE)
        reply_working(c);
    else if (!c->is_part)
        page_table(c);
    else if (page_report(c))
        reply_answer(c);
    else
        page_reply_failed(c, &l->parts[c->part].run.err);
}
