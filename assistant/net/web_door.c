#include "net/web_door.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

enum { PAUSE_MS = 100, TELL_MS = MINUTE_S * 1000 };

/* All that are open: evhttp puts itself where a listener's own argument was, so
 * a failing listener does not say whose it is. */
static struct web_door *doors;

static void apply(struct web_door *d)
{
    bool open = !d->shut && !d->pause.event;

    for (int i = 0; i < d->len; i++)
        if (open)
            evconnlistener_enable(d->listeners[i]);
        else
            evconnlistener_disable(d->listeners[i]);
}

static void pause_ends(void *arg)
{
    apply(arg);
}

static bool is_of(const struct web_door *d, const struct evconnlistener *l)
{
    for (int i = 0; i < d->len; i++)
        if (d->listeners[i] == l)
            return true;
    return false;
}

static void cannot_accept(struct evconnlistener *listener, void *arg)
{
    int why = EVUTIL_SOCKET_ERROR();
    struct web_door *d = doors;

    (void)arg;
    while (d && !is_of(d, listener))
        d = d->next;
    if (!d)
        return;
    timer_set(d->loop, &d->pause, PAUSE_MS);
    apply(d);
    if (d->told_ms && clock_monotonic_ms() - d->told_ms < TELL_MS)
        return;
    d->told_ms = clock_monotonic_ms();
    log_note("web server: nobody else can be let in for now: %s",
             strerror(why));
}

static struct evconnlistener *bind_one(struct loop *loop, struct evhttp *http,
                                       int fd)
{
    struct evconnlistener *l = evconnlistener_new(
        loop_base(loop), NULL, NULL,
        LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd);

    if (!l) {
        close(fd);
        return NULL;
    }
    evconnlistener_set_error_cb(l, cannot_accept);
    if (evhttp_bind_listener(http, l))
        return l;
    evconnlistener_free(l);
    return NULL;
}

bool web_door_open(struct web_door *d, struct loop *loop, struct evhttp *http,
                   struct listen_sockets *sockets, struct err *err)
{
    *d = (struct web_door){ .loop = loop };
    d->pause = (struct timer){ .call = pause_ends, .arg = d };
    for (int i = 0; i < sockets->len; i++) {
        struct evconnlistener *l = bind_one(loop, http, sockets->fd[i]);
        sockets->fd[i] = -1;
        if (!l) {
            listen_close(sockets);
            return err_set(err, ERR_SYSTEM, "web server: no room for it");
        }
        d->listeners[d->len++] = l;
    }
    d->next = doors;
    doors = d;
    return true;
}

void web_door_hold(struct web_door *d, bool shut)
{
    if (d->shut == shut)
        return;
    d->shut = shut;
    apply(d);
}

void web_door_close(struct web_door *d)
{
    struct web_door **at = &doors;

    timer_stop(&d->pause);
    while (*at && *at != d)
        at = &(*at)->next;
    if (*at)
        *at = d->next;
}
