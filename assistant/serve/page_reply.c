#include <string.h>

#include "base/log.h"
#include "page/page_render.h"
#include "serve/serve_inside.h"

enum { PAGE_MAX = 8 * 1024 * 1024 };

static const char html[] = "text/html; charset=utf-8";

/* Of the window. Never what was asked: it stays in the browser's history. */
static const struct {
    const char *name, *title;
} titles[] = {
    { "start", "certmend" },
    { "working", "Looking - certmend" },
    { "answer", "The answer - certmend" },
    { "table", "Many servers - certmend" },
    { "letter", "Letter - certmend" },
    { "request", "Certificate request - certmend" },
    { "order", "Order - certmend" },
    { "told", "The message - certmend" },
    { "about", "How it judges - certmend" },
};

static const char *title_of(const char *name)
{
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        if (strcmp(titles[i].name, name) == 0)
            return titles[i].title;
    return titles[0].title;
}

const char *page_csrf(const struct page_call *c, const char *form)
{
    return c->session ? sessions_form_token(&c->serve->sessions,
                                            c->request->arena, c->session, form)
                      : NULL;
}

const char *page_at(const struct page_call *c, const char *behind)
{
    bool is_whole = !c->is_part || c->look->parts_len == 1;

    return is_whole
               ? arena_printf(c->request->arena, "/a/%s%s", c->look->id, behind)
               : arena_printf(c->request->arena, "/a/%s.%zu%s", c->look->id,
                              c->part + 1, behind);
}

const struct report *page_report(const struct page_call *c)
{
    bool is_one = c->is_part && c->look->state == LOOK_DONE;

    return is_one ? look_report_in(c->request->arena, c->look, c->part) : NULL;
}

/* Path, so that it goes nowhere else, and no script reads it. The port is in
 * its name, as cookies know no ports. */
void page_set_cookie(struct page_call *c)
{
    char value[SESSIONS_COOKIE];
    bool is_public = c->serve->options->public_name != NULL;

    if (!c->session)
        return;
    sessions_cookie(&c->serve->sessions, c->session, value);
    c->set_cookie = arena_printf(
        c->request->arena, "%s=%s; Path=/; HttpOnly; SameSite=Strict%s",
        c->serve->cookie, value, is_public ? "; Secure" : "");
}

static void add_common(struct page_call *c, struct json *data)
{
    struct arena *a = c->request->arena;

    if (!json_find(data, "csrf_look"))
        json_put_text(a, data, "csrf_look", page_csrf(c, "look"));
    if (!json_find(data, "is_public"))
        json_put_bool(a, data, "is_public",
                      c->serve->options->public_name != NULL);
}

/* A template of the user's own is at fault. */
static void reply_broken(struct page_call *c, const struct err *err)
{
    static const char text[] = "certmend itself failed: a page of the folder "
                               "given by --templates cannot be filled.\n";

    log_error(err);
    web_reply(c->exchange, &(struct web_answer){
                               .status = 500,
                               .type = "text/plain; charset=utf-8",
                               .body = text,
                               .body_len = sizeof text - 1,
                           });
}

void page_reply(struct page_call *c, int status, const char *name,
                struct json *data)
{
    struct page_request p = {
        .name = name,
        .title = title_of(name),
        .data = data,
        .templates = c->serve->options->look->templates,
        .served = true,
    };
    struct buf out;
    struct err err = { ERR_NONE, "" };

    add_common(c, data);
    buf_init(&out, c->request->arena, PAGE_MAX);
    if (!page_render(c->request->arena, &p, &out, &err)) {
        reply_broken(c, &err);
        return;
    }
    web_reply(c->exchange,
              &(struct web_answer){
                  .status = status,
                  .type = html,
                  .body = out.text,
                  .body_len = out.len,
                  .set_cookie = c->set_cookie,
                  .retry_after_s = status == 503 ? LOOKS_RETRY_S : 0,
              });
}

void page_reply_error(struct page_call *c, int status, const char *why)
{
    struct arena *a = c->request->arena;
    struct json *data = json_object(a);

    json_put_bool(a, json_put_object(a, data, "is"), why, true);
    json_put_text(a, data, "why", NULL);
    page_reply(c, status, "error", data);
}

void page_reply_failed(struct page_call *c, const struct err *err)
{
    struct arena *a = c->request->arena;
    struct json *data = json_object(a);

    json_put_bool(a, json_put_object(a, data, "is"), "failed", true);
    json_put_text(a, data, "why", err->text);
    page_reply(c, 503, "error", data);
}

void page_reply_go(struct page_call *c, const char *path)
{
    web_reply(c->exchange, &(struct web_answer){
                               .status = 303,
                               .type = html,
                               .body = "",
                               .location = path,
                               .set_cookie = c->set_cookie,
                           });
}

void page_reply_file(struct page_call *c, const char *type, const char *name,
                     const char *bytes, size_t len)
{
    web_reply(c->exchange, &(struct web_answer){
                               .status = 200,
                               .type = type,
                               .body = bytes,
                               .body_len = len,
                               .file_name = name,
                           });
}
