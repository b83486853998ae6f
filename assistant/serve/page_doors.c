/*
 * page_doors - the start address, and what every page refers to
 */
#include <string.h>

#include "base/clock.h"
#include "page/page_render.h"
#include "serve/serve_inside.h"

/* 200 and a link: on a redirect that began on another site (a link in web
 * mail) browsers keep a SameSite=Strict cookie back. */
void page_open(struct page_call *c)
{
    struct serve *s = c->serve;
    struct arena *a = c->request->arena;
    struct json *data = json_object(a);

    c->session = sessions_open(&s->sessions, c->id, clock_monotonic_ms());
    if (!c->session) {
        page_reply_error(c, 403, "token");
        return;
    }
    page_set_cookie(c);
    json_put_bool(a, data, "is_start", true);
    page_reply(c, 200, "opened", data);
}

static void reply_file(struct page_call *c, const char *name)
{
    const char *type = NULL;
    const char *text = page_file(c->serve->options->look->templates,
                                 c->request->arena, name, &type);

    if (!text) {
        page_reply_error(c, 404, "unknown");
        return;
    }
    page_reply_file(c, type, NULL, text, strlen(text));
}

void page_file_css(struct page_call *c)
{
    reply_file(c, "page.css");
}

void page_file_js(struct page_call *c)
{
    reply_file(c, "page.js");
}

void page_file_icon(struct page_call *c)
{
    reply_file(c, "favicon.svg");
}

/* RFC 9309. */
void page_robots(struct page_call *c)
{
    static const char text[] = "User-agent: *\nDisallow: /\n";

    page_reply_file(c, "text/plain; charset=utf-8", NULL, text,
                    sizeof text - 1);
}

void page_about(struct page_call *c)
{
    struct arena *a = c->request->arena;
    struct json *data = json_object(a);

    json_put_text(a, data, "public_name", c->serve->options->public_name);
    json_put_text(a, data, "ehlo", c->serve->probe.ehlo);
    page_reply(c, 200, "about", data);
}
