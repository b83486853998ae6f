#ifndef CERTMEND_ACME_CHALLENGE_SOLVER_H
#define CERTMEND_ACME_CHALLENGE_SOLVER_H
/*
 * challenge_solver - somebody who can show a CA that a name is ours
 *
 * A session presents all tasks of an order first, then tells the CA, and has
 * every one cleaned up, once, when its name is settled or the order has
 * failed, also where present() said that it could not. The task lives until
 * its cleanup() is done. `done` is called exactly once for each call, from
 * inside it or later from the loop.
 *
 * To add one: a struct challenge_solver, its type a word of RFC 8555 8.
 */
#include "base/text.h"

struct challenge_task {
    const char *name;     /* normal form without "*.", or an address */
    bool is_wildcard;     /* the name as ordered begins with "*." */
    const char *type;     /* "http-01", "dns-01", "tls-alpn-01", ... */
    const char *token;    /* base64url and nothing else: fit for a file name */
    const char *response; /* the key authorization (RFC 8555 8.1) */
    const char *digest;   /* base64url of its SHA-256: the TXT of dns-01 */
    struct text_list issuers; /* dns-persist-01, which has no token: names of
                                 the CA, any of them will do */
    const char *account;      /* the address of ours */
};

/* `why`: NULL when it went well; else one sentence, why not. */
typedef void challenge_done(void *arg, const char *why);

struct challenge_solver {
    const char *type;
    void *arg; /* the solver's own */
    void (*present)(void *arg, const struct challenge_task *task,
                    challenge_done *done, void *done_arg);
    void (*cleanup)(void *arg, const struct challenge_task *task,
                    challenge_done *done, void *done_arg);
};

#endif
