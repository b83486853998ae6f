#ifndef CERTMEND_CRYPTO_KEY_H
#define CERTMEND_CRYPTO_KEY_H
/*
 * key - private keys
 *
 * Opaque here; never in model/, a log or a report. PEM text handed out is
 * wiped by key_wipe() after use.
 */
#include "base/arena.h"
#include "base/table.h"

#include <stdint.h>

enum key_kind { /* what may be asked for */
                KEY_KIND_EC256,
                KEY_KIND_EC384,
                KEY_KIND_RSA2048,
                KEY_KIND_RSA3072,
                KEY_KIND_RSA4096,
                KEY_KIND_COUNT,
};

extern const struct word key_kind_words[]; /* "ec256", "rsa2048", ... */

struct key;

MUST_CHECK bool key_new(enum key_kind kind, struct key **out, struct err *err);

/* PEM or DER, PKCS#8 or traditional. ERR_INPUT names `name`. A key in a
 * passphrase needs `passphrase`; NULL never prompts. */
MUST_CHECK bool key_read(const char *text, size_t len, const char *name,
                         const char *passphrase, struct key **out,
                         struct err *err);
void key_free(struct key *k); /* NULL is fine; wipes */

/* PKCS#8 PEM, in clear or under a passphrase (PBES2, AES-256-CBC). */
MUST_CHECK bool key_pem(const struct key *k, const char *passphrase,
                        struct arena *a, char **pem, size_t *len,
                        struct err *err);
/* SEC 1 or PKCS#1, as older programs want it: "BEGIN EC PRIVATE KEY". */
MUST_CHECK bool key_pem_old(const struct key *k, struct arena *a, char **pem,
                            size_t *len, struct err *err);
void key_wipe(char *pem, size_t len);

#endif
