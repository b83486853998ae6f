#ifndef CERTMEND_ACT_STORE_H
#define CERTMEND_ACT_STORE_H
/*
 * store - the folder in which certificates and their keys live
 *
 *     DIR/live/NAME -> ../archive/NAME/3     what servers are to read
 *     DIR/archive/NAME/3/privkey.pem cert.pem chain.pem fullchain.pem
 *                        certmend.json       how it was got
 *                        privkey-next.pem    for DANE, or not there
 *     DIR/archive/NAME/waiting           act/store_put.h
 *     DIR/accounts/...                       act/store_account.h
 *     DIR/pending/...                        act/store_pending.h
 *     DIR/hooks/NAME/...                     act/deploy.h
 *     DIR/hooks/_dns-01.NAME, DIR/wellknown  run/import_apply.h
 *
 * Key, certificate, chain and metadata come as one folder that is finished,
 * flushed and checked before live/NAME is turned to it in one step: whoever
 * looks sees the old ones or the new ones. Folders are 0700, keys 0600 from
 * their first byte. The last STORE_KEPT versions are kept.
 *
 * Reading needs no lock. Text handed out lives in the store's arena.
 */
#include "base/json.h"
#include "model/survey.h"

enum { STORE_KEPT = 3, STORE_FILE_MAX = 1024 * 1024 };

struct store {
    struct arena *arena;
    const char *dir;
    int lock; /* negative: not locked */
};

/* Touches nothing; a folder that is not there yet is an empty store. */
MUST_CHECK bool store_open(struct arena *a, const char *dir, struct store *out,
                           struct err *err);
void store_close(struct store *s); /* ends the lock too */

/* Makes the folder if need be. Wanted by everything that writes. */
MUST_CHECK bool store_lock(struct store *s, struct err *err);

struct store_entry {
    const char *name; /* its folder: "mail.example.org", "_wildcard.x.org" */
    const char *live; /* DIR/live/NAME, or the folder of a version; without
                         slash at the end */
    const struct held_cert *chain; /* leaf first; at least one */
    size_t chain_len;
    const struct json *about; /* certmend.json, an object */
};

/* The folder name for a certificate whose first name this is. */
const char *store_name(struct arena *a, const char *first);

/* *out is NULL where there is none of that name. */
MUST_CHECK bool store_find(const struct store *s, const char *name,
                           const struct store_entry **out, struct err *err);

/* One version, by its folder. */
MUST_CHECK bool store_read(const struct store *s, const char *name,
                           const char *folder, const struct store_entry **out,
                           struct err *err);

/* The names in live/, sorted; act/store_health.h says which can be used. */
MUST_CHECK bool store_list(const struct store *s, const char *const **names,
                           size_t *len, struct err *err);

/* A file of ours below the store; NULL: it is not there, or cannot be read. */
struct json *store_json(const struct store *s, const char *path);

/* "privkey.pem" and so on, of an entry or of one that is still to come. */
const char *store_path(const struct store *s, const char *name,
                       const char *file);

/* Replaces one file of a live entry, whole or not at all: for what changes
 * between two certificates. */
MUST_CHECK bool store_write(const struct store *s, const char *name,
                            const char *file, const char *text,
                            struct err *err);
MUST_CHECK bool store_write_json(const struct store *s, const char *name,
                                 const char *file, const struct json *j,
                                 struct err *err);

#endif
