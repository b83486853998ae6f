#include "net/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "model/name.h"

enum { BACKLOG = 128 };

static bool read_port(const char *text, uint16_t *out)
{
    size_t digits = strspn(text, "0123456789");

    if (!digits || digits > 5 || text[digits])
        return false;
    long port = strtol(text, NULL, 10);
    if (port > UINT16_MAX)
        return false;
    *out = (uint16_t)port;
    return true;
}

/* Where the port begins in "ADDR:PORT"; NULL: there is none. */
static const char *port_part(const char *text)
{
    const char *bracket = strchr(text, ']');
    const char *colon = strrchr(bracket ? bracket : text, ':');

    /* More than one colon without brackets is an IPv6 address. */
    if (!colon || (!bracket && strchr(text, ':') != colon))
        return NULL;
    return colon + 1;
}

static bool parse(struct arena *a, const char *text, struct listen_place *out)
{
    const char *port = port_part(text);

    if (!port && read_port(text, &out->port))
        return true;
    if (port && !read_port(port, &out->port))
        return false;
    size_t len = port ? (size_t)(port - 1 - text) : strlen(text);
    if (len == 0)
        return port;
    struct name_read read = name_read(a, text, len);
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

struct address {
    struct sockaddr_storage bytes;
    socklen_t len;
};

static struct address make_address(const char *ip, uint16_t port)
{
    struct address made = { .len = 0 };
    struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(port) };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6,
                               .sin6_port = htons(port) };

    if (inet_pton(AF_INET, ip, &v4.sin_addr) == 1) {
        memcpy(&made.bytes, &v4, sizeof v4);
        made.len = sizeof v4;
    } else if (inet_pton(AF_INET6, ip, &v6.sin6_addr) == 1) {
        memcpy(&made.bytes, &v6, sizeof v6);
        made.len = sizeof v6;
    }
    return made;
}

static bool hold(int fd, const struct address *at)
{
    const int on = 1;

    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0)
        return false;
    /* The other family has a socket of its own. */
    if (at->bytes.ss_family == AF_INET6 &&
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) != 0)
        return false;
    return bind(fd, (const struct sockaddr *)&at->bytes, at->len) == 0 &&
           listen(fd, BACKLOG) == 0;
}

/* -1: errno says why not. */
static int open_one(const char *ip, uint16_t port)
{
    struct address at = make_address(ip, port);
    int fd = socket(at.bytes.ss_family,
                    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0 || hold(fd, &at))
        return fd;
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

static uint16_t port_of(int fd)
{
    struct sockaddr_storage at = { 0 };
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    socklen_t len = sizeof at;

    if (getsockname(fd, (struct sockaddr *)&at, &len) != 0)
        return 0;
    memcpy(&v4, &at, sizeof v4);
    memcpy(&v6, &at, sizeof v6);
    return ntohs(at.ss_family == AF_INET ? v4.sin_port : v6.sin6_port);
}

static const char *hint(int why)
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
                       place->port, strerror(why), hint(why));
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
