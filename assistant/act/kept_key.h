#ifndef CERTMEND_ACT_KEPT_KEY_H
#define CERTMEND_ACT_KEPT_KEY_H
/*
 * kept_key - which key the next certificate gets, settled before the order
 *
 * Other mail servers compare a key with what DANE has published: where a key
 * is to be kept, a new one is never made instead. So a key that is not there,
 * or that no CA takes, is an error here, and nothing has been asked of
 * anybody yet.
 */
#include "act/key_file.h"
#include "act/store.h"

enum kept_key_source {
    KEPT_KEY_NONE, /* a new one is made for the order */
    KEPT_KEY_FILE, /* the user's, by --key */
    KEPT_KEY_LIVE, /* privkey.pem of what is live in the store */
    KEPT_KEY_NEXT, /* privkey-next.pem, announced by DANE */
};

struct kept_key {
    enum kept_key_source source;
    const char *path; /* NULL: KEPT_KEY_NONE */
    struct key *key;  /* likewise; kept_key_free() */
    /* Of the ports of the names, by whoever looks: those that show this key,
     * and those that show another. */
    bool looked;
    size_t ports_same, ports_other;
};

struct kept_key_request {
    const char *name;     /* of the certificate's folder: store_name() */
    struct key_file file; /* path NULL: none was given */
    bool keep;            /* that of the store */
    const char *key_type; /* what was asked for beside it, or NULL */
};

/* Text lives in `s`'s arena. */
MUST_CHECK bool kept_key_find(const struct store *s,
                              const struct kept_key_request *r,
                              struct kept_key *out, struct err *err);

/* That of the store alone: the next one, else the live one if `keep`. */
MUST_CHECK bool kept_key_in_store(const struct store *s, const char *name,
                                  bool keep, struct kept_key *out,
                                  struct err *err);

void kept_key_free(struct kept_key *k);

#endif
