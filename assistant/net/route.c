#include "net/route.h"

#include <errno.h>
#include <unistd.h>

#include "net/socket_address.h"

/* To connect a datagram socket looks up a route, and sends nothing. */
static bool leads_to(const char *address)
{
    enum { DISCARD = 9 };
    struct sockaddr_storage to;
    socklen_t len = socket_address(address, DISCARD, &to);
    int fd = socket(to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0) /* a family that this system has not is no way out */
        return errno != EAFNOSUPPORT;
    bool failed = connect(fd, (struct sockaddr *)&to, len) < 0;
    bool none = failed && (errno == ENETUNREACH || errno == EHOSTUNREACH ||
                           errno == EADDRNOTAVAIL);
    close(fd);
    return !none;
}

bool route_exists(void)
{
    /* Any public address does; these are of root name servers. */
    return leads_to("198.41.0.4") || leads_to("2001:503:ba3e::2:30");
}
