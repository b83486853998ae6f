#include "net/web_server.h"

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <string.h>
#include <sys/resource.h>

#include "base/arena.h"
#include "base/log.h"
#include "model/name.h"
#include "net/loop.h"
#include "net/web_answer.h"
#include "net/web_connections.h"
#include "net/web_form.h"
#include "net/web_gate.h"

enum {
    HEADER_MAX = 8 * 1024, /* bytes */
    BODY_MAX = 64 * 1024,
    UNREAD_EVENTS_MAX = 64 * 1024,
    CONNECTIONS = 256,
    CONNECTIONS_MIN = 16,
    PER_CLIENT = 32,
    REQUEST_MS = 10 * 1000,
    IDLE_MS = 60 * 1000,
    STREAM_MS = 300 * 1000,
    /* Descriptors of everything else: looks at servers, files, the terminal. */
    OTHER_FILES = 400,
    HEADER_LINES_MAX = 200, /* more than the gate lets pass */
};

struct web_server {
    struct arena *arena;
    struct evhttp *http;
    struct web_door door;
    struct web_connections connections;
    struct web_gate_rules gate;
    uint16_t port;
    web_handler *handler;
    void *arg;
};

struct web_exchange {
    struct web_server *server;
    struct evhttp_request *request;
    struct web_connection *connection;
    struct web_request asked; /* with the arena that this lives in */
    void (*gone)(void *arg);
    void *gone_arg;
};

static const char *method_of(struct evhttp_request *request)
{
    enum evhttp_cmd_type type = evhttp_request_get_command(request);

    return type == EVHTTP_REQ_GET    ? "GET"
           : type == EVHTTP_REQ_POST ? "POST"
                                     : "another";
}

static const struct web_gate_refusal *judge(struct web_server *s,
                                            struct web_exchange *x,
                                            struct web_gate_pass *pass)
{
    struct arena *a = x->asked.arena;
    const char *target = evhttp_request_get_uri(x->request);
    struct web_gate_line *lines =
        arena_alloc(a, HEADER_LINES_MAX, sizeof *lines);
    struct web_gate_request q = {
        .method = method_of(x->request),
        .target = target ? target : "",
        .lines = lines,
        .peer = web_connection_peer(a, x->connection),
    };
    const struct evkeyval *at;

    for (at = evhttp_request_get_input_headers(x->request)->tqh_first;
         at && q.len < HEADER_LINES_MAX; at = at->next.tqe_next)
        lines[q.len++] = (struct web_gate_line){ at->key, at->value };
    return web_gate_judge(a, &s->gate, &q, pass);
}

static enum web_form_fault read_form(struct web_exchange *x)
{
    struct evbuffer *in = evhttp_request_get_input_buffer(x->request);
    size_t len = evbuffer_get_length(in);
    struct web_form form = { .len = 0 };
    const void *body = evbuffer_pullup(in, -1);
    enum web_form_fault fault =
        web_form_read(x->asked.arena, body ? body : "", len, &form);

    x->asked.fields = form.fields;
    x->asked.fields_len = form.len;
    return fault;
}

/* So much for one client is under way already. */
static bool has_its_share(const struct web_server *s,
                          const struct web_exchange *x)
{
    const struct web_connections *all = &s->connections;
    size_t under_way = 0;

    if (!s->gate.proxy && !x->connection->counts)
        return false;
    for (size_t i = 0; i < all->limits.connections_max; i++) {
        const struct web_exchange *other = all->places[i].exchange;
        under_way += other && strcmp(other->asked.client, x->asked.client) == 0;
    }
    return under_way >= all->limits.per_client_max;
}

/* False: it was refused. */
static bool let_in(struct web_server *s, struct web_exchange *x)
{
    struct web_gate_pass pass = { .client = NULL };
    const struct web_gate_refusal *no = judge(s, x, &pass);
    struct web_request *q = &x->asked;

    if (no) {
        web_answer_refuse(x->request, no->status, no->words);
        return false;
    }
    q->method = pass.method;
    q->path = pass.path;
    q->query = pass.query;
    q->cookie = pass.cookie;
    q->accept_language = pass.accept_language;
    q->client = pass.client;
    if (has_its_share(s, x)) {
        web_answer_refuse(x->request, 429,
                          "Too much at once was asked for from this "
                          "address. Try again in some seconds.\n");
        return false;
    }
    enum web_form_fault fault =
        q->method == WEB_POST ? read_form(x) : WEB_FORM_FINE;
    if (fault == WEB_FORM_TOO_LONG)
        web_answer_refuse(x->request, 413,
                          "That is too much text. Go back, and leave "
                          "what the error message itself says.\n");
    else if (fault == WEB_FORM_BROKEN)
        web_answer_refuse(x->request, 400,
                          "This is no form as a browser sends it.\n");
    return fault == WEB_FORM_FINE;
}

