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
    { .path = "/robots.txt", .answer = page_robots },
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
    { .method = WEB_POST,
      .path = "/a/ID/again",
      .needs_session = true,
      .form = "again",
      .answer = page_again },
    { .path = "/a/ID/letter",
      .takes_query = true,
      .needs_session = true,
      .answer = page_letter },
    { .path = "/a/ID/request",
      .needs_session = true,
      .not_with_public = true,
      .answer = page_request },
    { .method = WEB_POST,
      .path = "/a/ID/request",
      .needs_session = true,
      .form = "request",
      .not_with_public = true,
      .answer = page_request_make },
    { .path = "/a/ID/request.csr",
      .needs_session = true,
      .not_with_public = true,
      .answer = page_request_file },
    { .path = "/a/ID/order",
      .needs_session = true,
      .not_with_public = true,
      .answer = page_order },
    { .path = "/a/ID/report.json",
      .needs_session = true,
      .answer = page_report_json },
    { .path = "/a/ID/report.html",
      .needs_session = true,
      .answer = page_report_html },
    { .path = "/a/ID/survey.json",
      .needs_session = true,
      .answer = page_survey_json },
    { .path = "/a/ID/table.csv",
      .needs_session = true,
      .answer = page_table_csv },
    { .path = "/a/ID/table.jsonl",
      .needs_session = true,
      .answer = page_table_jsonl },
    { .path = NULL },
};

/* ---- which row ---- */

static size_t id_len(const char *text)
{
    return strspn(text, "0123456789abcdef");
}

/* ".3" behind the id: one of several targets; 0: none is said. */
static size_t part_len(const char *text, size_t *part)
{
    size_t digits = *text == '.' ? strspn(text + 1, "0123456789") : 0;

    *part = 0;
    if (!digits || digits > 2 || text[1] == '0')
        return 0;
    for (size_t i = 1; i <= digits; i++)
        *part = *part * 10 + (size_t)(text[i] - '0');
    return 1 + digits;
}

/* Byte for byte; where the row says ID, 32 digits. */
static bool fits(const struct page_row *row, const char *path, const char **id,
                 size_t *part)
{
    const char *mark = strstr(row->path, "ID");
    size_t lead = mark ? (size_t)(mark - row->path) : 0;

    *part = 0;
    if (!mark)
        return strcmp(row->path, path) == 0;
    if (strncmp(row->path, path, lead) != 0 ||
        id_len(path + lead) != TOKEN_TEXT - 1)
        return false;
    *id = path + lead;
    path += lead + TOKEN_TEXT - 1;
    if (strncmp(row->path, "/a/", 3) == 0)
        path += part_len(path, part);
    return strcmp(mark + 2, path) == 0;
}

static const struct page_row *find_row(struct page_call *c)
{
    const struct web_request *q = c->request;
    bool is_public = c->serve->options->public_name != NULL;

    for (const struct page_row *r = page_rows; r->path; r++) {
        const char *id = NULL;
        if (r->method != q->method || !fits(r, q->path, &id, &c->part))
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
    if (!c->look || c->part > c->look->parts_len)
        return false;
    c->is_part = c->part || c->look->parts_len == 1;
    c->part -= c->part > 0;
    return true;
}

void pages_answer(void *serve, struct web_exchange *x,
                  const struct web_request *q)
{
    struct page_call c = { .serve = serve, .exchange = x, .request = q };
    const struct page_row *row = find_row(&c);

    if (!row || row->needs_session)
        find_session(&c);
    if (row && row->needs_session && !c.session)
        page_reply_error(&c, 403, "session");
    else if (row && !form_fits(&c, row))
        page_reply_error(&c, 403, "form");
    else if (!row || !find_look(&c, row))
        page_reply_error(&c, 404, "unknown");
    else
        row->answer(&c);
}
