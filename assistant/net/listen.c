#include "net/listen.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "model/host_port.h"
#include "model/name.h"
#include "net/socket_address.h"

/* Who is not let in at once waits here; beyond it a caller tries again only
 * after a second. */
enum { BACKLOG = 1024 };

static bool parse(struct arena *a, const char *text, struct listen_place *out)
{
    const char *host = NULL;
    uint16_t port = 0;
    size_t digits = host_port_number(text, &port);

    if (digits && !text[digits]) {
        out->port = port;
        return true;
    }
    if (!host_port_read(a, text, &host, &out->port))
        return false;
    if (!*host)
        return true;
    struct name_read read = name_read(a, host, strlen(host));
    out->address = read.text;
    return read.kind == NAME_IP4 || read.kind == NAME_IP6;
}

bool listen_parse(struct arena *a, const char *text, uint16_t port,
                  struct listen_place *out, struct err *err)
{
    struct listen_place place = { .port = port };

    if (!parse(a, text, &place))
        return err_set(err, ERR_USAGE,
                       "an address and a port of this machine were wanted, "
                       "like 192.0.2.1:80 or [2001:db8::1]:80, not \"%s\"",
                       text);
    *out = place;
    return true;
}

static bool hold(int fd, const struct sockaddr_storage *at, socklen_t len)
{
    const int on = 1;

    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0)
        return false;
    /* The other family has a socket of its own. */
    if (at->ss_family == AF_INET6 &&
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) != 0)
        return false;
    return bind(fd, (const struct sockaddr *)at, len) == 0 &&
           listen(fd, BACKLOG) == 0;
}

/* -1: errno says why not. */
static int open_one(const char *ip, uint16_t port)
{
    struct sockaddr_storage at = { 0 };
    socklen_t len = socket_address(ip, port, &at);
    int fd =
        socket(at.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0 || hold(fd, &at, len))
        return fd;
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

static uint16_t port_of(int fd)
{
    struct sockaddr_storage at = { 0 };
    socklen_t len = sizeof at;

    return getsockname(fd, (struct sockaddr *)&at, &len) == 0
               ? socket_address_port(&at)
               : 0;
}

static const char *hint(int why, const struct listen_place *place)
{
    static const struct {
        int why;
        const char *text;
    } rows[] = {
        { EADDRINUSE, "; stop the program that has this port, or let its web "
                      "server answer (--webroot), or choose another with "
                      "--listen" },
        { EACCES, "; only root may use ports below 1024" },
        { EADDRNOTAVAIL, "; this machine has no such address" },
    };

    if (why == EADDRINUSE && place->ours_alone)
        return "; stop the program that has this port, or choose another one "
               "with --listen";
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].why == why)
            return rows[i].text;
    return "";
}

bool listen_open(const struct listen_place *place, struct listen_sockets *out,
                 struct err *err)
{
    const char *const ips[] = { place->address ? place->address : "0.0.0.0",
                                place->address ? NULL : "::" };
    struct listen_sockets s = { .port = place->port };
    int why = 0;

    signal(SIGPIPE, SIG_IGN); /* a caller that goes away is no end of ours */
    for (int i = 0; i < LISTEN_MAX && ips[i]; i++) {
        int fd = open_one(ips[i], s.port);
        if (fd < 0 && (!why || errno == EADDRINUSE))
            why = errno;
        if (fd < 0)
            continue;
        s.fd[s.len++] = fd;
        s.port = port_of(fd);
    }
    /* A machine without IPv6 is no fault; a port that is taken is one. */
    if (!s.len || why == EADDRINUSE) {
        listen_close(&s);
        return err_set(err, ERR_SYSTEM, "listening on %s port %u: %s%s",
                       place->address ? place->address : "all addresses,",
                       place->port, strerror(why), hint(why, place));
    }
    *out = s;
    return true;
}

void listen_close(struct listen_sockets *s)
{
    for (int i = 0; i < s->len; i++)
        if (s->fd[i] >= 0)
            close(s->fd[i]);
    s->len = 0;
}
