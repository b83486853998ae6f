#include "serve/pages.h"

#include <string.h>

#include "base/clock.h"
#include "serve/serve_inside.h"

const struct page_row page_rows[] = {
    { .path = "/", .needs_session = true, .answer = page_start },
    { .path = "/about", .needs_session = true, .answer = page_about },
    { .path = "/open/ID", .not_with_public = true, .answer = page_open },
    { .path = "/page.css", .answer = page_file_css },
    { .path = "/page.js", .answer = page_file_js },
    { .path = "/favicon.svg", .answer = page_file_icon },
    { .method = WEB_POST,
      .path = "/look",
      .needs_session = true,
      .form = "look",
      .answer = page_look },
    { .path = "/a/ID",
      .takes_query = true,
      .needs_session = true,
      .answer = page_look_answer },
    { .path = "/a/ID/events",
      .needs_session = true,
      .answer = page_look_events },
    { .path = NULL },
};

/* ---- which row ---- */

static size_t id_len(const char *text)
{
    return strspn(text, "0123456789abcdef");
}

/* Byte for byte; where the row says ID, 32 digits. */
static bool fits(const struct page_row *row, const char *path, const char **id)
{
    const char *mark = strstr(row->path, "ID");
    size_t lead = mark ? (size_t)(mark - row->path) : 0;

    if (!mark)
        return strcmp(row->path, path) == 0;
    if (strncmp(row->path, path, lead) != 0 ||
        id_len(path + lead) != TOKEN_TEXT - 1 ||
        strcmp(mark + 2, path + lead + TOKEN_TEXT - 1) != 0)
        return false;
    *id = path + lead;
    return true;
}

static const struct page_row *find_row(struct page_call *c)
{
    const struct web_request *q = c->request;
    bool is_public = c->serve->options->public_name != NULL;

    for (const struct page_row *r = page_rows; r->path; r++) {
        const char *id = NULL;
        if (r->method != q->method || !fits(r, q->path, &id))
            continue;
        if ((r->not_with_public && is_public) || (q->query && !r->takes_query))
            return NULL;
        c->id = id ? arena_text_n(q->arena, id, TOKEN_TEXT - 1) : NULL;
        return r;
    }
    return NULL;
}

/* ---- who asks ---- */

static void find_session(struct page_call *c)
{
    struct serve *s = c->serve;
    const char *cookie = web_request_cookie(c->request, s->cookie);
    int64_t now_ms = clock_monotonic_ms();

    if (cookie)
        c->session = sessions_find(&s->sessions, cookie, now_ms);
    if (c->session || !s->options->public_name || c->request->method != WEB_GET)
        return;
    c->session = sessions_new(&s->sessions, now_ms);
    page_set_cookie(c);
}

/* What is sent came from a form of ours. */
static bool form_fits(const struct page_call *c, const struct page_row *row)
{
    if (row->method == WEB_GET)
        return true;
    return row->form && c->session &&
           sessions_form_fits(&c->serve->sessions, c->request->arena,
                              c->session, row->form,
                              web_request_field(c->request, "csrf"));
}

static bool find_look(struct page_call *c, const struct page_row *row)
{
    if (strncmp(row->path, "/a/", 3) != 0)
        return true;
    c->look = looks_find(&c->serve->looks, c->id);
    return c->look != NULL;
}

void pages_answer(void *serve, struct web_exchange *x,
                  const struct web_request *q)
{
    struct page_call c = { .serve = serve, .exchange = x, .request = q };
    const struct page_row *row = find_row(&c);

    if (!row || row->needs_session)
        find_session(&c);
    if (!row)
        page_reply_error(&c, 404, "unknown");
    else if (row->needs_session && !c.session)
        page_reply_error(&c, 403, "session");
    else if (!form_fits(&c, row))
        page_reply_error(&c, 403, "form");
    else if (!find_look(&c, row))
        page_reply_error(&c, 404, "unknown");
    else
        row->answer(&c);
}
