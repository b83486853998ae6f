#include "net/connection.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/process.h"
#include "model/name.h"
#include "net/socket_address.h"

/* What is not listed means that packets cannot get there from here. */
static const struct {
    int error;
    enum outcome outcome;
} meanings[] = {
    { ECONNREFUSED, OUTCOME_REFUSED }, { ETIMEDOUT, OUTCOME_TIMED_OUT },
    { ECONNRESET, OUTCOME_CLOSED },    { EPIPE, OUTCOME_CLOSED },
    { ECONNABORTED, OUTCOME_CLOSED },  { ENOTCONN, OUTCOME_CLOSED },
};

enum outcome connection_outcome(int error)
{
    process_note(error);
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (meanings[i].error == error)
            return meanings[i].outcome;
    return OUTCOME_UNREACHABLE;
}

static enum outcome fail(struct connection *w, int error)
{
    w->detail = arena_text(w->arena, strerror(error));
    return connection_outcome(error);
}

static int connect_error(const struct connection *w)
{
    int error = 0;
    socklen_t len = sizeof error;

    if (w->failed_early)
        return w->failed_early;
    if (getsockopt(w->fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
        return errno;
    return error;
}

enum outcome connection_late(struct connection *w)
{
    bool proxy_is_there = w->at_proxy && !w->connecting;
    bool connecting = w->connecting;

    w->connecting = false;
    if (w->held_back) {
        w->detail = arena_text(w->arena, w->held_back);
        return OUTCOME_NOT_TRIED;
    }
    if (!w->at_proxy) {
        w->detail = connecting ? "no answer to the connection attempt"
                               : "nothing came in time";
        return OUTCOME_TIMED_OUT;
    }
    w->at_proxy = false;
    w->detail = proxy_is_there ? "the proxy gave no answer in time"
                               : "the proxy cannot be reached: no answer";
    return OUTCOME_NOT_TRIED;
}

static enum outcome outcome_of_wait(struct connection *w, bool ready)
{
    bool connecting = w->connecting;

    if (w->held_back || (!ready && !w->failed_early))
        return connection_late(w);
    w->connecting = false;
    int error = connecting ? connect_error(w) : 0;
    return error ? fail(w, error) : OUTCOME_OK;
}

/* ---- through a proxy ---- */

/* Sends and hears what can be moved now; NOT_TRIED: nothing any more. */
static enum outcome move(struct connection *w)
{
    struct proxy_talk *t = &w->talk;
    uint8_t bytes[sizeof t->in];
    size_t moved = 0;
    enum outcome outcome = OUTCOME_OK;

    while (!t->over && outcome == OUTCOME_OK) {
        bool sends = t->out_len > 0;
        outcome = sends ? connection_write(w, t->out, t->out_len, &moved)
                        : connection_read(w, bytes, t->want, &moved);
        if (outcome == OUTCOME_OK && sends) {
            t->out += moved;
            t->out_len -= moved;
        } else if (outcome == OUTCOME_OK) {
            proxy_talk_take(t, bytes, moved);
        }
    }
    return outcome;
}

static void tell_of_proxy(struct connection *w, enum outcome outcome,
                          const char *detail)
{
    w->at_proxy = false;
    w->detail = detail;
    w->call(w->arg, outcome);
}

static void go_through_proxy(struct connection *w, bool ready)
{
    struct proxy_talk *t = &w->talk;
    enum outcome outcome = outcome_of_wait(w, ready);

    if (!w->at_proxy) { /* too late */
        w->call(w->arg, outcome);
        return;
    }
    if (outcome != OUTCOME_OK) {
        tell_of_proxy(w, OUTCOME_NOT_TRIED,
                      arena_printf(w->arena, "the proxy cannot be reached: %s",
                                   w->detail));
        return;
    }
    outcome = move(w);
    if (!t->over && outcome != OUTCOME_NOT_TRIED)
        proxy_talk_hung_up(t);
    int64_t left_ms = w->deadline_ms - clock_monotonic_ms();
    if (t->over)
        tell_of_proxy(w, t->outcome, t->detail);
    else
        connection_wait(w, t->out_len ? WATCH_WRITE : WATCH_READ,
                        left_ms > 0 ? left_ms : 0);
}

static void became_ready(void *arg, bool ready)
{
    struct connection *w = arg;

    if (w->at_proxy)
        go_through_proxy(w, ready);
    else
        w->call(w->arg, outcome_of_wait(w, ready));
}

void connection_wait(struct connection *w, unsigned what, int64_t within_ms)
{
    w->watch.call = became_ready;
    w->watch.arg = w;
    watch_set(w->loop, &w->watch, w->fd, what, within_ms);
}

static int start_connect(struct connection *w, const struct sockaddr *to,
                         socklen_t len)
{
    int on = 1;
    int fd =
        socket(to->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return errno;
    w->fd = fd;
    w->open = true;
    /* Every message is one write that waits for an answer. */
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd, to, len) < 0 && errno != EINPROGRESS)
        return errno;
    return 0;
}

/* What never began comes out of the loop, like everything else. */
static void end_soon(struct connection *w)
{
    w->watch.call = became_ready;
    w->watch.arg = w;
    watch_set(w->loop, &w->watch, -1, 0, 0);
}

void connection_connect(struct connection *w, const char *address,
                        uint16_t port, int64_t within_ms)
{
    const struct proxy *proxy = w->proxy;
    struct sockaddr_storage to;
    socklen_t len = socket_address(proxy ? proxy->address : address,
                                   proxy ? proxy->port : port, &to);

    if (!w->held_back && address)
        w->held_back = public_address_no(w->rule, address);
    if (w->held_back) {
        end_soon(w);
        return;
    }
    w->at_proxy = proxy != NULL;
    if (proxy) {
        proxy_talk_start(&w->talk, w->arena, proxy, address, port);
        w->deadline_ms = clock_monotonic_ms() + within_ms;
    }
    w->failed_early = len ? start_connect(w, (const struct sockaddr *)&to, len)
                          : EADDRNOTAVAIL;
    w->connecting = true;
    if (w->failed_early)
        end_soon(w);
    else
        connection_wait(w, WATCH_WRITE, within_ms);
}

static bool is_not_now(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

enum outcome connection_read(struct connection *w, void *bytes, size_t room,
                             size_t *moved)
{
    ssize_t n = recv(w->fd, bytes, room, 0);

    if (n > 0) {
        *moved = (size_t)n;
        return OUTCOME_OK;
    }
    if (n < 0)
        return is_not_now(errno) ? OUTCOME_NOT_TRIED : fail(w, errno);
    w->detail = "the server hung up";
    return OUTCOME_CLOSED;
}

enum outcome connection_write(struct connection *w, const void *bytes,
                              size_t len, size_t *moved)
{
    ssize_t n = send(w->fd, bytes, len, MSG_NOSIGNAL);

    if (n >= 0) {
        *moved = (size_t)n;
        return OUTCOME_OK;
    }
    return is_not_now(errno) ? OUTCOME_NOT_TRIED : fail(w, errno);
}

const char *connection_own_address(const struct connection *w)
{
    struct sockaddr_storage own;
    socklen_t len = sizeof own;

    if (getsockname(w->fd, (struct sockaddr *)&own, &len) < 0)
        return NULL;
    return socket_address_ip(w->arena, &own);
}

void connection_close(struct connection *w)
{
    watch_stop(&w->watch);
    if (w->open)
        close(w->fd);
    w->open = false;
}
