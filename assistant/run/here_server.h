#ifndef CERTMEND_RUN_HERE_SERVER_H
#define CERTMEND_RUN_HERE_SERVER_H
/*
 * here_server - one server's findings become a change: bytes, commands, and
 * what is to be seen afterwards
 *
 * Helper of run/here_plan.c.
 */
#include "run/here_look.h"
#include "run/here_plan.h"

/* What becomes of one place. */
struct place_plan {
    const struct tls_place *place;
    struct pair_fit now;   /* of the files it names */
    const char *cert;      /* it is to name this instead; NULL: it stays */
    const char *key;       /* with it */
    const char *name;      /* that it has to be right for */
    bool ours;             /* `cert` is in certmend's store */
    struct cert_list then; /* what is in `cert` */
};

/* One server. */
struct server_plan {
    struct arena *arena;
    const struct report *report;
    const struct here_report *here;
    size_t conf_at; /* into here->confs */
    const struct server_conf *conf;
    struct place_plan *places; /* those that were looked at */
    size_t places_len;
    bool reloads; /* it names the right files already */
    bool edits;
    const char *print_only; /* sentence, or NULL */
};

/* The place's own, read when it is first asked for. */
struct place_plan *here_server_place(struct server_plan *s,
                                     const struct tls_place *place);

/* The first reason counts; NULL is none. */
void here_server_print(struct server_plan *s, const char *why);

void here_server_change(struct server_plan *s, struct here_change *out);

#endif
