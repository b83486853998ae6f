#include "net/socket_address.h"

#include <netinet/in.h>
#include <string.h>

#include "model/name.h"

socklen_t socket_address(const char *ip, uint16_t port,
                         struct sockaddr_storage *out)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(port) };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6,
                               .sin6_port = htons(port) };
    uint8_t bytes[16];
    size_t len = name_ip_bytes(ip, bytes);

    if (len == 4) {
        memcpy(&v4.sin_addr, bytes, len);
        memcpy(out, &v4, sizeof v4);
        return sizeof v4;
    }
    if (len != sizeof bytes)
        return 0;
    memcpy(&v6.sin6_addr, bytes, len);
    memcpy(out, &v6, sizeof v6);
    return sizeof v6;
}

const char *socket_address_ip(struct arena *a,
                              const struct sockaddr_storage *from)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    memcpy(&v4, from, sizeof v4);
    memcpy(&v6, from, sizeof v6);
    if (from->ss_family == AF_INET)
        return name_ip_text(a, (const uint8_t *)&v4.sin_addr, 4);
    if (from->ss_family == AF_INET6)
        return name_ip_text(a, v6.sin6_addr.s6_addr, 16);
    return NULL;
}

uint16_t socket_address_port(const struct sockaddr_storage *from)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    memcpy(&v4, from, sizeof v4);
    memcpy(&v6, from, sizeof v6);
    return ntohs(from->ss_family == AF_INET ? v4.sin_port : v6.sin6_port);
}
