#ifndef CERTMEND_CRYPTO_KEY_H
#define CERTMEND_CRYPTO_KEY_H
/*
 * key - private keys
 *
 * Opaque here; never in model/, a log or a report. PEM text handed out is
 * wiped by key_wipe() after use.
 */
#include "base/table.h"
#include "model/cert.h"

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

/* PEM or DER, PKCS#8 or traditional (PKCS#1, SEC 1). ERR_INPUT names `name`. A
 * key in a passphrase needs `passphrase`; NULL never prompts. */
MUST_CHECK bool key_read(const char *text, size_t len, const char *name,
                         const char *passphrase, struct key **out,
                         struct err *err);
void key_free(struct key *k); /* NULL is fine; wipes */

/* It is a private key in a passphrase. */
bool key_is_locked(const char *text, size_t len);

/* The same key once more, with a key_free() of its own. */
MUST_CHECK bool key_share(const struct key *k, struct key **out,
                          struct err *err);
bool key_same(const struct key *a, const struct key *b);

/* KEY_KIND_COUNT: none that may be asked for. */
enum key_kind key_kind_of(const struct key *k);

/* Would a public CA take it? If not, the error says why and what to do. */
MUST_CHECK bool key_fits_cas(const struct key *k, struct arena *a,
                             struct err *err);

/* PKCS#8 PEM, in clear or under a passphrase (PBES2, AES-256-CBC). */
MUST_CHECK bool key_pem(const struct key *k, const char *passphrase,
                        struct arena *a, char **pem, size_t *len,
                        struct err *err);
/* SEC 1 or PKCS#1, as older programs want it: "BEGIN EC PRIVATE KEY". */
MUST_CHECK bool key_pem_old(const struct key *k, struct arena *a, char **pem,
                            size_t *len, struct err *err);
void key_wipe(char *pem, size_t len);

/* SHA-256 of the public key (SPKI), lower-case hexadecimal: what a TLSA record
 * "3 1 1" holds (RFC 7671 5.1). */
const char *key_spki_hex(struct arena *a, const struct key *k);

/* The fields of a certificate that say something about its key, and no others:
 * for facts/tlsa_fit.h. */
struct cert key_as_cert(struct arena *a, const struct key *k);

#endif