/* A request whose connection failed under it is not freed by evhttp. */
static void free_left_over(struct evhttp_connection *from, void *arg)
{
    struct evhttp_request *request = arg;

    (void)from;
    if (!evhttp_request_get_connection(request))
        evhttp_request_free(request);
}

static void browser_left(struct evhttp_connection *from, void *arg)
{
    struct web_exchange *x = arg;

    x->connection->exchange = NULL;
    free_left_over(from, x->request);
    if (x->gone)
        x->gone(x->gone_arg);
    arena_free(x->asked.arena);
}

/* Whatever becomes of the request now, it is no longer the exchange's. */
static struct evhttp_request *let_go(struct web_exchange *x,
                                     enum web_connection_state state)
{
    struct evhttp_request *request = x->request;

    evhttp_connection_set_closecb(evhttp_request_get_connection(request), NULL,
                                  NULL);
    x->connection->exchange = NULL;
    web_connection_turn(x->connection, state);
    arena_free(x->asked.arena);
    return request;
}

/* After a CONNECT evhttp would go on. */
static void was_refused(struct evhttp_request *request, void *arg)
{
    (void)request;
    web_connection_end(arg);
}

static void on_request(struct evhttp_request *request, void *arg)
{
    struct web_server *s = arg;
    struct evhttp_connection *from = evhttp_request_get_connection(request);
    struct web_connection *c = web_connections_find(&s->connections, from);
    struct arena *a = arena_new();
    struct web_exchange *x = arena_alloc(a, 1, sizeof *x);

    *x = (struct web_exchange){ .server = s, .request = request };
    x->connection = c;
    x->asked.arena = a;
    if (!c || !let_in(s, x)) {
        if (!c)
            web_answer_refuse(request, 503, "Too many are here already.\n");
        else
            evhttp_request_set_on_complete_cb(request, was_refused, c);
        arena_free(a);
        return;
    }
    web_connection_turn(c, WEB_ANSWERING);
    c->exchange = x;
    evhttp_connection_set_closecb(from, browser_left, x);
    s->handler(s->arg, x, &x->asked);
    if (c->exchange == x && c->state == WEB_ANSWERING)
        web_connection_listen(c);
}

void web_reply(struct web_exchange *x, const struct web_answer *answer)
{
    struct web_server *s = x->server;

    web_connections_make_room(&s->connections, answer->body_len);
    web_answer_send(x->request, answer);
    let_go(x, WEB_RESTING);
}

void web_exchange_on_gone(struct web_exchange *x, void (*gone)(void *arg),
                          void *arg)
{
    x->gone = gone;
    x->gone_arg = arg;
}

void web_stream_begin(struct web_exchange *x)
{
    web_connection_turn(x->connection, WEB_STREAMING);
    web_answer_begin_events(x->request);
}

bool web_stream_event(struct web_exchange *x, const char *event,
                      const char *data)
{
    struct evbuffer *out = evbuffer_new();
    size_t unread = web_connection_unsent(x->connection);
    size_t len = 0;

    if (!out)
        return false;
    evbuffer_add_printf(out, "event: %s\n", event);
    do {
        len = strcspn(data, "\r\n");
        evbuffer_add_printf(out, "data: %.*s\n", (int)len, data);
        data += len + (data[len] == '\r' && data[len + 1] == '\n');
    } while (*data++);
    evbuffer_add(out, "\n", 1);
    if (unread + evbuffer_get_length(out) > UNREAD_EVENTS_MAX) {
        struct web_connection *c = x->connection;
        struct evhttp_connection *from =
            evhttp_request_get_connection(x->request);
        evhttp_connection_set_closecb(from, free_left_over,
                                      let_go(x, WEB_STREAMING));
        web_connection_end(c);
        evbuffer_free(out);
        return false;
    }
    evhttp_send_reply_chunk(x->request, out);
    evbuffer_free(out);
    return true;
}

void web_stream_end(struct web_exchange *x)
{
    evhttp_send_reply_end(let_go(x, WEB_RESTING));
}

static size_t or_else(size_t given, size_t otherwise)
{
    return given ? given : otherwise;
}

static int64_t ms_or(int64_t given, int64_t otherwise)
{
    return given ? given : otherwise;
}

/* Pages must not take the descriptors that looks at servers need. */
static size_t connections_for(size_t wanted)
{
    struct rlimit files = { .rlim_cur = 0 };
    rlim_t need = wanted + OTHER_FILES;

    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= need)
        return wanted;
    files.rlim_cur = files.rlim_max < need ? files.rlim_max : need;
    if (setrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur >= need)
        return wanted;
    size_t half = (size_t)files.rlim_cur / 2;
    size_t most = half > CONNECTIONS_MIN ? half : CONNECTIONS_MIN;
    if (most >= wanted)
        return wanted;
    log_note("only %zu browsers can be connected at once, as this program may "
             "open %zu files; \"ulimit -n %zu\" before it is started lets it "
             "open enough",
             most, (size_t)files.rlim_cur, (size_t)need);
    return most;
}

