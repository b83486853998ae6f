#ifndef CERTMEND_ACT_DEPLOY_H
#define CERTMEND_ACT_DEPLOY_H
/*
 * deploy - after a new certificate is live: the user's programs, then reloads
 *
 * A program is called with no words, and in its environment
 *     CERTMEND_NAME       the folder's name
 *     CERTMEND_NAMES      all names, parted by blanks
 *     CERTMEND_LIVE       DIR/live/NAME; RENEWED_LINEAGE is the same
 *     CERTMEND_PRIVKEY, CERTMEND_CERT, CERTMEND_CHAIN, CERTMEND_FULLCHAIN
 *     RENEWED_DOMAINS     as CERTMEND_NAMES
 * and what the user gave beside it (--hook-env).
 * Programs in DIR/hooks/NAME/ come after those of the job, by name: there a
 * hook is added without a new order. One after the other; one that fails does
 * not keep the next from its turn.
 *
 * To add a server for --reload: a row in deploy.c.
 */
#include "base/arena.h"

#include <stdint.h>

struct loop;

struct deploy_server {
    const char *name;                /* "postfix" */
    const char *const *const *tries; /* command lines, the first whose program
                                        is there is run; NULL ends */
};

extern const struct deploy_server deploy_servers[]; /* no name ends it */

/* NULL: no such row. */
const struct deploy_server *deploy_find(const char *name);

/* What reloads it on this machine, to be typed: "systemctl reload dovecot". */
const char *deploy_reload_line(struct arena *a, const struct deploy_server *s);

struct deploy_job {
    struct loop *loop;
    struct arena *arena;
    const char *live; /* folder */
    const char *name; /* of the folder */
    const char *const *names;
    size_t names_len;
    const char *const *programs; /* deploy hooks */
    size_t programs_len;
    const char *const *reloads; /* names in deploy_servers */
    size_t reloads_len;
    const char *const *env; /* "NAME=value", for each program too */
    size_t env_len;
    int64_t limit_ms; /* for each; 0: that of act/hook.h */
};

struct deploy_step {
    const char *what; /* "postfix reload" */
    const char *why;  /* NULL: it worked; else one sentence or two */
};

/* Is there a program or a reload? Asks for arena, live and name too. */
bool deploy_has_work(const struct deploy_job *job);

/* Calls done exactly once, from inside it or from the loop. */
typedef void deploy_done(void *arg, const struct deploy_step *steps,
                         size_t len);
void deploy_run(const struct deploy_job *job, deploy_done *done, void *arg);

#endif
