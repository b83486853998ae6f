#ifndef CERTMEND_RUN_HERE_PAIRS_H
#define CERTMEND_RUN_HERE_PAIRS_H
/*
 * here_pairs - certificates and keys that lie on this machine
 *
 * What certmend's store holds, what other ACME clients renew, what servers'
 * configurations name already, and the full chain beside a lone certificate.
 * None is made, and none is looked for in places where nobody said that
 * certificates are.
 */
#include "machine/server_conf.h"
#include "run/pair_fit.h"

struct here_pair {
    const char *fullchain, *key;
    const char *leaf, *chain; /* the same in two files; NULL: not there */
    bool one_file;            /* the key is in `fullchain` too */
};

struct here_pairs {
    struct here_pair *items;
    size_t len;
};

/* `store`: a folder, or NULL: the usual one. What cannot be read is left out:
 * nothing is offered from it. */
struct here_pairs here_pairs_find(struct arena *a, const char *store,
                                  const struct server_conf *const *confs,
                                  size_t confs_len);

/* The one that serves all names, has no fault, and ends last; NULL: there is
 * none. `place` says which forms its software can name. */
MUST_CHECK bool here_pairs_best(struct arena *a, struct evaluation *j,
                                const struct here_pairs *all,
                                const struct server_conf *conf,
                                const struct tls_place *place,
                                const struct text_list *names,
                                const struct here_pair **out,
                                struct pair_fit *fit, struct err *err);

#endif
