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

/* What the DNS says of 587; of a key or certificate: the one shown there. */
struct pinned {
    bool key, certificate, stranger; /* TLSA 3 1 1, 3 0 1, of another key */
};

struct world {
    const char *host;
    uint16_t asked_port;
    bool two, moved, ptr; /* a second address; box elsewhere; PTR is there */
    const char *caa[4];   /* at example.com; NULL ends */
    struct pinned tlsa;
    int http_status;                          /* port 80; 0: closed */
    struct scene_cert certs[WORLD_CERTS + 1]; /* the last is a fix's */
    struct sight scans[WORLD_LOOKS];          /* in step with the cells */
    size_t len;
};

void world_make(struct world *w, uint32_t number);

/* Judged, advised on and proven. To be closed with scene_close(). */
void world_open(struct scene *at, const struct world *w);

#endif
