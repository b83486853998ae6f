#include "net/web_answer.h"

#include <event2/buffer.h>
#include <event2/http.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"

enum { BUSY_S = 10 };

/* What keeps a browser from doing more with an answer than show it. */
static const struct {
    const char *name, *value;
} always[] = {
    { "Content-Security-Policy",
      "default-src 'none'; style-src 'self'; script-src 'self'; "
      "connect-src 'self'; img-src 'self' data:; form-action 'self'; "
      "base-uri 'none'; frame-ancestors 'none'" },
    { "X-Content-Type-Options", "nosniff" },
    /* "no-referrer" would make a browser send "Origin: null" with our forms. */
    { "Referrer-Policy", "same-origin" },
    { "Cross-Origin-Opener-Policy", "same-origin" },
    { "Cross-Origin-Resource-Policy", "same-origin" },
    { "Cache-Control", "no-store" },
    { "X-Robots-Tag", "noindex" },
};

static const char *reason(int status)
{
    static const struct {
        int status;
        const char *text;
    } rows[] = {
        { 200, "OK" },
        { 303, "See Other" },
        { 400, "Bad Request" },
        { 403, "Forbidden" },
        { 404, "Not Found" },
        { 405, "Method Not Allowed" },
        { 411, "Length Required" },
        { 413, "Content Too Large" },
        { 415, "Unsupported Media Type" },
        { 421, "Misdirected Request" },
        { 429, "Too Many Requests" },
        { 503, "Service Unavailable" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].status == status)
            return rows[i].text;
    return "Internal Server Error";
}

/* False: a line end in it, or no room. */
static bool add(struct evkeyvalq *to, const char *name, const char *value)
{
    return !value || evhttp_add_header(to, name, value) == 0;
}

static bool add_number(struct evkeyvalq *to, const char *name, size_t number)
{
    char text[32];

    snprintf(text, sizeof text, "%zu", number);
    return add(to, name, text);
}

static bool add_always(struct evkeyvalq *to)
{
    bool added = true;

    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        added = added && add(to, always[i].name, always[i].value);
    return added;
}

static bool add_headers(struct arena *a, struct evkeyvalq *to,
                        const struct web_answer *w)
{
    const char *saved =
        w->file_name
            ? arena_printf(a, "attachment; filename=\"%s\"", w->file_name)
            : NULL;

    return add_always(to) && add(to, "Content-Type", w->type) &&
           add_number(to, "Content-Length", w->body_len) &&
           add(to, "Location", w->location) &&
           add(to, "Set-Cookie", w->set_cookie) &&
           add(to, "Content-Disposition", saved) &&
           (!w->refresh_s || add_number(to, "Refresh", (size_t)w->refresh_s)) &&
           (!w->retry_after_s ||
            add_number(to, "Retry-After", (size_t)w->retry_after_s));
}

/* evhttp itself knows no request without a body in its answer. */
void web_answer_send(struct evhttp_request *request, const struct web_answer *w)
{
    struct evkeyvalq *headers = evhttp_request_get_output_headers(request);
    struct evbuffer *out = evhttp_request_get_output_buffer(request);
    bool with_body = evhttp_request_get_command(request) != EVHTTP_REQ_HEAD;
    struct arena *a = arena_new();
    int status = w->status;

    if (!add_headers(a, headers, w) ||
        (with_body && evbuffer_add(out, w->body, w->body_len) != 0)) {
        evhttp_clear_headers(headers);
        add_always(headers);
        add(headers, "Content-Length", "0");
        status = 500;
    }
    arena_free(a);
    evhttp_send_reply(request, status, reason(status), NULL);
}

/* The rest of what this one sends is not read: it may not be what it seems. */
void web_answer_refuse(struct evhttp_request *request, int status,
                       const char *words)
{
    struct evkeyvalq *headers = evhttp_request_get_output_headers(request);

    add(headers, "Connection", "close");
    if (status == 405)
        add(headers, "Allow", "GET, POST");
    web_answer_send(
        request,
        &(struct web_answer){
            .status = status,
            .type = "text/plain; charset=utf-8",
            .body = words,
            .body_len = strlen(words),
            .retry_after_s = status == 503 || status == 429 ? BUSY_S : 0,
        });
}

void web_answer_begin_events(struct evhttp_request *request)
{
    struct evkeyvalq *headers = evhttp_request_get_output_headers(request);

    add_always(headers);
    add(headers, "Content-Type", "text/event-stream; charset=utf-8");
    add(headers, "X-Accel-Buffering", "no"); /* nginx passes events on */
    add(headers, "Connection", "close");
    evhttp_send_reply_start(request, 200, reason(200));
}