static void add_host(struct web_server *s, const char *host)
{
    const char *colon = strchr(host, ':') ? "[" : "";

    text_list_add_new(s->arena, &s->gate.hosts,
                      arena_printf(s->arena, "%s%s%s:%u", colon, host,
                                   *colon ? "]" : "", s->port));
    if (s->port == 80) /* a browser leaves it out */
        text_list_add_new(
            s->arena, &s->gate.hosts,
            arena_printf(s->arena, "%s%s%s", colon, host, *colon ? "]" : ""));
}

/* The names under which a browser on this machine, or one that was told the
 * address, asks. */
static void make_hosts(struct web_server *s, const struct listen_place *place)
{
    if (place->address)
        add_host(s, place->address);
    else
        add_host(s, "127.0.0.1");
    if (!place->address)
        add_host(s, "::1");
    if (!place->address || name_ip_is_loopback(place->address))
        add_host(s, "localhost");
}

static bool settle(struct web_server *s, struct loop *loop,
                   const struct web_server_options *o, struct err *err)
{
    struct listen_sockets sockets = { .len = 0 };
    struct listen_place place = o->place;
    const struct web_connection_limits limits = {
        .connections_max =
            connections_for(or_else(o->connections_max, CONNECTIONS)),
        .per_client_max = or_else(o->per_client_max, PER_CLIENT),
        .own_too = o->per_client_max > 0,
        .proxy = s->gate.proxy,
        .request_ms = ms_or(o->request_ms, REQUEST_MS),
        .idle_ms = ms_or(o->idle_ms, IDLE_MS),
        .stream_ms = ms_or(o->stream_ms, STREAM_MS),
    };

    place.ours_alone = true;
    if (!listen_open(&place, &sockets, err))
        return false;
    s->port = sockets.port;
    web_connections_open(&s->connections, s->arena, loop, s->http, &s->door,
                         &limits);
    if (!web_door_open(&s->door, loop, s->http, &sockets, err))
        return false;
    if (!s->gate.hosts.len)
        make_hosts(s, &o->place);
    /* All that evhttp knows: the gate says no with the headers of our own. */
    evhttp_set_allowed_methods(
        s->http, EVHTTP_REQ_GET | EVHTTP_REQ_POST | EVHTTP_REQ_HEAD |
                     EVHTTP_REQ_PUT | EVHTTP_REQ_DELETE | EVHTTP_REQ_OPTIONS |
                     EVHTTP_REQ_TRACE | EVHTTP_REQ_CONNECT | EVHTTP_REQ_PATCH);
    evhttp_set_max_headers_size(s->http, HEADER_MAX);
    evhttp_set_max_body_size(s->http, BODY_MAX);
    evhttp_set_default_content_type(s->http, NULL);
    evhttp_set_gencb(s->http, on_request, s);
    return true;
}

static bool read_options(struct web_server *s,
                         const struct web_server_options *o, struct err *err)
{
    struct name_read proxy = { .text = NULL };

    if (o->proxy)
        proxy = name_read(s->arena, o->proxy, strlen(o->proxy));
    if (o->proxy && proxy.kind != NAME_IP4 && proxy.kind != NAME_IP6)
        return err_set(err, ERR_USAGE,
                       "the proxy has to be an IP address, like 127.0.0.1");
    s->gate = (struct web_gate_rules){ .hosts = o->hosts,
                                       .origin = o->origin,
                                       .proxy = proxy.text };
    return true;
}

bool web_server_new(struct loop *loop, const struct web_server_options *o,
                    web_handler *handler, void *arg, struct web_server **out,
                    struct err *err)
{
    struct arena *a = arena_new();
    struct web_server *s = arena_alloc(a, 1, sizeof *s);

    *s = (struct web_server){ .arena = a, .handler = handler, .arg = arg };
    if (!read_options(s, o, err)) {
        arena_free(a);
        return false;
    }
    s->http = evhttp_new(loop_base(loop));
    if (!s->http || !settle(s, loop, o, err)) {
        if (!s->http)
            err_set(err, ERR_SYSTEM, "web server: no room for it");
        web_server_free(s);
        return false;
    }
    *out = s;
    return true;
}

void web_server_free(struct web_server *s)
{
    if (!s)
        return;
    web_door_close(&s->door);
    if (s->http)
        evhttp_free(s->http);
    web_connections_close(&s->connections);
    arena_free(s->arena);
}

uint16_t web_server_port(const struct web_server *s)
{
    return s->port;
}
