#ifndef CERTMEND_RUN_HERE_STOCK_H
#define CERTMEND_RUN_HERE_STOCK_H
/*
 * here_stock - the certificates and keys that lie on this machine
 *
 * In certmend's store, where other ACME clients keep theirs, in the usual
 * folders, and whatever else a configuration names. Read and nothing changed;
 * what cannot be read is passed over. Of a key only its public half is kept.
 */
#include "crypto/x509_read.h"
#include "machine/machine_file.h"

struct stock_cert {
    const char *path;
    struct cert_list chain; /* in file order; the first is the leaf */
    bool ours;              /* in certmend's store: it is renewed there */
    bool renewed;           /* another ACME client renews it */
};

struct stock_key {
    const char *path;
    const char *spki_hex; /* SHA-256 of its public half */
};

struct here_stock {
    struct arena *arena;
    const struct machine_root *root; /* ours; open as long as this is used */
    struct stock_cert *certs;
    size_t certs_len;
    struct stock_key *keys;
    size_t keys_len;
    struct text_list read; /* paths that were looked into */
};

/* Whatever is in this file; once. */
void here_stock_file(struct here_stock *s, const char *path);

/* The store, other clients' folders, the usual ones. */
void here_stock_usual(struct here_stock *s);

/* The key of a certificate: in its own file, beside it, or anywhere. NULL:
 * there is none. */
const struct stock_key *here_stock_key(const struct here_stock *s,
                                       const struct stock_cert *cert);

/* SHA-256 of the public half of the key in a text, or NULL: it has none, or
 * only in a passphrase (*locked). */
const char *here_stock_spki(struct arena *a, const char *text, size_t len,
                            bool *locked);

#endif
