#ifndef CERTMEND_ACT_STORE_ACCOUNT_H
#define CERTMEND_ACT_STORE_ACCOUNT_H
/*
 * store_account - the key and address of an account with a CA
 *
 *     DIR/accounts/<host of the directory>-<hash of its URL>/
 *         key.pem        PEM, 0600: other clients can use it too
 *         key-next.pem   while the CA is being told about another key
 *         account.json   the account's URL, once it is known, and the terms
 *                        that were agreed to
 *         key-old.pem    of an account that has ended
 *
 * Writing wants store_lock().
 */
#include "act/store.h"
#include "crypto/key.h"

struct store_account {
    const char *dir; /* made when first written to */
    struct key *key; /* NULL: none yet; for key_free() */
    struct key *next;
    const char *url;   /* NULL: not known */
    const char *terms; /* their address when it was made; NULL: there were none,
                          or it was not made here */
};

MUST_CHECK bool store_account_read(const struct store *s,
                                   const char *directory_url,
                                   struct store_account *out, struct err *err);
void store_account_free(struct store_account *account);

/* A new key where there is none, on disk before anybody hears of it. */
MUST_CHECK bool store_account_make_key(const struct store *s,
                                       struct store_account *account,
                                       enum key_kind kind, struct err *err);

/* One that another program has used so far, where there is none here; it is the
 * account's from now on. */
MUST_CHECK bool store_account_take_key(const struct store *s,
                                       struct store_account *account,
                                       struct key *key, struct err *err);

/* Its key goes to key-old.pem: the next account has a key of its own. Without a
 * key nothing is done. */
MUST_CHECK bool store_account_set_aside(const struct store *s,
                                        struct store_account *account,
                                        const char *directory_url,
                                        struct err *err);

/* The account's address as the CA gave it, with `terms` as they are; NULL:
 * there is no account now. */
MUST_CHECK bool store_account_keep(const struct store *s,
                                   struct store_account *account,
                                   const char *directory_url, const char *url,
                                   struct err *err);

/* Rollover: the next key is written, then it takes the place of the key, or
 * goes away again (RFC 8555 7.3.5). */
MUST_CHECK bool store_account_make_next(const struct store *s,
                                        struct store_account *account,
                                        enum key_kind kind, struct err *err);
MUST_CHECK bool store_account_take_next(const struct store *s,
                                        struct store_account *account,
                                        struct err *err);
MUST_CHECK bool store_account_drop_next(const struct store *s,
                                        struct store_account *account,
                                        struct err *err);

#endif
