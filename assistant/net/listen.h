#ifndef CERTMEND_NET_LISTEN_H
#define CERTMEND_NET_LISTEN_H
/*
 * listen - sockets that wait for callers
 */
#include "base/err.h"

#include <stdint.h>

struct arena;

enum { LISTEN_MAX = 2 };

struct listen_place {
    const char *address; /* IP address; NULL: all of both families */
    uint16_t port;       /* 0: any that is free */
    bool ours_alone;     /* no other program could answer in our stead */
};

struct listen_sockets {
    int fd[LISTEN_MAX];
    int len;
    uint16_t port; /* host order; of the first one */
};

/* "ADDR:PORT", "[V6]:PORT", "ADDR", ":PORT", "PORT"; what is left out is all
 * addresses, and `port`. The text must outlive the place. */
MUST_CHECK bool listen_parse(struct arena *a, const char *text, uint16_t port,
                             struct listen_place *out, struct err *err);

/* Non-blocking and close-on-exec. ERR_SYSTEM says in words why not: somebody
 * else has the port, only root may. */
MUST_CHECK bool listen_open(const struct listen_place *place,
                            struct listen_sockets *out, struct err *err);
void listen_close(struct listen_sockets *s);

#endif
