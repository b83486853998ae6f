#ifndef CERTMEND_TESTS_WORLD_H
#define CERTMEND_TESTS_WORLD_H
/*
 * world - made-up servers: names, addresses, ports and what each shows
 *
 * The same number always makes the same world. It can be changed, as a fix
 * says, and opened as a scene again.
 */
#include "scene.h"

enum { WORLD_CERTS = 4, WORLD_LOOKS = 40 };

struct sight {
    const char *host, *address;
    uint16_t port;
    size_t cert;
};

struct world {
    const char *host;
    uint16_t asked_port;
    bool two, moved, ptr; /* a second address; box elsewhere; PTR is there */
    struct scene_cert certs[WORLD_CERTS + 1]; /* the last is a fix's */
    struct sight looks[WORLD_LOOKS];          /* in step with the cells */
    size_t len;
};

void world_make(struct world *w, uint32_t number);

/* Judged, advised on and proven. To be closed with scene_close(). */
void world_open(struct scene *at, const struct world *w);

#endif
