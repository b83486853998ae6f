#ifndef CERTMEND_ACT_STORE_PENDING_H
#define CERTMEND_ACT_STORE_PENDING_H
/*
 * store_pending - an order that the CA may have carried out already
 *
 *     DIR/pending/NAME/
 *         privkey.pem   the key that the request was made with, 0600
 *         order.json    the order's address, and what was ordered
 *
 * It is here before the request goes out and until the certificate is kept, so
 * that the next run can fetch it when this one does not live to do so. One for
 * each name. Writing wants store_lock().
 */
#include "act/store.h"
#include "crypto/key.h"

struct store_pending {
    const char *order;     /* NULL: there is none */
    const char *directory; /* of the CA */
    const char *account;
    const char *profile; /* or NULL */
    const char *const *names;
    size_t names_len;
    bool replaces;   /* the CA took it as a renewal */
    int64_t at;      /* Unix seconds */
    struct key *key; /* of the request; for key_free() */
};

/* What is damaged is as if it were not there. */
void store_pending_find(const struct store *s, const char *name,
                        struct store_pending *out);

MUST_CHECK bool store_pending_keep(const struct store *s, const char *name,
                                   const struct store_pending *p,
                                   struct err *err);

/* None is fine. */
void store_pending_drop(const struct store *s, const char *name);

/* Those go whose certificate was kept, that nothing can be made of, or that
 * are older than any order lives. */
void store_pending_sweep(const struct store *s);

#endif
