#include "net/web_connections.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/memory.h"
#include "model/name.h"
#include "net/socket_address.h"

enum {
    READ_AHEAD_MAX = 80 * 1024,    /* bytes; a whole form, and its header */
    SEND_AHEAD = 128 * 1024,       /* bytes, in the system */
    UNSENT_MAX = 16 * 1024 * 1024, /* bytes, of all */
    TICK_MIN_MS = 20,
    TICK_MAX_MS = 1000,
    CROWDED_TICK_MS = 50,
    CROWDED_WAIT_MS = 400, /* for a request, or before another one */
    CROWDED_READ_MS = 5000,
};

static bool is_crowded(const struct web_connections *c)
{
    return c->taken == c->limits.connections_max;
}

size_t web_connection_unsent(const struct web_connection *c)
{
    return evbuffer_get_length(bufferevent_get_output(c->bev));
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t allowed_ms(const struct web_connection *c)
{
    const struct web_connection_limits *l = &c->all->limits;
    int64_t may = c->state == WEB_ASKING    ? l->request_ms
                  : c->state == WEB_RESTING ? l->idle_ms
                                            : l->stream_ms;

    if (!is_crowded(c->all) || may == l->stream_ms)
        return may;
    return least(may,
                 web_connection_unsent(c) ? CROWDED_READ_MS : CROWDED_WAIT_MS);
}

/* evhttp takes its callbacks off a connection that it is done with. */
static bool has_ended(const struct web_connection *c)
{
    bufferevent_event_cb on_event = NULL;

    bufferevent_getcb(c->bev, NULL, NULL, &on_event, NULL);
    return !on_event;
}

/* The memory is free at once, the rest when the loop comes to it. */
static void give_up(struct web_connection *c)
{
    struct evbuffer *unsent = bufferevent_get_output(c->bev);

    bufferevent_disable(c->bev, EV_READ | EV_WRITE);
    evbuffer_unfreeze(unsent, 1);
    evbuffer_drain(unsent, evbuffer_get_length(unsent));
    bufferevent_decref(c->bev); /* closes the socket */
    c->all->taken--;
    *c = (struct web_connection){ .all = c->all };
}

static void tidy(struct web_connections *c)
{
    for (size_t i = 0; i < c->limits.connections_max; i++)
        if (c->places[i].state != WEB_FREE && has_ended(&c->places[i]))
            give_up(&c->places[i]);
    web_door_hold(c->door, is_crowded(c));
}

static void end(struct web_connection *c, int how)
{
    c->ending = true;
    shutdown(bufferevent_getfd(c->bev), SHUT_RDWR);
    /* Where it is read from no longer, that alone goes unnoticed. */
    bufferevent_trigger_event(c->bev, BEV_EVENT_READING | BEV_EVENT_TIMEOUT,
                              how);
}

void web_connection_end(struct web_connection *c)
{
    end(c, BEV_TRIG_DEFER_CALLBACKS);
}

static void set_sweep(struct web_connections *c)
{
    int64_t tick = least(c->limits.request_ms / 4, TICK_MAX_MS);

    if (is_crowded(c))
        tick = least(tick, CROWDED_TICK_MS);
    if (c->taken)
        timer_set(c->loop, &c->sweep, tick < TICK_MIN_MS ? TICK_MIN_MS : tick);
}

static void sweep(void *arg)
{
    struct web_connections *c = arg;
    int64_t now = clock_monotonic_ms();

    tidy(c);
    for (size_t i = 0; i < c->limits.connections_max; i++) {
        struct web_connection *one = &c->places[i];
        if (one->state != WEB_FREE && now - one->since_ms > allowed_ms(one))
            web_connection_end(one);
    }
    set_sweep(c);
}

const char *web_connection_peer(struct arena *a, const struct web_connection *c)
{
    struct sockaddr_storage peer = { 0 };
    socklen_t len = sizeof peer;

    getpeername(bufferevent_getfd(c->bev), (struct sockaddr *)&peer, &len);
    const char *ip = socket_address_ip(a, &peer);
    return ip ? ip : "";
}

/* Who it is, as far as limits are concerned. */
static void read_client(struct web_connection *c)
{
    const struct web_connection_limits *l = &c->all->limits;
    const int ahead = SEND_AHEAD;
    struct arena *a = arena_new();
    const char *ip = web_connection_peer(a, c);
    size_t bytes = name_ip_bytes(ip, c->client + 1);

    /* Else it grows to megabytes for who does not read. */
    setsockopt(bufferevent_getfd(c->bev), SOL_SOCKET, SO_SNDBUF, &ahead,
               sizeof ahead);
    c->met = true;
    c->client[0] = (unsigned char)bytes;
    if (bytes == 16)
        memset(c->client + 1 + 8, 0, 8); /* a household's network */
    c->counts = l->proxy ? strcmp(ip, l->proxy) != 0
                         : l->own_too || !name_ip_is_loopback(ip);
    arena_free(a);
}

static bool is_idle(const struct web_connection *c)
{
    return c->state == WEB_RESTING && !web_connection_unsent(c);
}

/* One too many: the one that client used least lately goes, else this one. */
static void judge_number(struct web_connection *newest)
{
    struct web_connections *all = newest->all;
    struct web_connection *last = newest;
    size_t same = 0;

    for (size_t i = 0; i < all->limits.connections_max; i++) {
        struct web_connection *c = &all->places[i];
        if (c->state == WEB_FREE || !c->met || c->ending ||
            memcmp(c->client, newest->client, sizeof c->client) != 0)
            continue;
        same++;
        if (is_idle(c) && (last == newest || c->since_ms < last->since_ms))
            last = c;
    }
    if (newest->counts && same > all->limits.per_client_max)
        web_connection_end(last);
}

static void meet(void *arg)
{
    struct web_connections *c = arg;

    for (size_t i = 0; i < c->limits.connections_max; i++) {
        struct web_connection *one = &c->places[i];
        if (one->state == WEB_FREE || one->met)
            continue;
        read_client(one);
        judge_number(one);
    }
}

/* The time for a request begins with its first byte. */
static void has_read(struct evbuffer *input,
                     const struct evbuffer_cb_info *info, void *arg)
{
    struct web_connection *c = arg;

    (void)input;
    if (info->n_added && c->state == WEB_RESTING)
        web_connection_turn(c, WEB_ASKING);
}

static struct web_connection *free_place(struct web_connections *c)
{
    for (size_t i = 0; i < c->limits.connections_max; i++)
        if (c->places[i].state == WEB_FREE)
            return &c->places[i];
    return NULL;
}

/* evhttp has accepted somebody, and wants what to talk through. The socket is
 * put in when this has returned; with CLOSE_ON_FREE and a count of our own it
 * stays that one's until we are done, too. */
static struct bufferevent *take_place(struct event_base *base, void *arg)
{
    struct web_connections *c = arg;

    tidy(c);
    struct web_connection *place = free_place(c);
    struct bufferevent *bev =
        bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
    if (!bev)
        memory_is_out();
    if (!place)
        return bev;
    bufferevent_incref(bev);
    bufferevent_setwatermark(bev, EV_READ, 0, READ_AHEAD_MAX);
    *place = (struct web_connection){ .all = c, .bev = bev };
    web_connection_turn(place, WEB_ASKING);
    if (!evbuffer_add_cb(bufferevent_get_input(bev), has_read, place))
        memory_is_out();
    c->taken++;
    web_door_hold(c->door, is_crowded(c));
    timer_set(c->loop, &c->meet, 0);
    if (is_crowded(c) || !c->sweep.event)
        set_sweep(c);
    return bev;
}

void web_connections_open(struct web_connections *c, struct arena *a,
                          struct loop *loop, struct evhttp *http,
                          struct web_door *door,
                          const struct web_connection_limits *limits)
{
    *c = (struct web_connections){ .loop = loop,
                                   .door = door,
                                   .limits = *limits };
    c->places = arena_alloc(a, limits->connections_max, sizeof *c->places);
    c->meet = (struct timer){ .call = meet, .arg = c };
    c->sweep = (struct timer){ .call = sweep, .arg = c };
    evhttp_set_bevcb(http, take_place, c);
}

void web_connections_close(struct web_connections *c)
{
    timer_stop(&c->meet);
    timer_stop(&c->sweep);
    for (size_t i = 0; i < c->limits.connections_max; i++)
        if (c->places && c->places[i].state != WEB_FREE)
            give_up(&c->places[i]);
}

struct web_connection *web_connections_find(struct web_connections *c,
                                            struct evhttp_connection *of)
{
    struct bufferevent *bev = evhttp_connection_get_bufferevent(of);

    for (size_t i = 0; i < c->limits.connections_max; i++)
        if (c->places[i].state != WEB_FREE && c->places[i].bev == bev)
            return &c->places[i];
    return NULL;
}

void web_connection_turn(struct web_connection *c,
                         enum web_connection_state state)
{
    bool more = evbuffer_get_length(bufferevent_get_input(c->bev)) > 0;

    /* The next request has begun while this one was answered. */
    c->state = state == WEB_RESTING && more ? WEB_ASKING : state;
    c->since_ms = clock_monotonic_ms();
}

/* As evhttp does while it writes; its own reader would take what comes now for
 * a fault of the program. */
void web_connection_listen(struct web_connection *c)
{
    bufferevent_data_cb on_write = NULL;
    bufferevent_event_cb on_event = NULL;
    void *arg = NULL;

    bufferevent_getcb(c->bev, NULL, &on_write, &on_event, &arg);
    bufferevent_setcb(c->bev, NULL, on_write, on_event, arg);
    bufferevent_enable(c->bev, EV_READ);
}

/* Nobody is told of the end of one of these: it has had its answer. */
static bool only_reads(const struct web_connection *c)
{
    return (c->state == WEB_RESTING || c->state == WEB_ASKING) &&
           web_connection_unsent(c) > 0;
}

void web_connections_make_room(struct web_connections *c, size_t len)
{
    for (;;) {
        struct web_connection *slowest = NULL;
        size_t unsent = len;
        for (size_t i = 0; i < c->limits.connections_max; i++) {
            struct web_connection *one = &c->places[i];
            if (!only_reads(one))
                continue;
            unsent += web_connection_unsent(one);
            if (!slowest || one->since_ms < slowest->since_ms)
                slowest = one;
        }
        if (unsent <= UNSENT_MAX || !slowest)
            return;
        end(slowest, 0);
        give_up(slowest);
    }
}
