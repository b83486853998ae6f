#include "net/libcurl_loop.h"

/* One socket of libcurl's; lives as long as the arena, and may be used again
 * by another socket of the same number. */
struct contact {
    struct libcurl_loop *owner;
    curl_socket_t fd;
    unsigned what; /* enum watch_for; 0: libcurl has let go of it */
    struct watch watch;
};

static void act(struct libcurl_loop *l, curl_socket_t fd)
{
    int running = 0;

    l->api->multi_socket_action(l->multi, fd, 0, &running);
    l->moved(l->arg);
}

static void time_is_up(void *arg)
{
    act(arg, CURL_SOCKET_TIMEOUT);
}

static int wants_timer(CURLM *multi, long after_ms, void *arg)
{
    struct libcurl_loop *l = arg;

    (void)multi;
    if (after_ms < 0)
        timer_stop(&l->timer);
    else
        timer_set(l->loop, &l->timer, after_ms);
    return 0;
}

/* libcurl finds out by itself for what the socket is ready. */
static void became_ready(void *arg, bool ready)
{
    struct contact *c = arg;

    (void)ready;
    act(c->owner, c->fd);
    if (c->what && !c->watch.event)
        watch_set(c->owner->loop, &c->watch, c->fd, c->what, -1);
}

static unsigned what_of(int what)
{
    unsigned in = what & CURL_POLL_IN ? WATCH_READ : 0;
    unsigned out = what & CURL_POLL_OUT ? WATCH_WRITE : 0;

    return what == CURL_POLL_REMOVE ? 0 : in | out;
}

static int wants_socket(CURL *easy, curl_socket_t fd, int what, void *arg,
                        void *assigned)
{
    struct libcurl_loop *l = arg;
    struct contact *c = assigned;

    (void)easy;
    if (!c) {
        c = arena_alloc(l->arena, 1, sizeof *c);
        *c = (struct contact){ .owner = l, .fd = fd };
        c->watch = (struct watch){ .call = became_ready, .arg = c };
        l->api->multi_assign(l->multi, fd, c);
    }
    c->what = what_of(what);
    if (c->what)
        watch_set(l->loop, &c->watch, fd, c->what, -1);
    else
        watch_stop(&c->watch);
    return 0;
}

void libcurl_loop_join(struct libcurl_loop *l)
{
    const struct libcurl *api = l->api;

    l->timer = (struct timer){ .call = time_is_up, .arg = l };
    api->multi_setopt(l->multi, CURLMOPT_SOCKETFUNCTION, wants_socket);
    api->multi_setopt(l->multi, CURLMOPT_SOCKETDATA, l);
    api->multi_setopt(l->multi, CURLMOPT_TIMERFUNCTION, wants_timer);
    api->multi_setopt(l->multi, CURLMOPT_TIMERDATA, l);
}

void libcurl_loop_leave(struct libcurl_loop *l)
{
    timer_stop(&l->timer);
}
