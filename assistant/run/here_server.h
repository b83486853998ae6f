#ifndef CERTMEND_RUN_HERE_SERVER_H
#define CERTMEND_RUN_HERE_SERVER_H
/*
 * here_server - one server's decisions become a change: bytes, commands, and
 * what is to be seen afterwards
 *
 * Helper of run/here_plan.c.
 */
#include "run/here_plan.h"

/* What becomes of one place. */
struct place_plan {
    const struct tls_place *place;
    bool judged;
    struct pair_fit now;            /* of the files it names */
    const struct here_pair *better; /* instead; NULL: they stay */
    struct pair_fit then;           /* of those */
};

/* One server. */
struct server_plan {
    struct arena *arena;
    const struct here_plan_request *request;
    const struct server_conf *conf;
    struct place_plan *places; /* those that were looked at */
    size_t places_len;
    bool reloads; /* what lies there is right, and is not what is shown */
    bool edits;
    const char *print_only; /* sentence, or NULL */
};

struct pair_files here_server_files(const struct server_conf *conf,
                                    const struct tls_place *place);

struct place_plan *here_server_place(struct server_plan *s,
                                     const struct tls_place *place);

/* The first reason counts; NULL is none. */
void here_server_print(struct server_plan *s, const char *why);

/* Without its expected findings. */
void here_server_change(struct server_plan *s, struct here_change *out);

#endif
