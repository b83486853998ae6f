#ifndef CERTMEND_NET_SOCKET_ADDRESS_H
#define CERTMEND_NET_SOCKET_ADDRESS_H
/*
 * socket_address - an IP address and a port as the system wants them
 */
#include "base/arena.h"

#include <stdint.h>
#include <sys/socket.h>

/* `ip` in text, `port` in host order. Gives back its length in bytes; 0: it is
 * no address. */
socklen_t socket_address(const char *ip, uint16_t port,
                         struct sockaddr_storage *out);

/* In text; NULL: of neither family. */
const char *socket_address_ip(struct arena *a,
                              const struct sockaddr_storage *from);

uint16_t socket_address_port(const struct sockaddr_storage *from);

#endif
