#include "net/http_server.h"

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <stdio.h>

#include "base/arena.h"
#include "net/loop.h"
#include "net/web_door.h"

enum {
    HEADERS_MAX = 16 * 1024, /* bytes */
    BODY_MAX = 1024,
    CLIENT_S = 10,
};

struct http_server {
    struct arena *arena;
    struct evhttp *http;
    struct web_door door;
    uint16_t port;
    http_answer *answer;
    void *arg;
};

static const char *path_of(struct arena *a, struct evhttp_request *request)
{
    const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(request);
    const char *path = uri ? evhttp_uri_get_path(uri) : NULL;

    return path && path[0] ? arena_text(a, path) : "/";
}

static void send_reply(struct evhttp_request *request,
                       const struct http_server_reply *reply)
{
    struct evkeyvalq *headers = evhttp_request_get_output_headers(request);
    struct evbuffer *body = evhttp_request_get_output_buffer(request);
    char length[32];

    snprintf(length, sizeof length, "%zu", reply->body_len);
    evhttp_add_header(headers, "Content-Type", reply->type);
    evhttp_add_header(headers, "Content-Length", length);
    evhttp_add_header(headers, "X-Content-Type-Options", "nosniff");
    evhttp_add_header(headers, "Connection", "close");
    if (reply->body && evhttp_request_get_command(request) != EVHTTP_REQ_HEAD)
        evbuffer_add(body, reply->body, reply->body_len);
    evhttp_send_reply(request, reply->status,
                      reply->status == 200 ? "OK" : "Not Found", NULL);
}

static void on_request(struct evhttp_request *request, void *arg)
{
    struct http_server *s = arg;
    struct arena *a = arena_new();
    const char *host = evhttp_request_get_host(request);
    struct evhttp_connection *from = evhttp_request_get_connection(request);
    char *peer = NULL;
    ev_uint16_t port = 0;

    if (from)
        evhttp_connection_get_peer(from, &peer, &port);
    const struct http_server_request query = {
        .path = path_of(a, request),
        .host = host ? host : "",
        .peer = peer ? peer : "",
    };
    struct http_server_reply reply = { .status = 404, .type = "text/plain" };
    s->answer(s->arg, &query, &reply);
    send_reply(request, &reply);
    arena_free(a);
}

static bool settle(struct http_server *s, struct loop *loop,
                   struct listen_sockets *sockets, struct err *err)
{
    evhttp_set_allowed_methods(s->http, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD);
    evhttp_set_max_headers_size(s->http, HEADERS_MAX);
    evhttp_set_max_body_size(s->http, BODY_MAX);
    evhttp_set_timeout(s->http, CLIENT_S);
    evhttp_set_gencb(s->http, on_request, s);
    return web_door_open(&s->door, loop, s->http, sockets, err);
}

bool http_server_new(struct loop *loop, const struct listen_place *place,
                     http_answer *answer, void *arg, struct http_server **out,
                     struct err *err)
{
    struct arena *a = arena_new();
    struct http_server *s = arena_alloc(a, 1, sizeof *s);
    struct listen_sockets sockets = { .len = 0 };

    *s = (struct http_server){ .arena = a, .answer = answer, .arg = arg };
    if (!listen_open(place, &sockets, err)) {
        arena_free(a);
        return false;
    }
    s->port = sockets.port;
    s->http = evhttp_new(loop_base(loop));
    if (!s->http)
        listen_close(&sockets);
    if (!s->http || !settle(s, loop, &sockets, err)) {
        if (!s->http)
            err_set(err, ERR_SYSTEM, "web server: no room for it");
        http_server_free(s);
        return false;
    }
    *out = s;
    return true;
}

void http_server_free(struct http_server *s)
{
    if (!s)
        return;
    web_door_close(&s->door);
    if (s->http)
        evhttp_free(s->http);
    arena_free(s->arena);
}

uint16_t http_server_port(const struct http_server *s)
{
    return s->port;
}
