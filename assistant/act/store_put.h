#ifndef CERTMEND_ACT_STORE_PUT_H
#define CERTMEND_ACT_STORE_PUT_H
/*
 * store_put - a new certificate goes live, or waits beside what is
 *
 * Nothing is touched unless key, certificate and chain belong together. They
 * are read back from disk and checked again before live/NAME turns to them.
 */
#include "act/store.h"

struct store_new {
    const char *name;         /* store_name() */
    const char *const *names; /* exactly these must be in the certificate */
    size_t names_len;
    const char *key_pem;
    const char *chain_pem;        /* leaf first */
    const char *rollover_key_pem; /* or NULL */
    const struct json *about;     /* becomes certmend.json */
    const char *key_group;        /* may read the key, or NULL */
};

MUST_CHECK bool store_put(struct store *s, const struct store_new *n,
                          struct err *err);

/* The same in two steps, for who has to look once more before the second: the
 * first leaves live/NAME alone, and the certificate waits in archive/NAME,
 * from run to run, until the second or a newer one. */
MUST_CHECK bool store_shelve(struct store *s, const struct store_new *n,
                             struct err *err);
MUST_CHECK bool store_go_live(struct store *s, const char *name,
                              struct err *err);

/* The one that waits; live in it is its folder. *out is NULL: none does. */
MUST_CHECK bool store_find_waiting(const struct store *s, const char *name,
                                   const struct store_entry **out,
                                   struct err *err);

#endif
