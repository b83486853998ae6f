#ifndef CERTMEND_TESTS_CHALLENGERS_H
#define CERTMEND_TESTS_CHALLENGERS_H
/*
 * challengers - challengers for tests: in memory, or by the management port of
 * pebble-challtestsrv
 */
#include "acme/challenge_solver.h"
#include "base/json.h"

struct loop;

struct challengers {
    struct arena *arena;
    struct loop *loop;
    struct http *http;
    const char *port; /* of the management; NULL: in memory */
    unsigned shown;   /* presented and not cleaned up */
    unsigned times;   /* presented */
    bool cannot;      /* every present fails */
};

void challengers_new(struct challengers *c, struct arena *a, struct loop *loop,
                     const char *port);
void challengers_free(struct challengers *c);

/* One for each type in `types`; how many. */
size_t challengers_list(struct challengers *c, const struct json *types,
                        bool cannot, struct challenge_solver *out);

#endif
